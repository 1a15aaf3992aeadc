"""A store and its model agree after any sequence of operations on branches, tags and commits."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.store.history_model import Model, Node, chosen, copied, into_itself, merged

from recension.errors import AlreadyExists, Conflict, Invalid, NotFound
from recension.store import Delete, Put, Store, delta, split
from recension.store.copying import copy, move, remove
from recension.store.merging import merge
from recension.store.on_head import Place
from recension.store.opening import add_changes, cancel, finish, open_commit
from recension.store.tags import tag_create, tag_delete
from recension.store.three_way import MergeConflicts
from recension.store.undoing import drop, revert, squash

# Files are called a, b, f and h, folders d, e and g: what clashes is refused at once, and tested elsewhere.
PATHS = ["/a", "/b", "/d/a", "/d/b", "/d/e/a", "/f"]
FOLDERS = ["/d", "/d/e"]
paths = st.sampled_from(PATHS)
files = st.dictionaries(paths, st.sampled_from([b"1", b"2", b"3"]), max_size=4)
branches = st.sampled_from(["main", "dev", "x"])
names = st.sampled_from(["v1", "v2"])
sides = st.sampled_from([None, "ours", "theirs", "base"])
places_of_files = st.sampled_from(["/a", "/h", "/d/", "/d/e/", "/g/", "/"])
places_of_folders = st.sampled_from(["/d/", "/d/e/", "/g/", "/"])
from_to = st.one_of(st.tuples(paths, places_of_files), st.tuples(st.sampled_from([*FOLDERS, "/"]), places_of_folders))


@contextmanager
def refused(*kinds):
    """Nothing but these errors; the test goes on."""
    with pytest.raises(kinds):
        yield


class History(RuleBasedStateMachine):
    """Repo ``r`` has the branches; repo ``s`` is there to copy from."""

    @initialize(leaves=st.sampled_from([0, 32]))
    def begin(self, leaves):
        """``leaves``: what falls in more than so many is kept beside the tree."""
        delta.RULE = delta.Rule(leaves, one_in=1, rows=40)
        self.folder = Path(tempfile.mkdtemp(prefix="recension-history-"))
        self.store = Store.create(self.folder / "home")
        self.model = Model()
        for repo in "rs":
            self.store.create_repo(repo)
        self.put("s", "main", {"/a": b"2", "/d/a": b"1", "/d/e/a": b"3"})
        self.put("r", "main", {"/a": b"1", "/b": b"1", "/d/a": b"1"})
        self.point_to("dev", self.model.heads["r", "main"])
        self.put("r", "dev", {"/b": b"2"})
        self.put("r", "main", {"/d/b": b"2"})

    def teardown(self):
        if hasattr(self, "store"):
            self.everything_is_as_it_was()
            self.store.close()
            shutil.rmtree(self.folder)

    def edits(self, upload, new, gone=()):
        return [*map(Delete, gone), *(Put(path, upload.add_bytes(body), len(body)) for path, body in new.items())]

    def put(self, repo, branch, new, gone=()):
        with self.store.upload() as upload:
            commit = self.store.write(repo, branch, self.edits(upload, new, gone), upload=upload)
        left = {path: body for path, body in self.model.files(repo, branch).items() if path not in gone}
        self.landed(commit, branch, left | new)

    def landed(self, commit, branch, content, *, merges=(), made_from=()):
        """A commit is on its branch now, unless it was there before."""
        place = (commit.repo, branch)
        head = self.model.heads.get(place)
        if commit.id == head:
            assert self.model.nodes[head].files == content
            return
        parents = [each for each in (head, *merges) if each]
        self.model.nodes[commit.id] = Node(commit.repo, parents, content, list(made_from))
        self.model.heads[place] = commit.id
        assert list(commit.parents) == parents
        assert (commit.files, commit.size) == (len(content), sum(map(len, content.values())))

    def any_commit(self, data, repo="r"):
        return self.store.commit(data.draw(st.sampled_from(self.model.commits(repo))))

    # what commits

    @rule(branch=branches, new=files, gone=st.lists(paths, max_size=2))
    def commit(self, branch, new, gone):
        self.put("r", branch, new, [path for path in gone if path not in new])

    @rule(branch=branches, new=files, gone=st.lists(paths, max_size=2), begin=st.booleans())
    def gather(self, branch, new, gone, begin):
        identity = next((each for each, (name, _) in self.model.opened.items() if name == branch), None)
        if identity is None or (begin and len(self.model.opened) < 4):
            identity = open_commit(self.store, Place("r", branch)).id
            self.model.opened[identity] = (branch, [])
        with self.store.upload() as upload:
            add_changes(self.store, identity, self.edits(upload, new, gone), upload)
        self.model.opened[identity][1].extend([*((path, None) for path in gone), *new.items()])

    @precondition(lambda self: self.model.opened)
    @rule(data=st.data(), unwanted=st.booleans())
    def finish_gathering(self, data, unwanted):
        ids = data.draw(st.lists(st.sampled_from(list(self.model.opened)), min_size=1, max_size=3, unique=True))
        if unwanted and len(ids) > 1:
            cancel(self.store, gone := ids.pop())
            del self.model.opened[gone]
        places = [self.model.opened[identity][0] for identity in ids]
        if len(set(places)) < len(places):
            with refused(Invalid):
                finish(self.store, ids)
            return
        made = finish(self.store, ids)
        assert len({commit.global_id for commit in made}) == 1
        for commit, identity in zip(made, ids, strict=True):
            branch, changes = self.model.opened.pop(identity)
            content = self.model.files("r", branch) | dict(changes)
            self.landed(commit, branch, {path: body for path, body in content.items() if body is not None})

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data(), other=st.booleans(), words=from_to, branch=branches)
    def copy(self, data, other, words, branch):
        source, place = self.any_commit(data, "s" if other else "r"), Place("r", branch)
        theirs, there = self.model.nodes[source.id].files, self.model.files("r", branch)
        if not chosen(theirs, words[0]):
            with refused(NotFound):
                copy(self.store, source, words[0], place, words[1])
            return
        commit = copy(self.store, source, words[0], place, words[1])
        self.landed(commit, branch, there | copied(theirs, words[0], there, words[1]), made_from=[source.id] * other)

    @rule(branch=branches, words=from_to)
    def move(self, branch, words):
        there, place = self.model.files("r", branch), Place("r", branch)
        gone = chosen(there, words[0])
        if not gone or into_itself(*words):
            with refused(NotFound, Invalid):
                move(self.store, place, *words)
            return
        left = {path: body for path, body in there.items() if path not in gone}
        self.landed(move(self.store, place, *words), branch, left | copied(there, words[0], there, words[1]))

    @rule(branch=branches, path=st.sampled_from([*PATHS, *FOLDERS]))
    def remove(self, branch, path):
        there = self.model.files("r", branch)
        if not (gone := chosen(there, path)):
            with refused(NotFound):
                remove(self.store, Place("r", branch), [path], recursive=True)
            return
        commit = remove(self.store, Place("r", branch), [path], recursive=True)
        self.landed(commit, branch, {each: body for each, body in there.items() if each not in gone})

    # branches and tags

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data(), branch=branches)
    def point(self, data, branch):
        self.point_to(branch, self.any_commit(data).id)

    def point_to(self, branch, to):
        if ("r", branch) in self.model.heads:
            self.store.branch_move("r", branch, to)
        else:
            self.store.branch_create("r", branch, at=to)
        self.model.heads["r", branch] = to

    @rule(branch=branches)
    def delete_branch(self, branch):
        if ("r", branch) in self.model.heads:
            self.store.branch_delete("r", branch)
            del self.model.heads["r", branch]
        else:
            with refused(NotFound):
                self.store.branch_delete("r", branch)

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data(), name=names)
    def tag(self, data, name):
        to = self.any_commit(data).id
        if self.model.tags.setdefault(name, to) == to:
            tag_create(self.store, "r", name, to)
        else:
            with refused(AlreadyExists):
                tag_create(self.store, "r", name, to)

    @precondition(lambda self: self.model.tags)
    @rule(data=st.data())
    def delete_tag(self, data):
        name = data.draw(st.sampled_from(sorted(self.model.tags)))
        tag_delete(self.store, "r", name)
        del self.model.tags[name]

    # history

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data(), branch=branches, head=st.booleans(), side=sides, forward=st.booleans())
    def merge(self, data, branch, head, side, forward):
        heads = list(dict.fromkeys(self.model.heads[at] for at in sorted(self.model.heads) if at[0] == "r"))
        heads = [each for each in heads if each]
        self.take_in(
            branch, data.draw(st.sampled_from(heads if head and heads else self.model.commits())), side, forward
        )

    @rule(pair=st.permutations(["main", "dev", "x"]), new=files, more=files, side=sides, cross=st.booleans())
    def part_and_meet(self, pair, new, more, side, cross):
        one, other, _ = pair
        self.put("r", one, new)
        self.put("r", other, more)
        before = self.model.heads["r", one]
        self.take_in(one, self.model.heads["r", other], side)
        if cross:
            self.take_in(other, before, "theirs")

    def take_in(self, branch, wanted, side, forward=True):
        source, place = self.store.commit(wanted), Place("r", branch)
        options = {"strategy": side or (), "fast_forward": forward}
        head = self.model.heads.get(("r", branch))
        ours, theirs = self.model.files("r", branch), self.model.nodes[source.id].files
        if head is not None and source.id in self.model.ancestors(head):
            assert merge(self.store, place, source, **options).how == "nothing"
            return
        if head is None or (forward and head in self.model.ancestors(source.id)):
            assert merge(self.store, place, source, **options).how == "fast-forward"
            self.model.heads["r", branch] = source.id
            return
        bases = self.model.bases(head, source.id)
        if len(bases) > 1:
            self.merge_crossed(place, source, ours, theirs)
            return
        base = self.model.nodes[bases[0]].files if bases else {}
        content, conflicts = merged(base, ours, theirs, side)
        if conflicts and side is None:
            with pytest.raises(MergeConflicts) as caught:
                merge(self.store, place, source, **options)
            assert [each.path for each in caught.value.conflicts] == conflicts
            return
        done = merge(self.store, place, source, **options)
        assert (done.how, done.base and done.base.id) == ("merged", bases[0] if bases else None)
        self.landed(done.commit, branch, content, merges=[source.id])

    def merge_crossed(self, place, source, ours, theirs):
        """Where histories have crossed the base is made up: what is certain is what both sides agree on."""
        done = merge(self.store, place, source, strategy="theirs")
        content = {entry.path: self.store.open_blob(entry.blob) for entry in self.store.walk(done.commit)}
        for path in {*content, *ours, *theirs}:
            assert content.get(path) in (ours.get(path), theirs.get(path))
        self.landed(done.commit, place.branch, content, merges=[source.id])

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data(), branch=branches, side=sides)
    def revert(self, data, branch, side):
        commit, place = self.any_commit(data), Place("r", branch)
        if commit.id not in self.model.ancestors(self.model.heads.get(("r", branch))):
            with refused(Invalid):
                revert(self.store, place, commit)
            return
        node = self.model.nodes[commit.id]
        before = self.model.nodes[node.parents[0]].files if node.parents else {}
        content, conflicts = merged(node.files, self.model.files("r", branch), before, side)
        if conflicts and side is None:
            with pytest.raises(MergeConflicts) as caught:
                revert(self.store, place, commit)
            assert [each.path for each in caught.value.conflicts] == conflicts
            return
        self.landed(revert(self.store, place, commit, strategy=side or ()), branch, content)

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data())
    def squash(self, data):
        commit = self.any_commit(data)
        needed = self.model.needed_by_others(commit.id) or commit.id in self.model.heads.values()
        if needed or not self.model.children(commit.id):
            with refused(Conflict):
                squash(self.store, commit)
            return
        squash(self.store, commit)
        self.model.squash(commit.id)

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data())
    def drop(self, data):
        commit = self.any_commit(data)
        if self.model.needed_by_others(commit.id) or self.model.children(commit.id):
            with refused(Conflict):
                drop(self.store, commit)
            return
        drop(self.store, commit)
        self.model.drop(commit.id)

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data())
    def apply_a_difference(self, data):
        """What leads from one version to another, done to the first, gives the other: the same content id."""
        one, other = self.any_commit(data), self.any_commit(data)
        edits = [
            Delete(change.path) if change.after is None else Put(change.path, change.after.blob, change.after.size)
            for change in self.store.diff(one, other)
        ]
        if "scratch" in {branch.name for branch in self.store.branches("r")}:
            self.store.branch_delete("r", "scratch")
        self.store.branch_create("r", "scratch", at=one.id)
        self.model.heads["r", "scratch"] = one.id
        commit = self.store.write("r", "scratch", edits)
        assert self.store.content_id(commit) == self.store.content_id(other)
        self.landed(commit, "scratch", self.model.nodes[other.id].files)

    # upkeep

    @rule()
    def collect(self):
        self.store.gc(grace_s=0)
        self.everything_is_as_it_was()
        needed = {entry.blob for identity in self.model.nodes for entry in self.store.walk(self.store.commit(identity))}
        with self.store.db.read() as tx:
            needed |= {row[0] for row in tx.execute("SELECT blob FROM open_change WHERE blob IS NOT NULL")}
            assert {row[0] for row in tx.execute("SELECT id FROM record WHERE kind <> 3")} == needed
        assert self.store.fsck().clean

    @precondition(lambda self: self.model.commits())
    @rule(data=st.data())
    def fold(self, data):
        commit = self.any_commit(data)
        folded = self.store.fold(commit)
        assert (folded.id, folded.content_id) == (commit.id, self.store.content_id(commit))

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store.open(self.folder / "home")

    def everything_is_as_it_was(self):
        ids = {}
        for identity, node in self.model.nodes.items():
            commit = self.store.commit(identity)
            assert [list(commit.parents), sorted(commit.provenance)] == [node.parents, sorted(node.made_from)]
            assert {e.path: self.store.open_blob(e.blob) for e in self.store.walk(commit)} == node.files
            content_id = self.store.content_id(commit)
            assert ids.setdefault(frozenset(node.files.items()), content_id) == content_id
        assert len(set(ids.values())) == len(ids)

    @invariant()
    def branches_stand_where_they_should(self):
        if hasattr(self, "store"):
            for repo in "rs":
                found = {(repo, branch.name): branch.head for branch in self.store.branches(repo)}
                assert found == {place: head for place, head in self.model.heads.items() if place[0] == repo}


@pytest.fixture(autouse=True)
def _small(machine):
    """The machine runs on trees of several levels."""
    assert split.LEAF.maximum < 10


TestHistory = pytest.mark.slow(pytest.mark.timeout(600)(History.TestCase))
TestHistory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


class LongHistory(History):
    """The same for longer."""


TestLongHistory = pytest.mark.long(pytest.mark.longest(pytest.mark.timeout(900)(LongHistory.TestCase)))
TestLongHistory.settings = settings(max_examples=300, stateful_step_count=50, deadline=None)
