"""The build: a bundle is made once per state of its sources, and packages hold what they need."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent


def load_hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hook = load_hook()
# Notes down what it is asked; `ci` makes the modules' folder and `run` writes a page to --outDir, as the real one does.
NPM = """#!/bin/sh
echo "$1" >> "$NPM_CALLS"
if [ "$1" = ci ]; then mkdir -p node_modules; fi
while [ $# -gt 0 ]; do
  if [ "$1" = --outDir ]; then mkdir -p "$2"; echo page > "$2/index.html"; fi
  shift
done
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A checkout with browser sources, and an npm that leaves a note of each call."""
    web = tmp_path / "tree" / "web"
    (web / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "index.html", "src/main.ts"):
        (web / name).write_text(name)
    programs = tmp_path / "programs"
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text(NPM)
    npm.chmod(0o755)
    monkeypatch.setenv("NPM_CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "tree"


def calls(tree: Path) -> list[str]:
    noted = tree.parent / "calls"
    return noted.read_text().split() if noted.exists() else []


def test_a_bundle_is_built_once_for_one_state_of_the_sources(tree):
    assert hook.build_bundle(tree) is True
    assert hook.build_bundle(tree) is False
    assert calls(tree) == ["ci", "run"]
    assert (tree / hook.BUNDLE / "index.html").read_text() == "page\n"


def test_an_edited_source_is_built_again_without_fetching_packages_again(tree):
    hook.build_bundle(tree)
    (tree / "web" / "src" / "main.ts").write_text("edited")
    assert hook.build_bundle(tree) is True
    assert calls(tree) == ["ci", "run", "run"]


def test_a_changed_lock_fetches_packages_again(tree):
    hook.build_bundle(tree)
    (tree / "web" / "package-lock.json").write_text("other")
    hook.build_bundle(tree)
    assert calls(tree) == ["ci", "run", "ci", "run"]


def test_an_unpacked_source_distribution_needs_no_node(tree, monkeypatch):
    hook.build_bundle(tree)
    monkeypatch.setenv("PATH", "")
    assert hook.build_bundle(tree) is False


def test_a_missing_npm_is_named_together_with_the_ways_out(tree, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"npm was not found.*Install Node.*RECENSION_SKIP_WEB=1"):
        hook.build_bundle(tree)


def test_a_failing_build_leaves_no_stamp(tree):
    npm = Path(os.environ["PATH"].split(os.pathsep)[0]) / "npm"
    npm.write_text("#!/bin/sh\nmkdir -p node_modules\n[ $1 = ci ]\n")
    with pytest.raises(SystemExit, match=r"npm run .* failed"):
        hook.build_bundle(tree)
    assert not (tree / hook.BUNDLE / hook.STAMP).exists()


def build(folder: Path) -> None:
    """A wheel of this checkout, with whatever bundle it has."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, "RECENSION_SKIP_WEB": "1"},
        capture_output=True,
        check=True,
    )


def test_the_wheel_holds_the_demonstration_and_nothing_beside_the_package(tmp_path):
    build(tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"recension"}
    demo = ("data/train.csv", "data/pool_truth.csv", "data/README.md", "clickbait/project.yaml", "clickbait/train.py")
    assert {f"recension/cli/demo/{name}" for name in demo} <= set(names)
    assert {f"recension/crowd/templates/{name}" for name in ("image-boxes.yaml", "pictures/street.png")} <= set(names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


@pytest.mark.slow
def test_what_is_in_the_wheel_serves_the_application(tmp_path):
    if not (ROOT / hook.BUNDLE / "index.html").is_file():
        pytest.skip("the browser application was not built here (RECENSION_SKIP_WEB=1)")
    build(tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "RECENSION_HOME": str(tmp_path / "home")}
    server = subprocess.Popen(
        [sys.executable, "-m", "recension.cli.main", "up", "--port", "0", "--json"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = "".join(iter(server.stdout.readline, "}\n")) + "}"
        page = httpx.get(json.loads(said)["url"], trust_env=False)
        (script, *_) = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
        asset = httpx.get(json.loads(said)["url"] + script, trust_env=False)
        assert (asset.status_code, asset.headers["content-type"].partition(";")[0]) == (200, "text/javascript")
        assert httpx.get(json.loads(said)["url"] + "/assets/none.js", trust_env=False).status_code == 404
    finally:
        server.terminate()
        server.communicate(timeout=20)
