"""Files to and from a server: hashed, packed and compared on this machine, so that only changes travel."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from recension.cli.output import Progress, human_size, plural, print_json
from recension.cli.server_access import connect
from recension.client.bulk import getting, putting
from recension.client.bulk.line import Line
from recension.client.bulk.remembered import user_cache
from recension.client.http import Http
from recension.client.remote import commit_of
from recension.errors import Invalid, NotFound
from recension.ids import Address

STDIN: Final = "-"
_MAIN: Final = "main"
_PIECE: Final = 1 << 20


def put(args: argparse.Namespace, target: Address, branch: str) -> None:
    """Commit files and folders to a branch of the server."""
    with connect(args) as http, Progress("put") as progress:
        line = Line(http, target.workspace, target.repo)
        if args.sources == [STDIN] or args.append or args.unpack:
            _put_into(http, line, target, branch, args)
            return
        sources = [Path(source) for source in args.sources]
        if progress.watched:
            progress.expect(sum(map(_size, sources)))
        wish = putting.Wish(branch, sources, target.path or "/", delete=args.delete, message=args.message)
        sent = putting.put(line, wish, user_cache(os.environ), progress.more)
    counts = {"seen": sent.files, "read": sent.bytes_read, "sent": sent.bytes_sent}
    _show_put(args, sent.commit, new=sent.new, counts=counts)


def get(args: argparse.Namespace, address: Address) -> None:
    """Copy a file or folder of a version of the server."""
    with connect(args) as http:
        line, commit = _commit(http, address)
        path = address.path or "/"
        if args.dest == STDIN:
            for piece in http.download(line.at("raw"), ref=commit["id"], path=path):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        got = _bring(line, commit, path, Path(args.dest), mode="copy")
    if args.json:
        print_json({"commit": commit["id"], "files": got.written + got.kept, "kept": got.kept, "size": got.size})
    else:
        kept = f", {got.kept:,} were there" if got.kept else ""
        print(f"{commit['id']}  {plural(got.written, 'file')}, {human_size(got.size)}{kept}")


def checkout(args: argparse.Namespace, address: Address) -> None:
    """Make a folder hold what a version of the server holds."""
    with connect(args) as http:
        line, commit = _commit(http, address)
        mode: getting.Mode = "force" if args.force else "exact"
        got = _bring(line, commit, address.path or "/", Path(args.dest), mode=mode)
    counts = {"written": got.written, "kept": got.kept, "removed": got.removed, "size": got.size}
    if args.json:
        print_json({"commit": commit["id"], **counts})
    else:
        done = f"{got.written:,} written, {got.kept:,} kept, {got.removed:,} removed"
        print(f"{commit['id']}  {done}, {human_size(got.size)}")


def _commit(http: Http, address: Address) -> tuple[Line, dict[str, Any]]:
    ref = _MAIN if address.ref is None else address.ref
    commit = commit_of(http, Address(address.workspace, address.repo, ref, address.back, address.nth))
    return Line(http, address.workspace, address.repo), commit


def _bring(line: Line, commit: dict[str, Any], path: str, dest: Path, *, mode: getting.Mode) -> getting.Got:
    wanted = getting.listing(line, commit["id"], path)
    only = next(iter(wanted.values())) if len(wanted) == 1 else None
    if mode == "copy" and only is not None and only.path == path and not dest.is_dir():
        if not dest.parent.is_dir():
            raise NotFound("there is no such folder", where=str(dest.parent))
        wanted, dest = {dest.name: only._replace(name=dest.name)}, dest.parent
    with Progress("get" if mode == "copy" else "checkout") as progress:
        progress.expect(sum(file.size for file in wanted.values()))
        place = getting.Place(dest, user_cache(os.environ), mode)
        return getting.bring(line, commit["id"], wanted, place, progress.more)


def _put_into(http: Http, line: Line, target: Address, branch: str, args: argparse.Namespace) -> None:
    """Make one stream a file, append it to one, or put what an archive holds."""
    if len(args.sources) > 1:
        raise Invalid("one source at a time", where="put", hint="one command for each")
    if not args.unpack and target.path in {None, "/"}:
        raise Invalid("say which file is meant", where="put", hint="REPO@BRANCH:/PATH")
    parts = ("archive", "upload") if args.unpack else ("append", "upload") if args.append else ("upload",)
    params: dict[str, str | int | None] = {"branch": branch, "path": target.path or "/", "message": args.message}
    if args.unpack and args.delete:
        params["delete"] = "true"
    source = args.sources[0]
    with Progress("put") as progress:
        if source == STDIN:
            body = progress.through(iter(lambda: sys.stdin.buffer.read(_PIECE), b""))
            made = http.send(line.at(*parts), body, **params)
        elif Path(source).is_file():
            made = http.upload(line.at(*parts), Path(source), **params)
        else:
            raise NotFound("there is no such file", where=source)
    _show_put(args, made["commit"], new=True, counts={"seen": 1})


def _show_put(args: argparse.Namespace, commit: dict[str, Any], *, new: bool, counts: dict[str, Any]) -> None:
    if args.json:
        print_json({"commit": commit, "new": new, **counts})
    elif new:
        changes = f"+{commit['added']} ~{commit['changed']} -{commit['removed']}  " if "added" in commit else ""
        sent = f", {human_size(counts['sent'])} sent" if "sent" in counts else ""
        print(f"{commit['id']}  {changes}{plural(commit['files'], 'file')}, {human_size(commit['size'])}{sent}")
    else:
        print(f"{commit['id']}  nothing differs")


def _size(source: Path) -> int:
    """How many bytes a file or folder holds; what cannot be read is found out later."""
    if not source.is_dir():
        return source.stat().st_size if source.is_file() else 0
    found = 0
    for root, _, names in os.walk(source):
        for name in names:
            with suppress(OSError):
                found += Path(root, name).lstat().st_size
    return found
