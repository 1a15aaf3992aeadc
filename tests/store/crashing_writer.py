"""Does one piece of work after another, says what was acknowledged, and kills itself at a named step.

Usage: crashing_writer.py HOME FIRST WORK POINT HIT

WORK: ``commit`` writes, ``put`` puts a folder from disk, ``merge`` merges branches to and fro, ``gather`` fills and
finishes open commits, ``fold`` writes beside the tree and folds, ``collect`` writes and collects garbage that it has
made. :mod:`tests.store.crash_laws` says what
it prints.
"""

import os
import signal
import sys
from pathlib import Path

from recension.db import database
from recension.store import (
    Put,
    Store,
    delta,
    folding,
    gc,
    gc_clear,
    gc_objects,
    ingest,
    merging,
    opening,
    staging,
    stat_cache,
    writing,
)
from recension.store.backends import local
from recension.store.on_head import Place

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


def say(*words) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def added(upload, path: str) -> Put:
    body = str(int(path.split("/")[1])).encode() * 1000
    return Put(path, upload.add_bytes(body), len(body))


def commit(number: int, branch="main", name="x") -> None:
    path = f"/{number:05d}/{name}"
    with store.upload() as upload:
        made = store.write("pool", branch, [added(upload, path)], upload=upload, message=path)
    say("commit", made.id)


def put(number: int) -> None:
    folder = home.parent / "folder" / f"{number:05d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x").write_bytes(b"%d" % number * 1000)
    made = store.put_files("pool", "main", [folder.parent], message=f"/{number:05d}/x").commit
    say("commit", made.id)


def merge(number: int) -> None:
    """Two branches go their own ways, one takes the other in, the other follows."""
    commit(number, "dev", "dev")
    commit(number, "main", "main")
    made = merging.merge(store, Place("pool", "main"), store.head("pool", "dev"))
    say("commit", made.commit.id)
    merging.merge(store, Place("pool", "dev"), made.commit)


def gather(number: int) -> None:
    """Two processes' worth of changes come one by one into commits of two branches, which end together."""
    path = f"/{number:05d}/x"
    begun = [opening.open_commit(store, Place("pool", branch), message=path) for branch in ("main", "dev")]
    for each in begun:
        with store.upload() as upload:
            now = opening.add_changes(store, each.id, [added(upload, path)], upload)
        if each is begun[0]:
            say("open", each.id, now.changes, path)
    for made in opening.finish(store, [each.id for each in begun]):
        say("commit", made.id)


def stage(number: int) -> None:
    """Single puts and deletes of few paths, now and then a commit, a collection of the group, a large file."""
    place, path = Place("pool", "main"), f"/s{number % 3}/x"
    if number % 5 == 4:
        staging.stage_delete(store, place, path)
        say("staged", path, "-")
        return
    body = b"%d " % number * (40_000 if number % 7 == 0 else 1)
    staging.stage_put(store, place, path, body)
    say("staged", path, number)
    if number % 11 == 10:
        commit(number, name="c")
    if number % 13 == 12:
        store.close_staged("pool")
        say("closed")


def fold(number: int) -> None:
    """Every change is kept beside the tree while it has room, every other head folded; now and then a collection."""
    delta.RULE = delta.Rule(leaves=0, one_in=1, rows=1000)
    commit(number)
    if number % 2:
        folding.fold_heads(store, worth=1)
    if number % 3 == 2:
        store.gc(grace_s=0)


def collect(number: int) -> None:
    """One pack with live and dead records, one with dead ones only, one that nobody has registered."""
    if "gone" not in {repo.name for repo in store.repos()}:
        store.create_repo("gone")
    path = f"/{number:05d}/x"
    with store.upload() as upload:
        for _ in range(5):
            upload.add_bytes(os.urandom(3000))  # nobody needs it
        made = store.write("pool", "main", [added(upload, path)], upload=upload, message=path)
    say("commit", made.id)
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
around(merging, "_relation", after="relation found")
around(merging, "three_way", after="trees merged")
around(merging, "_forward", after="forwarded")
around(merging, "merge", after="merged")
around(staging, "_look", after="looked")
around(staging, "insert_staged", before="before staging", after="row staged")
around(staging, "_enter", after="staged")
around(writing, "forget_staged", before="group inserted", after="group forgotten")
around(opening, "open_commit", after="begun")
around(opening, "add_changes", before="before adding", after="added")
around(opening, "write_many", before="gathered", after="finished")
around(folding, "_tree", before="before folding", after="tree made")
around(folding, "insert_fold", before="tree registered", after="fold noted")
around(folding, "_point", after="layout changed")
around(folding, "fold", after="folded")
around(gc, "forget_lost_folds", after="folds forgotten")
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
        globals()[work](number)
