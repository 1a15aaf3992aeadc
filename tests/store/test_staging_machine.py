"""Several writers stage, commit and move branches, and a plain dict agrees; every acknowledged version is kept."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from recension.clock import ManualClock
from recension.errors import Conflict, Invalid
from recension.store import Delete, DeleteFolder, Put, Store, split
from recension.store.copying import remove
from recension.store.on_head import Place
from recension.store.staging import close_due, set_mode, stage_delete, stage_put
from recension.store.staging_rows import HELD_BYTES

WRITERS = st.sampled_from([0, 1, 2])
BRANCHES = st.sampled_from(["main", "dev"])
SEGMENTS = st.sampled_from(["a", "b!"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=2).map(lambda parts: "/" + "/".join(parts))
BODIES = st.one_of(st.binary(max_size=4), st.just("large").map(lambda _: b"x" * (HELD_BYTES + 1)))


def clashes(content):
    return any(f"{path}/" == other[: len(path) + 1] for path in content for other in content)


class Machine(RuleBasedStateMachine):
    """``model`` maps a branch to its files; ``past`` to what was acknowledged on it, in order: path and bytes."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="recension-staging-"))
        self.clock = ManualClock()
        self.stores = [Store.open(self.folder / "home", create=True, clock=self.clock)]
        self.stores += [Store.open(self.folder / "home", clock=self.clock) for _ in range(2)]
        self.stores[0].create_repo("r")
        self.model, self.past = {"main": {}, "dev": {}}, {"main": [], "dev": []}
        for branch in self.model:
            self.stores[0].write("r", branch, [])

    def teardown(self):
        if not hasattr(self, "stores"):
            return
        for branch, acknowledged in self.past.items():
            self.every_version_is_kept(branch, acknowledged)
        assert self.stores[0].fsck().clean
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)

    def every_version_is_kept(self, branch, acknowledged):
        store = self.stores[0]
        store.close_staged("r", branch)
        states = [
            {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}
            for commit in reversed(store.log("r", branch, limit=10_000))
        ]
        for path in {path for path, _ in acknowledged}:
            there = iter([state.get(path) for state in states])
            wanted = [body for each, body in acknowledged if each == path]
            changes = [now for at, now in enumerate(wanted) if at == 0 or wanted[at - 1] != now]
            assert all(any(body == seen for seen in there) for body in changes)

    def apply(self, branch, content, work):
        """Do something that makes the branch hold ``content``, or is refused where a path would be two things."""
        if clashes(content):
            with pytest.raises(Invalid):
                work()
            return
        work()
        before = self.model[branch]
        for path in sorted(before.keys() | content.keys()):
            if before.get(path) != content.get(path):
                self.past[branch].append((path, content.get(path)))
        self.model[branch] = content

    @rule(writer=WRITERS, branch=BRANCHES, path=PATHS, body=BODIES)
    def stage(self, writer, branch, path, body):
        content = self.model[branch] | {path: body}
        self.apply(branch, content, lambda: stage_put(self.stores[writer], Place("r", branch), path, body))

    @rule(writer=WRITERS, branch=BRANCHES, path=PATHS)
    def unstage(self, writer, branch, path):
        content = {each: body for each, body in self.model[branch].items() if each != path}
        self.apply(branch, content, lambda: stage_delete(self.stores[writer], Place("r", branch), path))

    @rule(
        writer=WRITERS,
        branch=BRANCHES,
        files=st.dictionaries(PATHS, BODIES, max_size=3),
        gone=st.lists(PATHS, max_size=2),
        pinned=st.booleans(),
    )
    def commit(self, writer, branch, files, gone, pinned):
        store = self.stores[writer]
        content = {each: body for each, body in self.model[branch].items() if each not in gone} | files
        base = {"base": store.head("r", branch).id} if pinned else {}

        def work():
            with store.upload() as upload:
                puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
                changes = [*map(Delete, gone), *puts]
                try:
                    store.write("r", branch, changes, upload=upload, **base)
                except (Conflict, Invalid):
                    if not pinned:
                        raise
                    # what is staged was in the way: it is committed, or this head really has no room for the files
                    store.close_staged("r", branch)
                    store.write("r", branch, changes, upload=upload, base=store.head("r", branch).id)

        self.apply(branch, content, work)

    @rule(writer=WRITERS, branch=BRANCHES, folder=PATHS)
    def empty(self, writer, branch, folder):
        content = {each: body for each, body in self.model[branch].items() if not each.startswith(folder + "/")}
        store = self.stores[writer]
        self.apply(branch, content, lambda: store.write("r", branch, [DeleteFolder(folder)]))

    @rule(writer=WRITERS, branch=BRANCHES)
    def remove_by_glob(self, writer, branch):
        content = {each: body for each, body in self.model[branch].items() if each.count("/") > 1}
        if content != self.model[branch]:
            self.apply(branch, content, lambda: remove(self.stores[writer], Place("r", branch), ["/*"]))

    @rule(writer=WRITERS, branch=BRANCHES)
    def close(self, writer, branch):
        self.stores[writer].close_staged("r", branch)

    @rule(writer=WRITERS, seconds=st.sampled_from([1, 20]))
    def time_passes(self, writer, seconds):
        self.clock.advance(seconds)
        close_due(self.stores[writer])

    @rule(writer=WRITERS, branch=BRANCHES, alone=st.booleans(), changes=st.integers(2, 9))
    def change_mode(self, writer, branch, alone, changes):
        set_mode(self.stores[writer], Place("r", branch), alone=alone, changes=changes)

    @rule(writer=WRITERS)
    def collect(self, writer):
        self.stores[writer].gc(grace_s=0)

    @rule(writer=WRITERS)
    def reopen(self, writer):
        self.stores[writer].close()
        self.stores[writer] = Store.open(self.folder / "home", clock=self.clock)

    @invariant()
    def everybody_sees_what_the_branches_hold(self):
        if not hasattr(self, "stores"):
            return
        for store in self.stores:
            for branch, content in self.model.items():
                view = store.view(f"r@{branch}")
                assert {e.path: store.open_blob(e.blob) for e in store.walk(view)} == content
                assert (view.files, view.size) == (len(content), sum(map(len, content.values())))


@pytest.fixture(autouse=True)
def _small(small_nodes):
    """The machine runs on trees of several levels."""
    assert split.LEAF.maximum < 10


TestStaging = Machine.TestCase
TestStaging.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
