"""Commits one file after another, says so, and kills itself at a named step.

Usage: crashing_writer.py HOME FIRST WORK POINT HIT

WORK: ``commit`` writes, ``put`` puts a folder from disk, ``collect`` writes and collects garbage that it has made.
"""

import os
import signal
import sys
from pathlib import Path

from recension.db import database
from recension.store import Put, Store, gc, gc_clear, gc_objects, ingest, stat_cache, writing
from recension.store.backends import local

home, first, work, wanted, hits = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])


def reached(point: str) -> None:
    global hits  # noqa: PLW0603
    if point == wanted:
        hits -= 1
        if hits == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner, name, *, before=None, after=None):
    """Make a call of ``owner.name`` reach a step before and one after."""
    inner = getattr(owner, name)

    def call(*args, **options):
        if before:
            reached(before)
        result = inner(*args, **options)
        if after:
            reached(after)
        return result

    setattr(owner, name, call)


def commit(number: int, body: bytes) -> None:
    with store.upload() as upload:
        change = Put(f"/{number:05d}/x", upload.add_bytes(body), len(body))
        made = store.write("pool", "main", [change], upload=upload)
    os.write(1, f"{made.id}\n".encode())


def put(number: int, body: bytes) -> None:
    folder = home.parent / "folder" / f"{number:05d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x").write_bytes(body)
    made = store.put_files("pool", "main", [folder.parent]).commit
    os.write(1, f"{made.id}\n".encode())


def collect(number: int, body: bytes) -> None:
    """One pack with live and dead records, one with dead ones only, one that nobody has registered."""
    if "gone" not in {repo.name for repo in store.repos()}:
        store.create_repo("gone")
    with store.upload() as upload:
        for _ in range(5):
            upload.add_bytes(os.urandom(3000))  # nobody needs it
        change = Put(f"/{number:05d}/x", upload.add_bytes(body), len(body))
        made = store.write("pool", "main", [change], upload=upload)
    os.write(1, f"{made.id}\n".encode())
    with store.upload() as upload:
        store.write(
            "gone", "main", [Put("/y", upload.add_bytes(b"gone %d" % number), len(b"gone %d" % number))], upload=upload
        )
    store.delete_repo("gone")
    left = store.upload()
    left.add_bytes(b"left %d" % number)
    left.seal()
    store.gc(grace_s=0)


around(local._LocalWriter, "write", before="pack begun", after="pack written")
around(os, "fsync", after="pack flushed")
around(Path, "rename", after="pack renamed")
around(local._LocalWriter, "finish", after="pack done")
around(database.Database, "_begin", after="transaction begun")
around(writing, "insert_commit", before="records inserted", after="commit inserted")
around(writing, "point", after="branch moved")
around(database.Database, "_commit_group", after="transaction done")
around(ingest.Ingest, "add_folder", before="folder listed", after="folder read")
around(ingest.Ingest, "flush", after="buffer written")
around(writing.Writing, "land", before="before landing", after="landed")
around(stat_cache, "save", before="before cache", after="cache saved")
around(Path, "replace", before="cache written")
around(gc, "_find_dead", before="marked", after="dead found")
around(gc, "_add_condemned", after="condemning")
around(gc, "_condemn", after="condemned")
around(gc, "clear_pack", before="before clearing", after="cleared")
around(gc_clear, "_copy", before="before copying", after="copied")
around(gc_clear, "_remove", before="before removing", after="removed")
around(gc_clear, "_move", before="rows deleted", after="rows moved")
around(gc_objects, "_give_up", after="given up")
around(gc_objects, "_delete", before="before deleting", after="deleted")
around(local.LocalBackend, "delete", after="object deleted")
if (home / "settings.yaml").exists():
    from recension.store.backends.s3 import BucketBackend

    around(BucketBackend, "put", before="object to be sent", after="object sent")
    around(BucketBackend, "delete", before="object to be deleted", after="object deleted")

with Store.open(home) as store:
    for number in range(first, first + 1000):
        globals()[work](number, b"%d" % number * 1000)
