"""Names on a server elsewhere: workspaces, repos, branches and tags."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final

from recension.cli.output import human_size, plural, print_json, print_table
from recension.client.http import Http
from recension.client.paths import path
from recension.client.remote import repo_text
from recension.errors import Invalid
from recension.ids import Address, check_name, parse_address


def _at(named: Address, *parts: str) -> str:
    return path("repos", repo_text(named.workspace, named.repo), *parts)


def _repo_named(text: str) -> Address:
    named = parse_address(text)
    if named.ref is not None or named.path is not None:
        raise Invalid(f"{text!r} is more than the name of a repo", where="repo", hint=named.repo)
    return named


def _named(text: str, kind: str) -> tuple[Address, str]:
    """A branch or tag, and its repo."""
    named = parse_address(text)
    if named.ref is None or named.path is not None or named.back or named.nth is not None:
        raise Invalid(f"{text!r} names no {kind}", where=kind, hint=f"write REPO@{kind.upper()}")
    return named, check_name(kind, named.ref)


def _ref(text: str | None) -> str | None:
    """A ref that may come with its repo."""
    return None if text is None else text.partition("@")[2] or text


def _repo(http: Http, args: argparse.Namespace) -> None:
    if args.verb == "list":
        _list_repos(http, args)
        return
    named = _repo_named(args.name)
    if args.verb == "create":
        body = {"name": named.repo, "workspace": named.workspace, "description": args.description}
        _tell(args, http.post(path("repos"), body), f"repo {args.name} created")
    elif args.verb == "inspect":
        found = http.get(_at(named))
        told = f"{args.name}  {found['kind']}\n{plural(found['files'], 'file')}, {human_size(found['size'])}"
        _tell(args, found, told)
    elif args.verb == "rename":
        done = http.post(_at(named, "rename"), {"name": args.to})
        _tell(args, done, f"repo {args.name} is now {Address(named.workspace, args.to)}")
    elif args.verb == "describe":
        done = http.call("PUT", _at(named), json={"description": args.text}).json()
        _tell(args, done, f"repo {args.name} described")
    else:
        http.call("DELETE", _at(named))
        _tell(args, {"deleted": args.name}, f"repo {args.name} deleted")


def _list_repos(http: Http, args: argparse.Namespace) -> None:
    found = [each for each in http.get(path("repos")) if args.workspace in {None, each["workspace"]}]
    if args.json:
        print_json(found)
    elif found:
        labels = (str(Address(each["workspace"], each["name"])) for each in found)
        print_table(
            (label, plural(each["files"], "file"), human_size(each["size"]), _when(each["at"]), each["description"])
            for label, each in zip(labels, found, strict=True)
        )


def _branch(http: Http, args: argparse.Namespace) -> None:
    if args.verb == "list":
        found = http.get(_at(_repo_named(args.repo), "branches"))
        if args.json:
            print_json(found)
        elif found:
            print_table((each["name"], each["head"] or "-", _when(each["at"])) for each in found)
        return
    named, name = _named(args.branch, "branch")
    if args.verb == "delete":
        http.call("DELETE", _at(named, "branches", name))
        _tell(args, {"deleted": args.branch}, f"branch {args.branch} deleted")
        return
    done = _changed_branch(http, named, name, args)
    _tell(
        args, done, f"branch {Address(named.workspace, named.repo, done['name'])}: at {done['head'] or 'no commit yet'}"
    )


def _changed_branch(http: Http, named: Address, name: str, args: argparse.Namespace) -> dict[str, Any]:
    made: dict[str, Any]
    if args.verb == "create":
        made = http.post(_at(named, "branches"), {"name": name, "at": _ref(args.at)})
    elif args.verb == "move":
        made = http.call("PUT", _at(named, "branches", name), json={"to": _ref(args.to)}).json()
    elif args.verb == "promote":
        made = http.post(_at(named, "branches", name, "promote"), {"to": args.to})
    elif args.verb in {"protect", "unprotect"}:
        body = {"protected": args.verb == "protect"}
        made = http.call("PUT", _at(named, "branches", name, "protection"), json=body).json()
    else:
        raise Invalid("this is done on a home, not on a server", where=f"branch {args.verb}", hint="leave out --server")
    return made


def _tag(http: Http, args: argparse.Namespace) -> None:
    if args.verb == "list":
        found = http.get(_at(_repo_named(args.repo), "tags"))
        if args.json:
            print_json(found)
        elif found:
            print_table((each["name"], each["commit"], _when(each["at"]), each["message"]) for each in found)
        return
    named, name = _named(args.tag, "tag")
    if args.verb == "create":
        done = http.post(_at(named, "tags"), {"name": name, "at": _ref(args.at), "message": args.message})
        _tell(args, done, f"tag {args.tag} created: at {done['commit']}")
    else:
        http.call("DELETE", _at(named, "tags", name))
        _tell(args, {"deleted": args.tag}, f"tag {args.tag} deleted")


def _workspace(http: Http, args: argparse.Namespace) -> None:
    if args.verb == "list":
        found = http.get(path("workspaces"))
        if args.json:
            print_json(found)
        else:
            print_table((each["name"], plural(each["repos"], "repo"), each["description"]) for each in found)
    elif args.verb == "create":
        done = http.post(path("workspaces"), {"name": args.name, "description": args.description})
        _tell(args, done, f"workspace {args.name} created")
    else:
        http.call("DELETE", path("workspaces", args.name))
        _tell(args, {"deleted": args.name}, f"workspace {args.name} deleted")


def _when(at: str) -> str:
    return f"{at[:19].replace('T', ' ')}Z"


def _tell(args: argparse.Namespace, shape: dict[str, Any], done: str) -> None:
    if args.json:
        print_json(shape)
    else:
        print(done)


NAMES: Final[Mapping[str, Callable[[Http, argparse.Namespace], None]]] = {
    "repo": _repo,
    "branch": _branch,
    "tag": _tag,
    "workspace": _workspace,
}
"""Command → what does it."""
