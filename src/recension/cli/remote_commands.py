"""Commands on repos of a server elsewhere: the same words as on a home, asked of the HTTP API.

What is printed with ``--json`` are its answers.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Final

from recension.cli.faults import report_error
from recension.cli.output import human_size, plural, print_json, print_table
from recension.cli.remote_names import NAMES
from recension.cli.server_access import connect
from recension.client.http import Http
from recension.client.paths import path
from recension.client.remote import repo_text
from recension.client.values import MergeConflicts
from recension.errors import Invalid, NotFound
from recension.ids import Address, check_name, check_path, parse_address

_MAIN: Final = "main"
_PAGE: Final = 500
_SOON_S: Final = 60.0
_PATIENCE_S: Final = 24 * 3600.0
_LONG: Final = frozenset({"import", "materialise"})
"""These take as long as their listing or their bytes need."""
_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "renamed": ">"}


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with connect(args, timeout_s=_PATIENCE_S if args.command in _LONG else _SOON_S) as http:
        try:
            COMMANDS[args.command](http, args)
        except MergeConflicts as conflicts:
            _show_conflicts(args, conflicts)
            return report_error(conflicts)
    return 0


def at(named: Address, *parts: str) -> str:
    """Where the API has something of a repo."""
    return path("repos", repo_text(named.workspace, named.repo), *parts)


def ref_of(named: Address) -> str:
    """The ref of an address as the API takes it."""
    ref = Address(named.workspace, named.repo, named.ref or _MAIN, named.back, named.nth)
    return str(ref).partition("@")[2]


def pages(http: Http, key: str, where: str, **params: str | int | list[str] | None) -> Iterator[dict[str, Any]]:
    """What comes in pages, all of it."""
    after: str | None = None
    while True:
        page = http.get(where, **params, after=after, limit=_PAGE)
        yield from page[key]
        after = page["next"]
        if after is None:
            return


def _branch(named: Address) -> str:
    if named.back or named.nth is not None:
        raise Invalid(f"{str(named)!r} names no branch", where="branch", hint="write REPO@BRANCH")
    return check_name("branch", named.ref or _MAIN)


def _ls(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.address)
    folder = named.path or "/"
    commit = http.get(at(named, "ls"), ref=ref_of(named), path=folder, limit=1)["commit"]["id"]
    found = list(_nodes(http, named, folder, recursive=args.recursive))
    if args.json:
        print_json({"commit": commit, "entries": found})
    elif found:
        print_table(map(_node_row, found), right=(0,))


def _nodes(http: Http, named: Address, folder: str, *, recursive: bool) -> Iterator[dict[str, Any]]:
    for node in pages(http, "entries", at(named, "ls"), ref=ref_of(named), path=folder):
        if recursive and node["type"] == "folder":
            yield from _nodes(http, named, node["path"], recursive=True)
        else:
            yield node


def _node_row(node: Mapping[str, Any]) -> tuple[str, str]:
    size = human_size(node["size"])
    if node["type"] == "folder":
        return size, f"{node['path']}/  {plural(node['files'], 'file')}"
    link = node.get("link")
    return size, f"{node['path']}  -> {link['url']}" if link else node["path"]


def _log(http: Http, args: argparse.Namespace) -> None:
    if args.global_id is not None:
        commits = http.get(path("global", args.global_id))["commits"]
    elif args.address is not None:
        named = parse_address(args.address)
        filters = {"path": named.path, "where": args.where or None, "after": args.after}
        limit = min(args.limit, _PAGE)
        first = http.get(at(named, "log"), ref=ref_of(named), limit=limit, **filters)
        commits = first["commits"]
        if first["next"] is not None and len(commits) < args.limit:
            del filters["after"]
            rest = _commits_after(http, named, first["next"], filters)
            commits += islice(rest, args.limit - len(commits))
    else:
        raise Invalid("name either a repo or --global ID", where="log", hint="recension log REPO@BRANCH")
    if args.json:
        print_json(commits)
        return
    for commit in commits:
        author = f"  {commit['author']}" if commit["author"] else ""
        stamp = f"{commit['at'][:19].replace('T', ' ')}Z"
        print(f"{commit['id']}  {commit['repo']}@{commit['branch']}  {stamp}  {commit['kind']}{author}")
        print(f"    {plural(commit['files'], 'file')}, {human_size(commit['size'])}  global {commit['global_id']}")
        if commit["message"]:
            print(f"    {commit['message']}")


def _commits_after(http: Http, named: Address, after: str, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    position: str | None = after
    while position is not None:
        page = http.get(at(named, "log"), ref=ref_of(named), limit=_PAGE, after=position, **filters)
        yield from page["commits"]
        position = page["next"]


def _diff(http: Http, args: argparse.Namespace) -> None:
    if "@" not in args.after and "@" not in args.before:
        raise Invalid("say in which repo", where="diff", hint="recension diff REPO@A REPO@B")
    repo = (args.before if "@" in args.before else args.after).partition("@")[0]
    older, newer = (parse_address(text if "@" in text else f"{repo}@{text}") for text in (args.before, args.after))
    if (older.workspace, older.repo) != (newer.workspace, newer.repo):
        raise Invalid("a server compares versions of one repo", where="diff", hint="recension diff REPO@A B")
    params: dict[str, Any] = {"from": ref_of(older), "to": ref_of(newer), "path": newer.path or older.path or "/"}
    key, verb = ("differences", "compare") if args.renames else ("changes", "diff")
    changes = list(pages(http, key, at(newer, verb), **params))
    if args.json:
        print_json(changes)
        return
    for change in changes:
        before, after = change["before"], change["after"]
        name = change.get("path") or (after or before)["path"]
        sizes = "  {} -> {}".format(*("-" if side is None else human_size(side["size"]) for side in (before, after)))
        told = f"  from {before['path']}" if change["kind"] == "renamed" else sizes
        print(name if args.names else f"{_SIGNS[change['kind']]} {name}{told}")


def _cp(http: Http, args: argparse.Namespace) -> None:
    dest = parse_address(args.dest)
    to = (dest.path or "/") + ("/" if args.dest.endswith("/") and dest.path not in {None, "/"} else "")
    body = {"source": args.source, "to": to, "branch": _branch(dest), "message": args.message}
    _show(args, http.post(at(dest, "copy"), body))


def _mv(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.source)
    if named.path is None or not args.dest.startswith("/"):
        raise Invalid("say what to move, and where to", where="mv", hint="recension mv REPO@BRANCH:/OLD /NEW")
    body = {"path": named.path, "to": args.dest, "branch": _branch(named), "message": args.message}
    _show(args, http.post(at(named, "move"), body))


def _rm(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.branch)
    paths = [*([] if named.path is None else [named.path]), *args.paths]
    body = {"paths": paths, "branch": _branch(named), "recursive": args.recursive, "message": args.message}
    _show(args, http.post(at(named, "remove"), body))


def _merge(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.source)
    if args.dry_run:
        _preview(http, named, args)
        return
    body = {"source": ref_of(named), "branch": args.into, "fast_forward": not args.no_fast_forward}
    done = http.post(at(named, "merge"), body | {"message": args.message} | _decided(http, named, args))
    if args.json:
        print_json(done)
    else:
        print(f"{done['commit']['id']}  {'nothing to merge' if done['how'] == 'nothing' else done['how']}")


def _preview(http: Http, named: Address, args: argparse.Namespace) -> None:
    sides = [word for word in args.strategy if "=" not in word]
    if args.resolve or len(sides) < len(args.strategy):
        raise Invalid("a server shows conflicts for one side alone", where="--dry-run", hint="--strategy SIDE")
    strategy = sides[-1] if sides else None
    shown = http.get(at(named, "merge"), source=ref_of(named), branch=args.into, strategy=strategy)
    if args.json:
        print_json(shown)
        return
    conflicts = shown["conflicts"]
    print(f"{shown['how']}: {plural(shown['changes'], 'path')} to change, {plural(len(conflicts), 'conflict')}")
    for each in conflicts:
        print(f"! {each['path']}")


def _decided(http: Http, named: Address, args: argparse.Namespace) -> dict[str, Any]:
    """What the options say of conflicts; the bytes of files are sent before."""
    rules = [word.rpartition("=") for word in args.strategy]
    strategies = [{"glob": glob if equals else "**", "side": side} for glob, equals, side in rules]
    # What is said of some paths counts before what is said of all.
    strategies.sort(key=lambda rule: rule["glob"] == "**")
    resolve: dict[str, Any] = {}
    for text in args.resolve:
        name, equals, choice = text.rpartition("=")
        if not equals:
            raise Invalid(f"{text!r} decides nothing", where="--resolve", hint="PATH=ours")
        if choice.startswith("@"):
            if not Path(choice[1:]).is_file():
                raise NotFound("there is no such file", where=choice[1:])
            sent = http.upload(at(named, "blobs", "upload"), Path(choice[1:]))
            resolve[check_path(name)] = {"receipt": sent["receipts"][0]}
        else:
            resolve[check_path(name)] = choice
    return {"strategies": strategies, "resolve": resolve}


def _show_conflicts(args: argparse.Namespace, conflicts: MergeConflicts) -> None:
    if args.json:
        print_json({"conflicts": [asdict(each) for each in conflicts.conflicts]})
        return
    for each in conflicts.conflicts:
        sizes = "  ".join(
            f"{name} {'-' if side is None else human_size(side.size)}"
            for name, side in (("base", each.base), ("ours", each.ours), ("theirs", each.theirs))
        )
        print(f"! {each.path}  {sizes}")


def _revert(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.commit)
    body = {"commit": ref_of(named), "branch": args.branch, "message": args.message}
    _show(args, http.post(at(named, "revert"), body | _decided(http, named, args)))


def _squash(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.commit)
    done = http.post(at(named, "squash"), {"commit": ref_of(named)})
    if args.json:
        print_json(done)
    else:
        print(f"{args.commit} squashed into {', '.join(each['id'] for each in done['commits'])}")


def _drop(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.commit)
    done = http.post(at(named, "drop"), {"commit": ref_of(named)})
    if args.json:
        print_json(done)
    else:
        moved = f"; {', '.join(done['branches'])} went back to {done['parent'] or 'nothing'}"
        print(f"{args.commit} dropped{moved if done['branches'] else ''}")


def _import(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.target)
    body = {"url": args.url, "path": named.path or "/", "branch": _branch(named), "message": args.message}
    flags = {"delete": args.delete, "hashed": args.hash, "skip_unfit": args.skip_unfit}
    done = http.post(at(named, "import"), body | flags)
    if args.json:
        print_json(done)
    else:
        changed = "" if done["new"] else "nothing differs  "
        listed = f"{plural(done['listed'], 'object')}, {human_size(done['size'])}"
        print(f"{done['commit']['id']}  {changed}{listed}")


def _materialise(http: Http, args: argparse.Namespace) -> None:
    named = parse_address(args.target)
    body = {"path": named.path or "/", "branch": _branch(named), "message": args.message}
    done = http.post(at(named, "materialise"), body)
    if args.json:
        print_json(done)
    else:
        print(f"{done['commit']['id']}  {plural(done['files'], 'file')} brought in, {human_size(done['size'])}")


def _show(args: argparse.Namespace, done: Mapping[str, Any]) -> None:
    commit = done["commit"]
    if args.json:
        print_json(done)
    else:
        print(f"{commit['id']}  {plural(commit['files'], 'file')}, {human_size(commit['size'])}")


COMMANDS: Final[Mapping[str, Callable[[Http, argparse.Namespace], None]]] = {
    "ls": _ls,
    "log": _log,
    "diff": _diff,
    "cp": _cp,
    "mv": _mv,
    "rm": _rm,
    "merge": _merge,
    "revert": _revert,
    "squash": _squash,
    "drop": _drop,
    "import": _import,
    "materialise": _materialise,
    **NAMES,
}
"""Command → what does it."""
