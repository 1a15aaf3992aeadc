"""Layouts of a manifest: a delta over a base reads like the one tree of its files, and is folded into it."""

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.store.delta import apply_to, change, rows_beside
from recension.store.edits import Edits, plain_style
from recension.store.model import Folder
from recension.store.node import NO_MD5, NO_TIME, Overlay, decode
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.probe import probe
from recension.store.tree_diff import diff
from recension.store.tree_list import listing
from recension.store.tree_read import below, find, first, is_plain, scan, totals
from recension.store.tree_write import build

pytestmark = pytest.mark.usefixtures("small_nodes", "eager_deltas", "few_runs")

# No path is a file and a folder: folders have other names than files.
names = st.tuples(st.lists(st.sampled_from("de"), max_size=3), st.text("ab.", min_size=1, max_size=4)).map(
    lambda parts: "/".join(["", *parts[0], "f" + parts[1]]).encode()
)
values = st.integers(0, 3)
contents = st.dictionaries(names, values, min_size=8, max_size=60)
changes = st.dictionaries(names, st.none() | values, min_size=1, max_size=25)
folds = st.sampled_from(["keep", "fold", "fold and forget"])
histories = st.lists(st.tuples(changes, folds), min_size=1, max_size=6)


def row(key, value):
    return key, blake3(bytes([value])).digest(), value, plain_style(0o644, "text/plain"), NO_TIME, NO_MD5


class Kept(dict):
    """Nodes and folds in dicts."""

    def __init__(self):
        super().__init__()
        self.folds = {}
        self.nodes = Nodes(self.__getitem__, lambda ids: map(self.__getitem__, ids), self.origins)

    def origins(self, root):
        return [layout for layout, tree in self.folds.items() if tree == root]

    def build(self, content):
        outcome = build([row(key, content[key]) for key in sorted(content)])
        self.update(outcome.nodes)
        return outcome.root

    def change(self, root, edits):
        rows = {key: None if value is None else row(key, value) for key, value in edits.items()}
        outcome = change(self.nodes, root, Edits(rows).on(self.nodes, root))
        self.update(outcome.nodes)
        return outcome

    def fold(self, root):
        outcome = apply_to(self.nodes, root, [])
        self.update(outcome.nodes)
        return outcome.root


def after(content, edits):
    merged = {**content, **edits}
    return {key: value for key, value in merged.items() if value is not None}


def history(content, steps):
    """The versions that a history makes: the content of each with every layout that is known of it."""
    kept = Kept()
    root = kept.build(content)
    versions = [(content, [root])]
    for edits, what in steps:
        outcome = kept.change(root, edits)
        before, content = content, after(content, edits)
        changed = {key for key in before.keys() | content.keys() if before.get(key) != content.get(key)}
        assert outcome.added == len(content.keys() - before.keys())
        assert outcome.removed == len(before.keys() - content.keys())
        assert outcome.added + outcome.removed + outcome.changed == len(changed)
        assert outcome.written == sum(content[key] for key in changed if key in content)
        assert (outcome.files, outcome.size) == (len(content), sum(content.values()))
        assert outcome.canonical == is_plain(kept.nodes.layout(outcome.root))
        root = outcome.root
        layouts = [root]
        if what != "keep":
            layouts.append(kept.fold(root))
            if what == "fold":
                kept.folds[root] = layouts[1]
            root = layouts[1]
        versions.append((content, layouts))
    return kept, versions


@given(contents, histories)
@settings(max_examples=60, deadline=None)
def test_every_layout_reads_like_its_files(content, steps):
    kept, versions = history(content, steps)
    for files, layouts in versions:
        for root in layouts:
            assert {key: value for key, _, value, *_ in scan(kept.nodes, root)} == files
            assert [key for key, *_ in scan(kept.nodes, root)] == sorted(files)
            for folder in ("/", "/d", "/d/e", "/e"):
                span = below(folder)
                inside = sorted(key for key in files if span[0] <= key < span[1])
                assert [each[0] for each in scan(kept.nodes, root, span)] == inside
                assert totals(kept.nodes, root, span) == (len(inside), sum(files[key] for key in inside))
                assert first(kept.nodes, root, span) == (inside[0] if inside else None)
            keys = sorted({*files, b"/d/fa", b"/nowhere", *(key for key, *_ in scan(kept.nodes, layouts[0]))})
            seen = [find(kept.nodes, root, key) for key in keys]
            assert [each and each[2] for each in seen] == [files.get(key) for key in keys]
            assert [each.row for each in probe(kept.nodes, root, keys)] == seen


@given(contents, histories)
@settings(max_examples=60, deadline=None)
def test_equal_files_have_one_content_id_whatever_their_layout(content, steps):
    kept, versions = history(content, steps)
    for files, layouts in versions:
        assert {kept.fold(root) for root in layouts} == {Kept().build(files)}


