"""Merges where histories have crossed: they agree with a plain recursive merge of dicts, from either side."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.store import Put, Store
from recension.store.ancestry import merge_bases
from recension.store.merging import merge, preview_merge
from recension.store.on_head import Place
from recension.store.three_way import MergeConflicts

BRANCHES = ("a", "b", "c")
PATHS = ("/p", "/q", "/r", "/s")


@dataclass
class Node:
    """A commit of the model."""

    files: dict
    parents: list = field(default_factory=list)
    number: int = 0

    def ancestors(self):
        found, pending = {}, [self]
        while pending:
            node = pending.pop()
            if id(node) not in found:
                found[id(node)] = node
                pending += node.parents
        return found


def newest_common(ours, theirs):
    """The common ancestors that no other one descends from, newest first."""
    mine, yours = ({}, {})
    for node in ours:
        mine |= node.ancestors()
    for node in theirs:
        yours |= node.ancestors()
    common = [mine[key] for key in mine.keys() & yours.keys()]
    below = {key for node in common for parent in node.parents for key in parent.ancestors()}
    return sorted((node for node in common if id(node) not in below), key=lambda node: -node.number)


def base_files(bases):
    """The files of merged ancestors; a tuple stands where they disagree."""
    if not bases:
        return {}
    first, *others = reversed(bases)
    merged, files = [first], first.files
    for other in others:
        files, conflicts = merged_files(base_files(newest_common(merged, [other])), files, other.files)
        files |= {path: ("differs", *sorted(map(str, sides))) for path, sides in conflicts.items()}
        merged.append(other)
    return files


def merged_files(base, ours, theirs):
    found, conflicts = {}, {}
    for path in {*base, *ours, *theirs}:
        was, mine, yours = base.get(path), ours.get(path), theirs.get(path)
        if yours in (mine, was):
            value = mine
        elif mine == was:
            value = yours
        else:
            conflicts[path] = (mine, yours)
            continue
        if value is not None:
            found[path] = value
    return found, conflicts


edits = st.tuples(
    st.just("edit"), st.sampled_from(BRANCHES), st.sampled_from(PATHS), st.sampled_from([None, b"1", b"2"])
)
crossings = st.tuples(
    st.just("cross"), st.sampled_from(BRANCHES), st.sampled_from(BRANCHES), st.sampled_from(["ours", "theirs"])
)


def put(store, branch, files):
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return store.write("pool", branch, puts, upload=upload, replace=True)


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def check(store, heads, one, other):
    """Compare a merge of two branches, both ways, with that of the model; nothing stays of it."""
    base = base_files(newest_common([heads[one]], [heads[other]]))
    wanted, conflicts = merged_files(base, heads[one].files, heads[other].files)
    first, second = store.head("pool", one), store.head("pool", other)
    with store.db.read() as tx:
        bases = merge_bases(tx, [first], [second])
        assert merge_bases(tx, [second], [first]) == bases
    assert len(bases) == len(newest_common([heads[one]], [heads[other]]))
    shown, back = (preview_merge(store, Place("pool", x), y) for x, y in ((one, second), (other, first)))
    if shown.how != "merged":
        return None
    assert {each.path for each in shown.conflicts} == conflicts.keys()
    assert [(each.path, each.ours, each.theirs) for each in shown.conflicts] == [
        (each.path, each.theirs, each.ours) for each in back.conflicts
    ]
    for each in shown.conflicts:
        assert each.unclear == isinstance(base.get(each.path), tuple)
    return wanted, conflicts


@settings(max_examples=80, deadline=None)
@given(steps=st.lists(edits | crossings, min_size=4, max_size=14))
def test_crossed_histories_merge_as_dicts_do(tmp_path_factory, steps):
    with Store.create(tmp_path_factory.mktemp("cross") / "home") as store:
        store.create_repo("pool")
        start = put(store, "a", {"/p": b"0", "/q": b"0"})
        heads = dict.fromkeys(BRANCHES, Node({"/p": b"0", "/q": b"0"}))
        for branch in BRANCHES[1:]:
            store.branch_create("pool", branch, at=start.id)
        for number, (kind, one, other, extra) in enumerate(steps, 1):
            if kind == "edit":
                files = {path: body for path, body in (heads[one].files | {other: extra}).items() if body is not None}
                put(store, one, files)
                heads[one] = Node(files, [heads[one]], number)
                continue
            found = check(store, heads, one, other) if one != other else None
            if found is None:
                continue
            wanted, conflicts = found
            # Both merge the other at once: from now on each knows what the other did, and neither comes first.
            before = {branch: (heads[branch], store.head("pool", branch)) for branch in (one, other)}
            for branch, source in ((one, other), (other, one)):
                side = extra if branch == one else {"ours": "theirs", "theirs": "ours"}[extra]
                done = merge(store, Place("pool", branch), before[source][1], resolve=dict.fromkeys(conflicts, side))
                sides = {path: before[one if extra == "ours" else other][0].files.get(path) for path in conflicts}
                files = {path: body for path, body in (wanted | sides).items() if body is not None}
                assert content(store, done.commit) == files
                heads[branch] = Node(files, [before[branch][0], before[source][0]], number)
        check(store, heads, "a", "b")
        check(store, heads, "b", "c")


@pytest.fixture
def crossed(store):
    """Branches a and b that have merged one another at once, and disagree about /x since."""
    start = put(store, "a", {"/x": b"0", "/y": b"0"})
    store.branch_create("pool", "b", at=start.id)
    one = put(store, "a", {"/x": b"a", "/y": b"0"})
    other = put(store, "b", {"/x": b"b", "/y": b"0"})
    merge(store, Place("pool", "a"), other, strategy="ours")
    merge(store, Place("pool", "b"), one, strategy="ours")
    return one, other


def test_a_disagreement_of_the_bases_is_a_conflict_with_no_base_to_take(store, crossed):
    head = store.head("pool", "b")
    shown = preview_merge(store, Place("pool", "a"), head, strategy="base")
    (conflict,) = shown.conflicts
    assert (conflict.path, conflict.base, conflict.unclear) == ("/x", None, True)
    assert shown.base in shown.bases
    assert sorted(base.id for base in shown.bases) == sorted(base.id for base in crossed)
    with pytest.raises(MergeConflicts):
        merge(store, Place("pool", "a"), head, resolve={"/x": "base"})
    done = merge(store, Place("pool", "a"), head, resolve={"/x": "theirs"})
    assert content(store, done.commit) == {"/x": b"b", "/y": b"0"}
    assert done.bases == shown.bases
    assert merge(store, Place("pool", "b"), done.commit).how == "fast-forward"


def test_what_was_settled_on_both_sides_stays_settled(store, crossed):
    """With one of both bases alone, b's change of /y would look like a conflict with itself."""
    put(store, "a", {"/x": b"settled", "/y": b"0"})
    source = put(store, "b", {"/x": b"settled", "/y": b"1"})
    assert content(store, merge(store, Place("pool", "a"), source).commit) == {"/x": b"settled", "/y": b"1"}


def test_many_crossings_behind_one_another(store):
    start = put(store, "a", {"/a": b"0", "/b": b"0"})
    store.branch_create("pool", "b", at=start.id)
    files = {"a": {"/a": b"0", "/b": b"0"}, "b": {"/a": b"0", "/b": b"0"}}
    for number in range(1, 31):
        heads = {}
        for branch in "ab":
            files[branch][f"/{branch}"] = b"%d" % number
            heads[branch] = put(store, branch, files[branch])
        for branch, other in ("ab", "ba"):
            done = merge(store, Place("pool", branch), heads[other])
            assert (done.how, len(done.bases)) == ("merged", 2 if number > 1 else 0)
            files[branch] = content(store, done.commit)
    assert files["a"] == files["b"] == {"/a": b"30", "/b": b"30"}
