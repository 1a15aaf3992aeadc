"""Commits one file after another, says so, and kills itself at a named step.

Usage: crashing_writer.py HOME FIRST POINT HIT
"""

import os
import signal
import sys
from pathlib import Path

from recension.db import database
from recension.store import Put, Store, writing
from recension.store.backends import local

home, first, wanted, hits = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


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


around(local._LocalWriter, "write", before="pack begun", after="pack written")
around(os, "fsync", after="pack flushed")
around(Path, "rename", after="pack renamed")
around(local._LocalWriter, "finish", after="pack done")
around(database.Database, "_begin", after="transaction begun")
around(writing, "insert_commit", before="records inserted", after="commit inserted")
around(writing, "point", after="branch moved")
around(database.Database, "_commit_group", after="transaction done")

with Store.open(home) as store:
    for number in range(first, first + 1000):
        body = b"%d" % number * 1000
        with store.upload() as upload:
            change = Put(f"/{number:05d}/x", upload.add_bytes(body), len(body))
            commit = store.write("pool", "main", [change], upload=upload)
        os.write(1, f"{commit.id}\n".encode())
