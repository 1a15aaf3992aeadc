"""The manifest tree: one tree for one content, whatever way it came about, at every depth."""

import pytest
from blake3 import blake3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recension.store.edits import plain_style
from recension.store.node import NO_MD5, NO_TIME, decode
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.tree_diff import diff
from recension.store.tree_read import ALL, below, find, first, scan, totals
from recension.store.tree_write import apply, build

pytestmark = pytest.mark.usefixtures("small_nodes")

names = st.text("ab/", min_size=1, max_size=12).map(lambda text: b"/" + text.encode())
values = st.integers(0, 5)
contents = st.dictionaries(names, values, max_size=60)
batches = st.lists(st.dictionaries(names, st.none() | values, max_size=25), max_size=6)


def row(key: bytes, value: int):
    return key, blake3(bytes([value])).digest(), value, plain_style(0o644, "text/plain"), NO_TIME, NO_MD5


class Kept(dict):
    """Nodes in a dict."""

    def __init__(self):
        super().__init__()
        self.nodes = Nodes(self.__getitem__)

    def build(self, content):
        outcome = build([row(key, content[key]) for key in sorted(content)])
        self.update(outcome.nodes)
        return outcome

    def apply(self, root, changes):
        edits = sorted((key, None if value is None else row(key, value)) for key, value in changes.items())
        outcome = apply(self.nodes, root, edits)
        self.update(outcome.nodes)
        return outcome


def after(content, changes):
    merged = {**content, **changes}
    return {key: value for key, value in merged.items() if value is not None}


@given(contents, batches)
@settings(max_examples=300, deadline=None)
def test_the_tree_depends_on_the_content_alone(content, changes):
    kept = Kept()
    outcome = kept.build(content)
    for batch in changes:
        outcome = kept.apply(outcome.root, batch)
        content = after(content, batch)
        fresh = Kept()
        expected = fresh.build(content)
        assert outcome.root == expected.root
        assert (outcome.files, outcome.size) == (len(content), sum(content.values()))
        assert {key: value for key, _, value, *_ in scan(kept.nodes, outcome.root)} == content


@given(contents, st.dictionaries(names, st.none() | values, max_size=25))
@settings(max_examples=200, deadline=None)
def test_only_new_nodes_are_made_and_every_one_is_needed(content, changes):
    kept = Kept()
    base = kept.build(content)
    outcome = apply(kept.nodes, base.root, sorted((k, None if v is None else row(k, v)) for k, v in changes.items()))
    reachable, pending = set(), [outcome.root]
    while pending:
        identity = pending.pop()
        reachable.add(identity)
        raw = outcome.nodes.get(identity)
        node = decode(identity, raw) if raw is not None else kept.nodes.get(identity)
        pending += [node.child(at) for at in range(node.count)] if node.level else []
    assert set(outcome.nodes) - {EMPTY_ID} <= reachable
    assert (outcome.root == base.root) == (after(content, changes) == content)


@given(contents, st.dictionaries(names, st.none() | values, max_size=25))
@settings(max_examples=200, deadline=None)
def test_applying_the_difference_is_the_identity(content, changes):
    kept = Kept()
    left = kept.build(content)
    right = kept.build(after(content, changes))
    found = list(diff(kept.nodes, left.root, right.root))
    assert [(old or new)[0] for old, new in found] == sorted((old or new)[0] for old, new in found)
    assert all(old is None or new is None or old[1:4] != new[1:4] for old, new in found)
    edits = [((old or new)[0], new) for old, new in found]
    assert apply(kept.nodes, left.root, edits).root == right.root
    back = [((old or new)[0], old) for old, new in found]
    assert apply(kept.nodes, right.root, back).root == left.root


@given(contents, contents)
@settings(max_examples=150, deadline=None)
def test_the_difference_of_unrelated_trees_is_that_of_their_contents(one, other):
    kept = Kept()
    left, right = kept.build(one).root, kept.build(other).root
    found = {(old or new)[0]: (old and old[2], new and new[2]) for old, new in diff(kept.nodes, left, right)}
    keys = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    assert found == {key: (one.get(key), other.get(key)) for key in keys}


@given(contents, names, names)
@settings(max_examples=200, deadline=None)
def test_spans_are_read_and_added_up(content, low, high):
    assume(low < high)
    kept = Kept()
    root = kept.build(content).root
    inside = sorted(key for key in content if low <= key < high)
    assert [found[0] for found in scan(kept.nodes, root, (low, high))] == inside
    assert totals(kept.nodes, root, (low, high)) == (len(inside), sum(content[key] for key in inside))
    assert first(kept.nodes, root, (low, high)) == (inside[0] if inside else None)
    found = find(kept.nodes, root, low)
    assert (found and found[2]) == content.get(low)
    changed = {**content, low: 9}
    other = kept.build(changed).root
    both = {(old or new)[0] for old, new in diff(kept.nodes, root, other, (low, high))}
    assert both == {low}


def test_a_change_in_a_hundred_thousand_rewrites_a_few_nodes():
    from recension.store import split

    rules = split.LEAF, split.INDEX
    split.LEAF, split.INDEX = split.Rule(512, 1536, 8192), split.Rule(64, 192, 1024)
    try:
        kept = Kept()
        content = {b"/%06d" % number: 1 for number in range(100_000)}
        base = kept.build(content)
        assert 25 <= len(kept) <= 120
        changed = kept.apply(base.root, {b"/050000": 2})
        assert len(changed.nodes) == 2
        inserted = kept.apply(base.root, {b"/050000a": 2})
        assert len(inserted.nodes) <= 4
        assert kept.build({**content, b"/050000a": 2}).root == inserted.root
    finally:
        split.LEAF, split.INDEX = rules


def test_spans_of_folders():
    assert below("/") == ALL
    assert below("/a/b/") == (b"/a/b/", b"/a/b0")
