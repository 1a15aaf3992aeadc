"""Laws about the tree itself: sizes, what files may say, and that locks pin the same things."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "recension"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
LEAVES = sorted(path.stem for path in PACKAGE.glob("[a-z]*.py"))
MOST_LINES = 500
# Written apart, so that this file does not break its own law.
MACHINE_PATHS = re.compile("|".join(["/wor" + "k/", "/tm" + "p/[a-z]", "/ro" + "ot/", "/hom" + "e/[a-z]+/"]))
INDEX_HOSTS = re.compile("|".join(["files.python" + "hosted", "pypi" + r"\.org", "registry.npm" + "js"]))
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"]))


@cache
def tracked() -> tuple[Path, ...]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return tuple(ROOT / name for name in listing.decode().split("\0") if name and (ROOT / name).is_file())


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        content = path.read_bytes()
        # Samples are the data of others, copied unchanged.
        if b"\0" not in content[:4096] and not path.is_relative_to(ROOT / "tests" / "samples"):
            yield path.relative_to(ROOT), content.decode("utf-8", "replace")


def found(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, text in texts(*suffixes)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_module_is_longer_than_500_lines():
    lengths = {str(path): len(text.splitlines()) for path, text in texts(".py", ".ts", ".tsx", ".sh")}
    lengths = {path: lines for path, lines in lengths.items() if "/generated/" not in path}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_names_a_path_of_the_machine_it_was_made_on():
    assert found(MACHINE_PATHS) == []


def test_no_file_names_the_host_of_a_package_index():
    assert found(INDEX_HOSTS) == []


def test_no_source_is_marked_as_unfinished():
    assert found(UNFINISHED, ".py", ".ts", ".tsx", ".sh", ".md", ".toml", ".yaml", ".yml") == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_one_sentence_what_it_is_for(room):
    docstring = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    assert 10 <= len(docstring.splitlines()[0]) <= 140


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_described_in_the_architecture(room):
    rooms = (ROOT / "ARCHITECTURE.md").read_text().partition("\n## Rooms\n")[2].partition("\n## ")[0]
    assert re.search(rf"\b{room}\b", rooms)


def test_the_import_contract_names_every_room_and_leaf():
    contract = (ROOT / "pyproject.toml").read_text().partition("layers = [")[2].partition("]")[0]
    named = set(re.findall(r"[a-z_]+", contract))
    assert named == {*ROOMS, *LEAVES} - {"__init__"}


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def test_locks_hold_hashes_and_no_address():
    for name in ("base.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "://" not in text
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_development_lock_pins_what_the_base_lock_pins():
    base, dev = pins("base.txt"), pins("dev.txt")
    assert {name: dev.get(name) for name in base} == base


def test_every_dependency_is_locked():
    listed = re.findall(r'^  "([a-z0-9-]+)[><=]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(listed) <= set(pins("dev.txt"))


def test_the_npm_lock_names_no_address_of_a_package():
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "://" in entry.get("resolved", "")] == []
