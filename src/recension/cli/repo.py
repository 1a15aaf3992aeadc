"""``recension repo``: create, list, inspect, rename, describe, delete."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

from recension.cli.options import add_command, home_of, open_store
from recension.cli.output import human_size, plural, print_json, print_table, when
from recension.clock import iso
from recension.errors import Invalid
from recension.ids import Address, check_name, parse_address
from recension.server.writable import check_writable
from recension.store import Repo, Store
from recension.store.naming import repo_describe, repo_rename


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "repo", "create, list, inspect, rename, describe, delete repos")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = add_command(verbs, "create", "make an empty repo; makes the home too when there is none")
    create.add_argument("name", metavar="NAME")
    create.add_argument("-d", "--description", default="", metavar="TEXT")
    listing = add_command(verbs, "list", "list every repo")
    listing.add_argument("--workspace", metavar="NAME", help="only of this workspace")
    inspect = add_command(verbs, "inspect", "show a repo and its branches")
    inspect.add_argument("name", metavar="NAME")
    rename = add_command(verbs, "rename", "give a repo another name, unless a pipeline or project names it")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("to", metavar="NEW")
    describe = add_command(verbs, "describe", "say what a repo is for")
    describe.add_argument("name", metavar="NAME")
    describe.add_argument("text", metavar="TEXT")
    delete = add_command(verbs, "delete", "remove a repo, unless others were made from it")
    delete.add_argument("name", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    _VERBS[args.verb](args)
    return 0


def repo_named(text: str) -> Address:
    """The repo of an address without a ref and path.

    Raises:
        Invalid: it has one.
    """
    address = parse_address(text)
    if address.ref is not None or address.path is not None:
        raise Invalid(f"{text!r} is more than the name of a repo", where="repo", hint=address.repo)
    return address


def _create(args: argparse.Namespace) -> None:
    named = repo_named(args.name)
    with open_store(args, create=True) as store:
        repo = store.create_repo(named.repo, workspace=named.workspace, description=args.description)
        if args.json:
            print_json(_shape(store, repo))
        else:
            print(f"repo {args.name} created")


def _list(args: argparse.Namespace) -> None:
    if not home_of(args).exists():
        # Nothing was ever stored: that is an answer, not an error.
        if args.json:
            print_json([])
        return
    with open_store(args) as store:
        repos = store.repos(args.workspace)
        if args.json:
            print_json([_shape(store, repo) for repo in repos])
        elif repos:
            print_table(
                (_label(repo), plural(repo.files, "file"), human_size(repo.size), when(repo.at_us), repo.description)
                for repo in repos
            )


def _inspect(args: argparse.Namespace) -> None:
    named = repo_named(args.name)
    with open_store(args) as store:
        repo = store.repo(named.repo, workspace=named.workspace)
        if args.json:
            print_json(_shape(store, repo))
            return
        print(f"{_label(repo)}  {repo.kind}  made {when(repo.created_us)}")
        if repo.description:
            print(repo.description)
        print(f"{plural(repo.files, 'file')}, {human_size(repo.size)}")
        branches = store.branches(repo.name, workspace=repo.workspace)
        if branches:
            print_table((branch.name, branch.head or "-", when(branch.at_us)) for branch in branches)


def _rename(args: argparse.Namespace) -> None:
    from recension.server.dependants import refuse_while_read  # noqa: PLC0415  knows every room; seldom wanted

    named, to = repo_named(args.name), check_name("repo", args.to)
    with open_store(args) as store:
        repo_rename(
            store,
            named.repo,
            to,
            workspace=named.workspace,
            also=lambda tx: refuse_while_read(tx, named.workspace, named.repo, to),
        )
        _show(args, store, Address(named.workspace, to), f"repo {args.name} is now {Address(named.workspace, to)}")


def _describe(args: argparse.Namespace) -> None:
    named = repo_named(args.name)
    with open_store(args) as store:
        repo_describe(store, named.repo, args.text, workspace=named.workspace)
        _show(args, store, named, f"repo {args.name} described")


def _show(args: argparse.Namespace, store: Store, named: Address, done: str) -> None:
    if args.json:
        print_json(_shape(store, store.repo(named.repo, workspace=named.workspace)))
    else:
        print(done)


def _delete(args: argparse.Namespace) -> None:
    named = repo_named(args.name)
    with open_store(args) as store:
        check_writable(store, named.workspace, named.repo, None)
        store.delete_repo(named.repo, workspace=named.workspace)
        if args.json:
            print_json({"deleted": args.name})
        else:
            print(f"repo {args.name} deleted")


_VERBS: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "create": _create,
    "list": _list,
    "inspect": _inspect,
    "rename": _rename,
    "describe": _describe,
    "delete": _delete,
}


def _label(repo: Repo) -> str:
    return str(Address(repo.workspace, repo.name))


def _shape(store: Store, repo: Repo) -> dict[str, Any]:
    branches = store.branches(repo.name, workspace=repo.workspace)
    return {
        "workspace": repo.workspace,
        "name": repo.name,
        "kind": repo.kind,
        "description": repo.description,
        "branches": [{"name": b.name, "head": b.head, "at": iso(b.at_us), "protected": b.protected} for b in branches],
        "files": repo.files,
        "size": repo.size,
        "at": iso(repo.at_us),
    }
