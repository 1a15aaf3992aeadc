"""What holds after a ``kill -9``, wherever it has struck.

Writers of these tests say on standard output what was acknowledged: ``commit ID`` for a commit on a branch of
``pool``, ``open ID N PATH`` for change number N of an open commit, ``path PATH`` for a file on ``pool@main``. The
message of a commit names the file it brings, and the name of a file says what is in it.
"""

import signal
import subprocess
import sys
from contextlib import nullcontext
from functools import cache
from pathlib import Path

from recension.errors import NotFound
from recension.store import Store
from recension.store.opening import opened

_NEWEST = 8
WRITER = Path(__file__).with_name("crashing_writer.py")


def body_of(path):
    """What a file of this name holds."""
    return str(int(path.split("/")[1])).encode() * 1000


def run_writer(home, *arguments):
    return subprocess.Popen([sys.executable, str(WRITER), str(home), *arguments], stdout=subprocess.PIPE, text=True)


def kill_at(home, acknowledged, work, point, hit, *, calm=nullcontext):
    """Run a writer until it kills itself; check everything it said, in ``calm``. Returns what is acknowledged now."""
    process = run_writer(home, str(len(acknowledged)), work, point, str(hit))
    said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, f"{work} never came to {point!r}"
    with calm():
        return check(home, [*acknowledged, *said.splitlines()], whole=False)


def check(home, acknowledged, *, whole=True):
    """Everything acknowledged is there, and at most one transaction that nobody has heard of; return it all.

    Not ``whole``: files are looked at in the newest commits alone, and not every byte is read.
    """
    with Store.open(home) as store:
        assert store.fsck(full=whole).problems == []
        commits = reachable(store)
        lines = [line.split() for line in acknowledged]
        heard = {words[1] for words in lines if words[0] == "commit"}
        assert heard <= set(commits)
        unheard = set(commits) - heard
        assert len({commits[identity].global_id for identity in unheard}) <= 1, "of one transaction"
        holds = cache(lambda identity: held(store, commits[identity]))
        for commit in list(commits.values())[0 if whole else -_NEWEST :]:
            before = set().union(*(holds(parent) for parent in commit.parents))
            new = {commit.message} if commit.message.startswith("/") else set()
            assert holds(commit.id) == before | new
        head = store.head("pool")
        there = holds(head.id) if head else set()
        for kind, *words in lines:
            if kind == "open":
                assert_is_gathered(store, words, there)
            elif kind == "path":
                assert words[0] in there
        for path in sorted(there)[-_NEWEST:]:
            assert store.read_bytes(head, path) == body_of(path)
    return [*acknowledged, *(f"commit {identity}" for identity in sorted(unheard))]


def reachable(store):
    """Every commit of ``pool`` that a branch leads to, parents before children."""
    found, waiting = {}, [branch.head for branch in store.branches("pool") if branch.head]
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found[identity] = store.commit(identity)
            waiting.extend(found[identity].parents)
    return dict(sorted(found.items(), key=lambda item: item[1].depth))


def held(store, commit):
    """The paths in a commit; every count of it agrees with them."""
    entries = list(store.walk(commit))
    assert (commit.files, commit.size) == (len(entries), sum(entry.size for entry in entries))
    return {entry.path for entry in entries}


def assert_is_gathered(store, words, there):
    identity, number, path = words
    try:
        assert opened(store, identity).changes >= int(number)
    except NotFound:
        assert path in there, "it was finished"


def needed(store):
    """Every blob that a commit of ``pool`` or an open commit refers to."""
    with store.db.read() as tx:
        gathered = {row[0] for row in tx.execute("SELECT blob FROM open_change WHERE blob IS NOT NULL")}
    return gathered | {entry.blob for commit in reachable(store).values() for entry in store.walk(commit)}


def assert_only_needed_is_stored(store):
    """After a collection: no record that nothing refers to, no object that no table knows."""
    store.gc(grace_s=0)
    report = store.fsck()
    assert (report.problems, report.orphans) == ([], [])
    with store.db.read() as tx:
        assert {row[0] for row in tx.execute("SELECT id FROM record WHERE kind <> 3")} == needed(store)
        packs = [f"packs/{name}" for (name,) in tx.execute("SELECT name FROM pack ORDER BY name")]
    assert list(store.objects.keys("packs/")) == packs
