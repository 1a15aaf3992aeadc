"""A store and a plain dict agree after any sequence of operations."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from recension.errors import Conflict, Invalid
from recension.slotted import replace
from recension.store import Delete, DeleteFolder, Put, Store, delta, split
from recension.store.fold_rows import folds
from recension.store.trees import EMPTY

segments = st.sampled_from(["a", "b", "c", "a!", "bb"])
paths = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
bodies = st.binary(max_size=8)
branches = st.sampled_from(["main", "dev", "x"])


def clashes(content):
    return any(f"{path}/" == other[: len(path) + 1] for path in content for other in content)


def node_ids(store, root):
    """Every stored node of a layout: of a tree, or of an overlay and its trees."""
    layout = store.nodes.layout(root)
    if layout.base != root:
        return {root}.union(*(node_ids(store, tree) for tree in layout))
    node = store.nodes.get(root)
    below = [] if node.level == 0 else [row[1] for row in node.rows()]
    own = set() if root == EMPTY else {root}
    return own.union(*(node_ids(store, child) for child in below))


class Machine(RuleBasedStateMachine):
    """``model`` maps a branch to its files; ``past`` maps every commit to what it held."""

    @initialize(leaves=st.sampled_from([0, 2, 32]))
    def begin(self, leaves):
        """``leaves``: what falls in more than so many is kept beside the tree."""
        delta.RULE = delta.Rule(leaves, one_in=1, rows=40)
        self.folder = Path(tempfile.mkdtemp(prefix="recension-model-"))
        self.store = Store.create(self.folder / "home")
        self.store.create_repo("r")
        self.model, self.heads, self.past = {}, {}, {}

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    def commit(self, branch, changes, content, upload=None, **options):
        if clashes(content):
            with pytest.raises(Invalid):
                self.store.write("r", branch, changes, upload=upload, **options)
            return
        commit = self.store.write("r", branch, changes, upload=upload, **options)
        self.model[branch], self.heads[branch] = content, commit.id
        self.past[commit.id] = content
        assert (commit.files, commit.size) == (len(content), sum(map(len, content.values())))

    @rule(branch=branches, files=st.dictionaries(paths, bodies, max_size=6), gone=st.lists(paths, max_size=3))
    def put_and_delete(self, branch, files, gone):
        with self.store.upload() as upload:
            puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
            content = {path: body for path, body in self.model.get(branch, {}).items() if path not in gone} | files
            self.commit(branch, [*map(Delete, gone), *puts], content, upload)

    @rule(branch=branches, folder=st.one_of(st.just("/"), paths))
    def empty_folder(self, branch, folder):
        inside = folder.rstrip("/") + "/"
        content = {p: body for p, body in self.model.get(branch, {}).items() if not p.startswith(inside)}
        self.commit(branch, [DeleteFolder(folder)], content)

    @rule(branch=branches, files=st.dictionaries(paths, bodies, max_size=6))
    def replace(self, branch, files):
        with self.store.upload() as upload:
            puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
            self.commit(branch, puts, files, upload, replace=True)

    @rule(source=branches, to=branches)
    def point(self, source, to):
        if source in self.heads and to in self.heads:
            self.store.branch_move("r", to, self.heads[source], expect=self.heads[to])
            self.model[to], self.heads[to] = self.model[source], self.heads[source]

    @rule(source=branches, to=branches)
    def promote(self, source, to):
        if source not in self.heads:
            return
        ancestors = {commit.id for commit in self.store.log("r", self.heads[source], limit=1000)}
        if self.heads.get(to, self.heads[source]) in ancestors:
            self.store.branch_promote("r", source, to)
            self.model[to], self.heads[to] = self.model[source], self.heads[source]
        else:
            with pytest.raises(Conflict):
                self.store.branch_promote("r", source, to)

    @rule(files=st.dictionaries(paths, bodies, max_size=6))
    def make_garbage(self, files):
        if clashes(files):
            return
        self.store.create_repo("gone")
        with self.store.upload() as upload:
            puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
            self.store.write("gone", "main", puts, upload=upload)
            upload.add_bytes(b"nobody refers to this")
        self.store.delete_repo("gone")

    @rule()
    def collect(self):
        self.store.gc(grace_s=0)
        needed = set()
        for identity in self.past:
            commit = self.store.commit(identity)
            needed |= {entry.blob for entry in self.store.walk(commit)} | node_ids(self.store, commit.root)
        with self.store.db.read() as tx:
            needed = needed.union(*(node_ids(self.store, layout) for layout, _ in folds(tx)))
            assert {row[0] for row in tx.execute("SELECT id FROM record")} == needed
        assert self.store.fsck().clean

    @rule(data=st.data())
    def fold(self, data):
        if self.past:
            self.store.fold(self.store.commit(data.draw(st.sampled_from(list(self.past)))))

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store.open(self.folder / "home")

    @rule(data=st.data())
    def differences_lead_from_one_version_to_another(self, data):
        if not self.past:
            return
        one, other = (data.draw(st.sampled_from(list(self.past))) for _ in range(2))
        content = dict(self.past[one])
        for change in self.store.diff(self.store.commit(one), self.store.commit(other)):
            if change.after is None:
                del content[change.path]
            else:
                content[change.path] = self.store.open_blob(change.after.blob)
        assert content == self.past[other]

    @invariant()
    def branches_hold_what_they_should(self):
        if not hasattr(self, "store"):
            return
        assert {branch.name: branch.head for branch in self.store.branches("r")} == self.heads
        for branch, content in self.model.items():
            commit = self.store.head("r", branch)
            assert {e.path: self.store.open_blob(e.blob) for e in self.store.walk(commit)} == content

    @invariant()
    def equal_content_has_equal_ids(self):
        """As far as they are known: asking for one would fold the commit."""
        if hasattr(self, "store"):
            self.compare_ids([self.store.commit(identity) for identity in self.past])

    @rule()
    def ask_for_all_ids(self):
        commits = [self.store.commit(identity) for identity in self.past]
        self.compare_ids([replace(commit, content_id=self.store.content_id(commit)) for commit in commits])

    def compare_ids(self, commits):
        seen = {}
        for commit in commits:
            if commit.content_id is not None:
                files = frozenset(self.past[commit.id].items())
                assert seen.setdefault(files, commit.content_id) == commit.content_id
        assert len(set(seen.values())) == len(seen)


@pytest.fixture(autouse=True)
def _small(machine):
    """The machine runs on trees of several levels."""
    assert split.LEAF.maximum < 10


TestModel = pytest.mark.timeout(600)(Machine.TestCase)
TestModel.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
