"""``recension put``, ``get`` and ``checkout``: files in, files out."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from recension.cli.options import add_command, open_store
from recension.cli.output import Progress, commit_json, human_size, plural, print_json
from recension.errors import Invalid, NotFound
from recension.ids import Address, check_name, parse_address
from recension.server.writable import check_writable
from recension.store import Commit, Put, Store
from recension.store.history import DEFAULT_BRANCH

_PIECE = 1 << 20
STDIN = "-"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    put = add_command(
        subparsers,
        "put",
        "commit files and folders",
        details="A folder contributes what it holds. Unchanged files are skipped, and nothing is deleted without "
        "--delete. '-' reads standard input into the file that the address names.",
    )
    put.add_argument("target", metavar="REPO@BRANCH[:/DIR]")
    put.add_argument("sources", nargs="+", metavar="SOURCE")
    put.add_argument("-m", "--message", default="", metavar="TEXT")
    put.add_argument("--author", default="", metavar="NAME")
    put.add_argument("--delete", action="store_true", help="remove from DIR what the sources do not hold")
    how = put.add_mutually_exclusive_group()
    how.add_argument("--append", action="store_true", help="add SOURCE to the end of the file that the address names")
    how.add_argument("--unpack", action="store_true", help="put what the tar or zip archive SOURCE holds")
    get = add_command(
        subparsers,
        "get",
        "copy a file or folder out of a commit",
        details="It overwrites like cp. '-' writes a file to stdout.",
    )
    get.add_argument("source", metavar="REPO@REF[:/PATH]")
    get.add_argument("dest", metavar="DEST")
    checkout = add_command(
        subparsers,
        "checkout",
        "make a folder hold exactly what a commit holds",
        details="Files known from an earlier checkout or put are updated and removed as needed; others are left alone.",
    )
    checkout.add_argument("source", metavar="REPO@REF[:/PATH]")
    checkout.add_argument("dest", metavar="DEST")
    checkout.add_argument("--force", action="store_true", help="overwrite files that are in the way")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    # Rows of a hundred thousand files hold no cycles; looking for some costs a tenth of the time.
    gc.disable()
    {"put": _put, "get": _get, "checkout": _checkout}[args.command](args)
    return 0


def _put(args: argparse.Namespace) -> None:
    target = parse_address(args.target)
    branch = check_name("branch", target.ref or DEFAULT_BRANCH)
    if target.back or target.nth is not None:
        raise Invalid(f"{args.target!r} names no branch", where="put", hint="write REPO@BRANCH")
    if STDIN in args.sources and len(args.sources) > 1:
        raise Invalid("standard input is put alone", where="put", hint="one command for each")
    if args.server is not None:
        _remote().put(args, target, branch)
        return
    with open_store(args) as store:
        store.repo(target.repo, workspace=target.workspace)
        check_writable(store, target.workspace, target.repo, branch)
        if args.append or args.unpack:
            _put_into(store, target, branch, args)
            return
        if args.sources == [STDIN]:
            commit, new, read = _put_stdin(store, target, branch, args)
            files = 1
        else:
            with Progress("put") as progress:
                report = store.put_files(
                    target.repo,
                    branch,
                    [Path(source) for source in args.sources],
                    into=target.path or "/",
                    delete=args.delete,
                    message=args.message,
                    author=args.author,
                    workspace=target.workspace,
                    told=progress.more,
                )
            commit, new, read, files = report.commit, report.new, report.bytes_read, report.files
        _show_put(store, args, commit, {"new": new, "seen": files, "read": read})


def _remote() -> ModuleType:
    """The same commands for a server; a home needs none of what they import."""
    from recension.cli import remote_transfer  # noqa: PLC0415 - as said

    return remote_transfer


def _put_stdin(store: Store, target: Address, branch: str, args: argparse.Namespace) -> tuple[Commit, bool, int]:
    if target.path is None or target.path == "/":
        raise Invalid("say which file standard input becomes", where="put", hint="REPO@BRANCH:/PATH -")
    head = store.head(target.repo, branch, target.workspace)
    with store.upload() as upload, Progress("put") as progress:
        blob, size = upload.add_stream(progress.through(iter(lambda: sys.stdin.buffer.read(_PIECE), b"")))
        commit = store.write(
            target.repo,
            branch,
            [Put(target.path, blob, size)],
            upload=upload,
            message=args.message,
            author=args.author,
            workspace=target.workspace,
            allow_empty=False,
        )
    return commit, head is None or head.id != commit.id, size


def _put_into(store: Store, target: Address, branch: str, args: argparse.Namespace) -> None:
    """Append to a file, or put what an archive holds."""
    # Most puts do neither, and start faster without what unpacks archives.
    from recension.store.appending import append  # noqa: PLC0415
    from recension.store.archives import put_archive  # noqa: PLC0415
    from recension.store.on_head import About, Place  # noqa: PLC0415

    if len(args.sources) > 1:
        raise Invalid("one source at a time", where="put", hint="one command for each")
    before = store.head(target.repo, branch, target.workspace)
    about: About = {"message": args.message, "author": args.author}
    place = Place(target.repo, branch, target.workspace)
    with _source(args.sources[0]) as source, Progress("put") as progress:
        if args.unpack:
            commit = put_archive(store, place, source, into=target.path or "/", delete=args.delete, **about)
        elif target.path is None or target.path == "/":
            raise Invalid("say which file to append to", where="put", hint="REPO@BRANCH:/PATH")
        else:
            parts = progress.through(iter(lambda: source.read(_PIECE), b""))
            commit = append(store, place, target.path, parts, **about)
    files = commit.added + commit.changed
    _show_put(store, args, commit, {"new": before is None or before.id != commit.id, "seen": files, "read": None})


@contextmanager
def _source(name: str) -> Iterator[BufferedReader]:
    if name == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    try:
        with Path(name).open("rb") as file:
            yield file
    except FileNotFoundError:
        raise NotFound("there is no such file", where=name) from None
    except IsADirectoryError:
        raise Invalid("is a folder", where=name) from None


def _show_put(store: Store, args: argparse.Namespace, commit: Commit, counts: dict[str, Any]) -> None:
    if args.json:
        print_json({"commit": commit_json(store, commit), **counts})
    elif counts["new"]:
        changes = f"+{commit.added} ~{commit.changed} -{commit.removed}"
        print(f"{commit.id}  {changes}  {plural(commit.files, 'file')}, {human_size(commit.size)}")
    else:
        print(f"{commit.id}  nothing differs")


def _get(args: argparse.Namespace) -> None:
    address = parse_address(args.source)
    if args.server is not None:
        _remote().get(args, address)
        return
    with open_store(args) as store:
        commit = store.view(address)
        path = address.path or "/"
        if store.is_folder(commit, path):
            _copy_folder(store, store.pin(address), path, args)
            return
        entry = store.stat(commit, path)
        if args.dest == STDIN:
            for piece in store.read_stream(commit, path):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        dest = Path(args.dest)
        _copy_file(store, commit, entry.path, dest / Path(entry.path).name if dest.is_dir() else dest)
        _show_copied(args, commit, 1, entry.size)


def _copy_folder(store: Store, commit: Commit, path: str, args: argparse.Namespace) -> None:
    if args.dest == STDIN:
        raise Invalid("a folder cannot be written to standard output", where=args.source)
    with Progress("get") as progress:
        report = store.checkout(commit, Path(args.dest), path=path, force=True, track=False, told=progress.more)
    _show_copied(args, commit, report.written, report.size)


def _copy_file(store: Store, commit: Commit, path: str, dest: Path) -> None:
    if not dest.parent.is_dir():
        raise NotFound("there is no such folder", where=str(dest.parent))
    with Progress("get") as progress:
        store.copy_file(commit, path, dest, told=progress.more)


def _show_copied(args: argparse.Namespace, commit: Commit, files: int, size: int) -> None:
    if args.json:
        print_json({"commit": commit.id, "files": files, "size": size})
    else:
        print(f"{commit.id}  {plural(files, 'file')}, {human_size(size)}")


def _checkout(args: argparse.Namespace) -> None:
    address = parse_address(args.source)
    if args.server is not None:
        _remote().checkout(args, address)
        return
    with open_store(args) as store:
        commit = store.pin(address)
        with Progress("checkout") as progress:
            report = store.checkout(
                commit, Path(args.dest), path=address.path or "/", force=args.force, told=progress.more
            )
        counts = {"written": report.written, "kept": report.kept, "removed": report.removed, "size": report.size}
        if args.json:
            print_json({"commit": commit.id, **counts})
        else:
            print(
                f"{commit.id}  {report.written:,} written, {report.kept:,} kept, {report.removed:,} removed, "
                f"{human_size(report.size)}"
            )
