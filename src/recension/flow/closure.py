"""The local modules that a Python file imports, directly or through others, found without running anything.

They are part of what a step is: a changed helper is a changed step. Imports that do not resolve to a file in the
folder belong to the standard library or to a declared requirement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from recension.errors import Invalid, NotFound


def import_closure(folder: Path, start: str) -> dict[str, bytes]:
    """The file ``start`` and every local module it imports, by path relative to ``folder``.

    Raises:
        NotFound: ``start`` is no file.
        Invalid: one of the modules cannot be parsed.
    """
    found: dict[str, bytes] = {}
    pending = [start]
    while pending:
        path = pending.pop()
        if path not in found:
            found[path] = _read(folder, path)
            pending.extend(_imported(folder, path, parse(found[path], path)))
    return dict(sorted(found.items()))


def parse(source: bytes, path: str) -> ast.Module:
    """The syntax tree of a module.

    Raises:
        Invalid: it is no Python.
    """
    try:
        return ast.parse(source, filename=path)
    except SyntaxError as error:
        raise Invalid(f"not valid Python: {error.msg}", where=f"{path}:{error.lineno}") from None
    except ValueError as error:
        raise Invalid(f"not valid Python: {error}", where=path) from None


def _read(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise NotFound(f"cannot read {path!r}: {error.strerror}", where=str(folder)) from None


def _imported(folder: Path, path: str, module: ast.Module) -> Iterator[str]:
    package = path.split("/")[:-1]
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(folder, alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parts = [*base, *(node.module.split(".") if node.module else [])]
            yield from _files(folder, parts)
            for alias in node.names:  # `from package import module` names a file as well
                yield from _files(folder, [*parts, alias.name])


def _files(folder: Path, parts: list[str]) -> Iterator[str]:
    """The files that importing ``parts`` runs: each package's ``__init__.py``, then the module."""
    for count in range(1, len(parts) + 1):
        stem = "/".join(parts[:count])
        for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
            if (folder / candidate).is_file():
                yield candidate
                break
