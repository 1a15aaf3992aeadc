"""What the package imports is what it declares: an installation needs nothing that only development brings along."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "recension"
# Programs of pipeline steps: they declare their own requirements in the pipeline's file.
STEPS = PACKAGE / "cli" / "demo" / "clickbait"
# Only used together with a declared package that itself needs them.
BROUGHT_ALONG = {"starlette": "fastapi", "pydantic": "fastapi"}


def imported() -> dict[str, set[str]]:
    """Top-level module → files that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if STEPS in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.append(node.module)
            for name in names:
                found[name.partition(".")[0]].add(str(path.relative_to(ROOT)))
    return found


def declared() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text()
    project = text.partition("\ndependencies = [")[2].partition("\n]")[0]
    extras = text.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    return {
        name.lower().replace("_", "-")
        for name in re.findall(r'"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?[><=~!"]', project + extras)
    }


def test_every_import_of_the_package_is_declared():
    distributions = packages_distributions()
    wanted = {}
    for module, files in imported().items():
        if module in sys.stdlib_module_names or module == "recension":
            continue
        names = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
        names |= {BROUGHT_ALONG.get(name, name) for name in names}
        if not names & declared():
            wanted[module] = sorted(files)
    assert wanted == {}


def test_decoders_of_structs_are_made_at_import():
    # msgspec crashes the process when two threads work out the same struct for the first time at the same moment.
    late = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"msgspec.json.decode", "msgspec.msgpack.decode"}
        and any(keyword.arg == "type" for keyword in node.keywords)
    ]
    assert late == []
