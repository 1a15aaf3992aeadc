"""``recension log``, ``diff`` and ``ls``: what is there, and how it came about."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, human_size, plural, print_json, print_lines, print_table, when
from recension.errors import Invalid
from recension.ids import CommitId, GlobalId, is_commit_id, parse_address
from recension.store import Change, Commit, Entry, Folder
from recension.store.commit_filter import read_filter
from recension.store.history import DEFAULT_BRANCH
from recension.store.renames import with_renames

if TYPE_CHECKING:
    from recension.store.store import Store

_PAGE = 1000
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": ">"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    log = add_command(subparsers, "log", "the commits of a branch, or of a cascade")
    log.add_argument(
        "address", nargs="?", metavar="REPO[@REF][:/PATH]", help="with a path: only commits that changed it"
    )
    log.add_argument("--global", dest="global_id", metavar="ID", help="every commit of the cascade with this global id")
    log.add_argument("-n", "--limit", type=int, default=100, metavar="N")
    log.add_argument("--after", metavar="COMMIT", help="continue behind this commit of an earlier answer")
    log.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="only commits whose metadata says so; KEY may go deeper with dots; may be repeated",
    )
    diff = add_command(subparsers, "diff", "what differs between two commits")
    diff.add_argument("before", metavar="A", help="an address, or a ref of the repo of B")
    diff.add_argument("after", metavar="B", help="an address, or a ref of the repo of A")
    diff.add_argument("--renames", action="store_true", help="show a file that only changed its path as one")
    diff.add_argument("--names", action="store_true", help="print the paths alone")
    ls = add_command(subparsers, "ls", "list files of a commit")
    ls.add_argument("address", metavar="REPO[@REF][:/PATH]")
    ls.add_argument("-r", "--recursive", action="store_true", help="every file below")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        {"log": _log, "diff": _diff, "ls": _ls}[args.command](store, args)
    return 0


def _log(store: Store, args: argparse.Namespace) -> None:
    if (args.address is None) == (args.global_id is None):
        raise Invalid("name either a repo or --global ID", where="log", hint="recension log REPO@BRANCH")
    if args.global_id is not None:
        if not is_commit_id(args.global_id):
            raise Invalid(f"{args.global_id!r} is no global id", where="--global")
        commits = store.by_global_id(GlobalId(args.global_id))
    else:
        commits = _line(store, args)
    if args.json:
        print_json([commit_json(store, commit) for commit in commits])
        return
    if args.address is not None:
        _show_staged(store, args.address)
    for commit in commits:
        print(_described(commit))


def _show_staged(store: Store, text: str) -> None:
    """Say what is on the branch and not in its log yet."""
    from recension.store.staging import staged_groups  # noqa: PLC0415  the other commands start faster without

    address = parse_address(text)
    branch = None if address.back or address.nth is not None else address.ref or DEFAULT_BRANCH
    for group in staged_groups(store, address.repo, workspace=address.workspace):
        if group.branch == branch:
            verb = "is" if group.changes == 1 else "are"
            print(f"{plural(group.changes, 'change')} {verb} staged, to be committed by {when(group.due_us)}")


def _line(store: Store, args: argparse.Namespace) -> list[Commit]:
    address = parse_address(args.address)
    stepped = address.back or address.nth is not None
    ref = store.resolve(address).id if stepped else address.ref or DEFAULT_BRANCH
    after = None if args.after is None else CommitId(args.after)
    return store.log(
        address.repo,
        ref,
        path=address.path,
        where=read_filter(args.where),
        limit=args.limit,
        after=after,
        workspace=address.workspace,
    )


def _described(commit: Commit) -> str:
    counts = [
        f"{sign}{count}" for sign, count in zip("+~-", (commit.added, commit.changed, commit.removed), strict=True)
    ]
    where = f"{commit.repo}@{commit.branch}"
    lines = [
        f"{commit.id}  {where}  {when(commit.at_us)}  {commit.kind}{'  ' + commit.author if commit.author else ''}",
        f"    {' '.join(counts)}  {plural(commit.files, 'file')}, {human_size(commit.size)}  global {commit.global_id}",
    ]
    if commit.message:
        lines.append(f"    {commit.message}")
    return "\n".join(lines)


def _diff(store: Store, args: argparse.Namespace) -> None:
    if "@" not in args.after and "@" not in args.before:
        raise Invalid("say in which repo", where="diff", hint="recension diff REPO@A REPO@B")
    before_text = args.before if "@" in args.before else f"{args.after.partition('@')[0]}@{args.before}"
    after_text = args.after if "@" in args.after else f"{args.before.partition('@')[0]}@{args.after}"
    prefix = parse_address(after_text).path or parse_address(before_text).path or "/"
    changes: Iterable[Change] = store.diff(store.view(before_text), store.view(after_text), prefix=prefix)
    if args.renames:
        changes = with_renames(changes)
    if args.json:
        print_json([_change_json(change) for change in changes])
        return
    print_lines(change.path if args.names else _change_line(change) for change in changes)


def _change_line(change: Change) -> str:
    kind = change.kind
    if kind == "renamed" and change.before is not None:
        return f"> {change.path}  from {change.before.path}"
    return f"{_SIGNS[kind]} {change.path}  {_size(change.before)} -> {_size(change.after)}"


def _size(entry: Entry | None) -> str:
    return "-" if entry is None else human_size(entry.size)


def _change_json(change: Change) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    shown: dict[str, Any] = {
        name: entry and {"blob": entry.blob.hex(), "size": entry.size} for name, entry in sides.items()
    }
    if change.kind == "renamed" and change.before is not None:
        shown["before"]["path"] = change.before.path
    return {"path": change.path, "kind": change.kind, **shown}


def _ls(store: Store, args: argparse.Namespace) -> None:
    address = parse_address(args.address)
    commit = store.view(address)
    folder = address.path or "/"
    if args.recursive:
        items: list[Entry | Folder] = list(store.walk(commit, prefix=folder))
        if not items:
            store.folder(commit, folder)
    else:
        items = _whole_listing(store, commit, folder)
    if args.json:
        sources = _sources(store, items)
        print_json({"commit": commit.id, "entries": [_item_json(item, sources.get(item.path)) for item in items]})
    elif items:
        sources = _sources(store, items)
        print_table((_item_row(item, sources.get(item.path)) for item in items), right=(0,))


def _sources(store: Store, items: list[Entry | Folder]) -> dict[str, str]:
    """By path, the URLs that files are read from whose bytes are not stored here."""
    files = [item for item in items if isinstance(item, Entry)]
    links = store.records.links.of([file.blob for file in files])
    return {file.path: links[file.blob][0].url for file in files if file.blob in links}


def _whole_listing(store: Store, commit: Commit, folder: str) -> list[Entry | Folder]:
    items = store.ls(commit, folder, limit=_PAGE)
    while len(items) % _PAGE == 0 and items:
        more = store.ls(commit, folder, after=items[-1].path, limit=_PAGE)
        if not more:
            break
        items += more
    return items


def _item_row(item: Entry | Folder, source: str | None) -> tuple[str, str]:
    if isinstance(item, Folder):
        return human_size(item.size), f"{item.path}/  {plural(item.files, 'file')}"
    return human_size(item.size), item.path if source is None else f"{item.path}  -> {source}"


def _item_json(item: Entry | Folder, source: str | None) -> dict[str, Any]:
    name = item.path.rpartition("/")[2]
    if isinstance(item, Folder):
        return {"type": "folder", "path": item.path, "name": name, "files": item.files, "size": item.size}
    return {
        "type": "file",
        "path": item.path,
        "name": name,
        "size": item.size,
        "content_type": item.content_type,
        "blob": item.blob.hex(),
        "mode": f"{item.mode:o}",
        **({} if source is None else {"link": source}),
    }
