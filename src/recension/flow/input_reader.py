"""Reading the ``input`` of a pipeline specification."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from recension.errors import Invalid
from recension.flow.document import Value
from recension.flow.spec import Cross, Group, Input, Join, Pfs, Union
from recension.ids import check_name
from recension.store.glob import compile_glob

_SUPPORTED: Final = "this version runs pfs, cross, union, join and group inputs"
_REFUSED_KINDS: Final = {"cron": _SUPPORTED, "sql": _SUPPORTED, "git": _SUPPORTED, "atom": _SUPPORTED}
_KINDS: Final = ("pfs", "cross", "union", "join", "group")
_PFS: Final = frozenset(
    [
        "name",
        "repo",
        "repo_type",
        "project",
        "branch",
        "glob",
        "join_on",
        "outer_join",
        "group_by",
        "lazy",
        "empty_files",
        "s3",
    ]
)
_PFS_REFUSED: Final = {
    "trigger": "commit to a branch of its own and promote it",
    "propagation_spec": "pin a branch that nothing moves",
    "reference": "every input is part of a datum's identity",
    "commit": "an input follows a branch",
}
_INPUT_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def read_input(value: Value, workspace: str, notes: list[str]) -> Input:
    """Read an input of any kind; ``notes`` receives lines about what is ignored."""
    node = _input(value, workspace, notes)
    _check_names(value, node)
    return node


def _input(value: Value, workspace: str, notes: list[str]) -> Input:
    fields = value.fields(_KINDS, _REFUSED_KINDS)
    if len(fields) != 1:
        raise value.wrong("an input has exactly one kind", _SUPPORTED)
    kind, inner = next(iter(fields.items()))
    if kind == "pfs":
        return _pfs(inner, workspace, notes)
    items = inner.items()
    if not items:
        raise inner.wrong(f"{kind!r} has no parts")
    if kind == "cross":
        return Cross(tuple(_input(item, workspace, notes) for item in items))
    if kind == "union":
        return Union(tuple(_input(item, workspace, notes) for item in items))
    parts = tuple(_only_pfs(item, kind, workspace, notes) for item in items)
    return Join(parts) if kind == "join" else Group(parts)


def _only_pfs(value: Value, kind: str, workspace: str, notes: list[str]) -> Pfs:
    node = _input(value, workspace, notes)
    if not isinstance(node, Pfs):
        raise value.wrong(f"the parts of a {kind} are pfs inputs", "nest joins and groups in a cross or union")
    return node


def _pfs(value: Value, workspace: str, notes: list[str]) -> Pfs:
    fields = value.fields(_PFS, _PFS_REFUSED)
    for needed in ("repo", "glob"):
        if needed not in fields:
            raise value.wrong(f"field {needed!r} is missing", 'for example {repo: images, glob: "/*"}')
    for switch in ("s3", "lazy"):
        if switch in fields and fields[switch].boolean():
            if switch == "s3":
                raise fields[switch].wrong("s3 inputs are not supported", "read the files under /pfs/<name>")
            notes.append(f"{fields[switch].path!r} is ignored: inputs are files")
    if "repo_type" in fields and fields["repo_type"].string() not in {"", "user"}:
        raise fields["repo_type"].wrong("only repos of files can be read", "leave repo_type out")
    repo = _name(fields["repo"], "repo")
    return Pfs(
        name=_input_name(fields["name"]) if "name" in fields else repo,
        repo=repo,
        workspace=_name(fields["project"], "workspace") if "project" in fields else workspace,
        branch=_name(fields["branch"], "branch") if "branch" in fields else None,
        glob=_glob(fields["glob"]),
        join_on=fields["join_on"].string() if "join_on" in fields else "",
        outer_join="outer_join" in fields and fields["outer_join"].boolean(),
        group_by=fields["group_by"].string() if "group_by" in fields else "",
        empty_files="empty_files" in fields and fields["empty_files"].boolean(),
    )


def _name(value: Value, kind: str) -> str:
    try:
        return check_name(kind, value.string())
    except Invalid as error:
        raise value.wrong(error.message, error.hint) from None


def _input_name(value: Value) -> str:
    text = value.string()
    if _INPUT_NAME.fullmatch(text) is None or text == "out":
        raise value.wrong(f"{text!r} cannot name an input", "use letters, digits, '_', '-' and '.'; 'out' is taken")
    return text


def _glob(value: Value) -> str:
    text = "/" + value.string().strip("/")
    try:
        compile_glob(text)
    except Invalid as error:
        raise value.wrong(error.message, error.hint) from None
    return text


def _check_names(value: Value, node: Input) -> None:
    """Two inputs of one datum may not share a name; those of a union may."""

    def seen(part: Input) -> Iterator[str]:
        if isinstance(part, Pfs):
            if part.name == "out":
                raise value.wrong("'out' is where a step writes", "give the input another name")
            yield part.name
            return
        below = [set(seen(inner)) for inner in part.parts]
        names = set().union(*below)
        if not isinstance(part, Union) and len(names) != sum(map(len, below)):
            twice = sorted(name for name in names if sum(name in names_ for names_ in below) > 1)
            raise value.wrong(f"two inputs are named {twice[0]!r}", "give one of them another name")
        yield from names

    set(seen(node))
