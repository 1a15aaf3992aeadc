"""From files on disk to what ``create_pipeline`` takes: a specification and the files it is made of.

A YAML or JSON specification brings the files it declares; a Python module with a decorated function brings its import
closure. Nothing of the user's is run here: decorator arguments are read from the syntax tree.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recension.errors import Invalid, NotFound
from recension.flow.closure import import_closure, parse
from recension.flow.spec_reader import read_spec

_DECORATORS: Final = frozenset({"pipeline", "recension.pipeline", "step.pipeline", "flow.pipeline"})
_IN_TRANSFORM: Final = frozenset({"requirements", "files", "env", "network", "working_dir"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """A pipeline ready to be created: specification, the declared files by path, and the name to complain about."""

    spec: bytes
    files: Mapping[str, bytes]
    where: str


def bundle(path: Path) -> list[Bundle]:
    """The pipelines that a file describes: one for YAML or JSON, one per decorated function for Python.

    Raises:
        NotFound: the file, or a file it declares, is not there.
        Invalid: the specification or the module breaks a rule.
    """
    if path.suffix == ".py":
        return pipeline_from_module(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise NotFound(f"cannot read the specification: {error.strerror}", where=str(path)) from None
    spec = read_spec(text, file=path.name)
    files = _declared(path.parent, spec.transform.files, path.name)
    if spec.transform.function is not None:
        files |= import_closure(path.parent, spec.transform.function.partition(":")[0])
    return [Bundle(text, files, path.name)]


def _declared(folder: Path, names: tuple[str, ...], where: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in names:
        target = folder / name
        members = sorted(member for member in target.rglob("*") if member.is_file()) if target.is_dir() else [target]
        for member in members:
            relative = member.relative_to(folder).as_posix()
            if "__pycache__" in relative:
                continue
            try:
                found[relative] = member.read_bytes()
            except OSError as error:
                raise NotFound(f"declared file {relative!r}: {error.strerror}", where=where) from None
    return found


def pipeline_from_module(path: Path) -> list[Bundle]:
    """One bundle for each function of the module that is decorated with ``@pipeline(...)``.

    Raises:
        NotFound: the file is not there.
        Invalid: no function is decorated, or an argument is no literal.
    """
    closure = import_closure(path.parent, path.name)
    module = parse(closure[path.name], path.name)
    constants = dict(_constants(module))
    bundles = []
    for function, call in _decorated(module):
        fields = dict(_arguments(call, constants, path.name))
        files = {**closure, **_declared(path.parent, tuple(fields.get("files") or ()), path.name)}
        bundles.append(Bundle(_specification(fields, f"{path.name}:{function.name}", files), files, path.name))
    if not bundles:
        raise Invalid("no function is decorated with @pipeline(...)", where=path.name, hint="see recension.pipeline")
    return bundles


def _specification(fields: Mapping[str, Any], function: str, files: Mapping[str, bytes]) -> bytes:
    transform: dict[str, Any] = {"function": function, "files": sorted(files)}
    top: dict[str, Any] = {"pipeline": {"name": fields.get("name")}, "transform": transform}
    for name, value in fields.items():
        if value is None or name in {"name", "files"}:
            continue
        (transform if name in _IN_TRANSFORM else top)[name] = value
    return json.dumps(top, ensure_ascii=False, indent=1).encode()


def _decorated(module: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _dotted(decorator.func) in _DECORATORS:
                    yield node, decorator


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _constants(module: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                yield node.targets[0].id, ast.literal_eval(node.value)
            except ValueError:
                continue


def _arguments(call: ast.Call, constants: Mapping[str, Any], file: str) -> Iterator[tuple[str, Any]]:
    if call.args:
        raise Invalid("@pipeline takes its arguments by name", where=f"{file}:{call.lineno}")
    for keyword in call.keywords:
        place = f"{file}:{keyword.value.lineno}"
        if keyword.arg is None:
            raise Invalid("@pipeline arguments are written out", where=place)
        if isinstance(keyword.value, ast.Name) and keyword.value.id in constants:
            yield keyword.arg, constants[keyword.value.id]
            continue
        try:
            yield keyword.arg, ast.literal_eval(keyword.value)
        except ValueError:
            hint = "write a literal, or the name of a module-level literal"
            raise Invalid(f"argument {keyword.arg!r} is no literal", where=place, hint=hint) from None
