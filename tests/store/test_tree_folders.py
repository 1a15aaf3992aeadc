"""What index nodes say of the folders below them, and what guards that: it is no part of a node's id."""

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Damaged
from recension.store.edits import plain_style
from recension.store.folder_runs import runs_of
from recension.store.node import NO_MD5, NO_TIME, decode, encode_leaf
from recension.store.nodes import Nodes
from recension.store.tree_write import apply, build

pytestmark = pytest.mark.usefixtures("small_nodes", "few_runs")

names = st.text("ab/", min_size=1, max_size=10).map(lambda text: b"/" + text.encode())
contents = st.dictionaries(names, st.integers(0, 5), max_size=60)
batches = st.lists(st.dictionaries(names, st.none() | st.integers(0, 5), max_size=25), max_size=5)


def row(key, value, time=NO_TIME):
    return key, blake3(bytes([value])).digest(), value, plain_style(0o644, "text/plain"), time, NO_MD5


def folder(key):
    return key.rpartition(b"/")[0]


@given(st.lists(names, min_size=1, max_size=40, unique=True).map(sorted))
@settings(max_examples=200, deadline=None)
def test_a_run_is_a_stretch_of_one_folder(keys):
    sizes = list(range(len(keys)))
    found = runs_of(keys, sizes)
    expected = []
    for key, size in zip(keys, sizes, strict=True):
        if expected and folder(expected[-1][0]) == folder(key):
            first, files, before = expected[-1]
            expected[-1] = first, files + 1, before + size
        else:
            expected.append((key, 1, size))
    if len(expected) > 3:
        assert found == (True, ((keys[0], len(keys), sum(sizes)),))
    else:
        assert found == (False, tuple(expected))


@given(contents, batches)
@settings(max_examples=150, deadline=None)
def test_every_lowest_index_knows_the_folders_in_its_leaves(content, changes):
    kept = {}
    nodes = Nodes(kept.__getitem__)
    root = None
    for batch in [content, *changes]:
        rows = sorted((key, None if value is None else row(key, value)) for key, value in batch.items())
        outcome = build([each for _, each in rows]) if root is None else apply(nodes, root, rows)
        kept.update(outcome.nodes)
        root = outcome.root
        pending = [nodes.get(root)]
        while pending:
            node = pending.pop()
            if node.level:
                below = [nodes.get(child) for child in node.children()]
                pending += below
                assert (node.folders is None) == (node.level > 1)
                for position, leaf in enumerate(below):
                    if node.level == 1:
                        sizes = [each[2] for each in leaf.rows()]
                        assert node.folders.of_leaf(position) == runs_of(leaf.keys(), sizes)


@pytest.mark.parametrize("timed", [False, True])
def test_damage_beside_the_identity_is_found(timed):
    keys = [b"/%02d/%03d" % (number // 5, number) for number in range(200)]
    outcome = build([row(key, 1) for key in keys])
    if timed:
        leaf = [row(key, 1, time=number) for number, key in enumerate(keys)]
        stored = [encode_leaf(leaf)]
    else:
        stored = [(each, raw) for each, raw in outcome.nodes.items() if decode(each, raw).level == 1]
    for identity, raw in stored:
        for place in (len(raw) - 1, len(raw) - 20):
            hurt = bytearray(raw)
            hurt[place] ^= 1
            with pytest.raises(Damaged, match="beside"):
                assert decode(identity, bytes(hurt)).folders