@given(contents, histories)
@settings(max_examples=60, deadline=None)
def test_any_two_layouts_differ_where_their_files_do(content, steps):
    kept, versions = history(content, steps)
    pairs = [(one, other) for one in versions for other in versions]
    for (before, lefts), (now, rights) in pairs:
        expected = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
        for left in lefts:
            for right in rights:
                found = list(diff(kept.nodes, left, right))
                assert [(old or new)[0] for old, new in found] == expected
                assert [(old and old[2], new and new[2]) for old, new in found] == [
                    (before.get(key), now.get(key)) for key in expected
                ]
                inside = [key for key in expected if key.startswith(b"/d/")]
                assert [(old or new)[0] for old, new in diff(kept.nodes, left, right, below("/d"))] == inside


@given(contents, histories, st.sampled_from(["/", "/d", "/d/e"]))
@settings(max_examples=60, deadline=None)
def test_folders_are_listed_with_what_is_in_them(content, steps, folder):
    kept, versions = history(content, steps)
    prefix = below(folder)[0]
    for files, layouts in versions:
        expected = {}
        for key in sorted(key for key in files if key.startswith(prefix)):
            head, slash, _ = key[len(prefix) :].partition(b"/")
            name = (prefix + head).decode()
            count, size = expected.get(name, (0, 0)) if slash else (None, 0)
            expected[name] = (count + 1, size + files[key]) if slash else (None, files[key])
        for root in layouts:
            found = [
                (each.path, each.files if isinstance(each, Folder) else None, each.size)
                for each in listing(kept.nodes, root, folder, None)
            ]
            assert found == [(path, *rest) for path, rest in expected.items()]
            for position, (path, *_) in enumerate(found):
                rest = [each.path for each in listing(kept.nodes, root, folder, path)]
                assert rest == [each[0] for each in found[position + 1 :]]


@given(contents, changes)
@settings(max_examples=60, deadline=None)
def test_what_is_changed_back_leaves_no_trace(content, edits):
    kept = Kept()
    root = kept.build(content)
    there = kept.change(root, edits).root
    if is_plain(kept.nodes.layout(there)):
        return
    back = {key: content.get(key) for key in edits}
    assert kept.change(there, back).root == root


def test_a_scattered_change_is_kept_beside_the_tree_and_a_local_one_is_not():
    kept = Kept()
    content = {b"/%03d" % number: 1 for number in range(200)}
    root = kept.build(content)
    scattered = kept.change(root, {b"/%03d" % number: 2 for number in range(0, 200, 20)})
    assert not scattered.canonical
    assert rows_beside(kept.nodes, scattered.root) == 20
    overlay = decode(scattered.root, kept[scattered.root])
    assert isinstance(overlay, Overlay)
    assert overlay.layout.base == root
    assert (overlay.files, overlay.size) == (200, 210)
    assert kept.change(root, {b"/000": 2, b"/001": 2}).canonical
    grown = kept.change(scattered.root, {b"/%03d" % number: 3 for number in range(100)})
    assert grown.canonical  # more than the rule lets lie beside
    assert rows_beside(kept.nodes, EMPTY_ID) == 0


def test_a_difference_across_folds_opens_only_what_the_changes_touched():
    kept = Kept()
    content = {b"/%05d" % number: 1 for number in range(3000)}
    start = kept.build(content)
    first_layout = kept.change(start, {b"/%05d" % number: 2 for number in range(0, 3000, 100)}).root
    folded = kept.fold(first_layout)
    second_layout = kept.change(folded, {b"/%05d" % number: 3 for number in range(50, 3000, 100)}).root

    def opened(before, now):
        seen = set()

        def load(identity):
            seen.add(identity)
            return kept[identity]

        nodes = Nodes(load, None, kept.origins)
        assert len(list(diff(nodes, before, now))) == 60
        return sum(not nodes.get(each).level and nodes.get(each).count > 0 for each in seen if each in wide)

    wide = {each for each in kept if not isinstance(decode(each, kept[each]), Overlay)}
    blind = opened(start, second_layout)
    kept.folds[first_layout] = folded
    assert opened(start, second_layout) < blind / 2


clashing = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map(lambda parts: ("/" + "/".join(parts)).encode())


mixed_changes = st.dictionaries(clashing | names, st.none() | values, min_size=1, max_size=12)


def without_clashes(content):
    return {key: value for key, value in content.items() if not any(other.startswith(key + b"/") for other in content)}


@given(
    st.dictionaries(clashing | names, values, min_size=4, max_size=40).map(without_clashes),
    st.lists(
        st.tuples(st.dictionaries(clashing | names, st.none() | values, min_size=1, max_size=12), folds), max_size=6
    ),
)
@settings(max_examples=150, deadline=None)
def test_a_path_is_never_a_file_and_a_folder_whatever_the_layout(content, steps):
    kept = Kept()
    root = kept.build(content)
    for edits, what in steps:
        wanted = after(content, edits)
        if without_clashes(wanted) != wanted:
            with pytest.raises(Invalid, match=r"of this name"):
                kept.change(root, edits)
            continue
        root, content = kept.change(root, edits).root, wanted
        assert {key: value for key, _, value, *_ in scan(kept.nodes, root)} == content
        if what != "keep":
            root = kept.fold(root)
