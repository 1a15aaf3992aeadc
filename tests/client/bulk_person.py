"""Somebody who moves files to and from a server, and folders to move."""

from __future__ import annotations

import os
from pathlib import Path

from recension.client.bulk import getting, putting
from recension.client.bulk.getting import Place, bring, listing
from recension.client.bulk.line import Line
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.remote import commit_of
from recension.ids import parse_address

MIB = 1 << 20


class Person:
    """Somebody with a cache of their own, on a line of their own."""

    def __init__(self, url: str, token: str, cache: Path, repo: str, *, patience_s: float = 60.0) -> None:
        self.http = Http(Server(url, token))
        self.cache = cache
        self.line = Line(self.http, "default", repo, patience_s=patience_s)

    def put(self, *sources: Path, branch: str = "main", into: str = "/", delete: bool = False) -> putting.Sent:
        wish = putting.Wish(branch, sources, into, delete=delete)
        return putting.put(self.line, wish, self.cache, lambda *_: None)

    def get(self, dest: Path, path: str = "/", ref: str = "main", mode: getting.Mode = "copy") -> getting.Got:
        commit = commit_of(self.http, parse_address(f"{self.line.repo}@{ref}"))
        wanted = listing(self.line, commit["id"], path)
        return bring(self.line, commit["id"], wanted, Place(dest, self.cache, mode), lambda *_: None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()


def scatter(folder: Path, rng, *, files: int, largest: int) -> None:
    for number in range(files):
        path = folder / rng.choice(["a", "b/c", "."]) / f"{number}.{rng.choice(['txt', 'png', 'bin'])}"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = rng.choice([0, 1, 4095, 4096, rng.randrange(largest)])
        path.write_bytes(rng.randbytes(size) if rng.random() < 0.5 else b"again " * (size // 6))
    (folder / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("run.sh")


def contents(folder: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = ("link", os.fsencode(path.readlink()))
        elif path.is_file():
            mode = "x" if path.stat().st_mode & 0o100 else "-"
            found[str(path.relative_to(folder))] = (mode, path.read_bytes())
    return found


def stamp(path: Path) -> tuple[int, int]:
    seen = path.lstat()
    return seen.st_ino, seen.st_ctime_ns


def total(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
