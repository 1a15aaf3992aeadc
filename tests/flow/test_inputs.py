"""Datums against a model in a few lines of plain Python, and differences against whole evaluations."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import TooLarge
from recension.flow.inputs import Inputs, Touched
from recension.flow.matching import Match, compile_pattern, enumerate_matches, fill, select
from recension.flow.spec import Cross, Group, Input, Join, Pfs, Union, leaves

GLOBS = {
    "/": r"/",
    "/*": r"/([^/]+)",
    "/*/*": r"/([^/]+)/([^/]+)",
    "/(*).(*)": r"/([^/.]*)\.([^/.]*)",
    "/**": r"/(.+)",
    "/a*": r"/(a[^/]*)",
    "/{a,b}/(*)": r"/(?:a|b)/([^/]+)",
}
PATHS = ["/a.1", "/a.2", "/b.1", "/c.2", "/a/x", "/a/y.1", "/b/x", "/b/z/deep", "/c/x", "/ab"]


class Memory:
    """A list of paths as the files of a commit."""

    def __init__(self, paths: set[str]) -> None:
        self.paths = sorted(paths)

    def has(self, path: str) -> bool:
        return any(file == path or file.startswith(path.rstrip("/") + "/") for file in self.paths)

    def children(self, folder: str) -> Iterator[tuple[str, bool]]:
        start = folder.rstrip("/") + "/"
        tails = [file[len(start) :] for file in self.paths if file.startswith(start)]
        found = {(start + tail.split("/")[0], "/" in tail) for tail in tails}
        yield from sorted(found)

    def walk(self, folder: str) -> Iterator[str]:
        yield from (file for file in self.paths if file.startswith(folder.rstrip("/") + "/"))


class Everything:
    """All matches of some paths per leaf."""

    def __init__(self, inputs: Inputs, repos: dict[str, set[str]]) -> None:
        self.inputs = inputs
        self.files = [Memory(repos[leaf.pfs.repo]) for leaf in inputs.leaves]

    def matches(self, leaf: int) -> list[Match]:
        one = self.inputs.leaves[leaf]
        return list(enumerate_matches(leaf, one.pfs, self.files[leaf], by=one.by))

    def keyed(self, leaf: int, key: str) -> list[Match]:
        return [match for match in self.matches(leaf) if match.key == key]


def prefixes(paths: set[str]) -> set[str]:
    found = {"/"} if paths else set()
    for path in paths:
        parts = path[1:].split("/")
        found |= {"/" + "/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return found


def model_matches(pfs: Pfs, paths: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Path and capture groups; the regular expression stands beside the glob."""
    candidates = paths if "**" in pfs.glob else prefixes(paths)
    found = []
    for path in sorted(candidates):
        match = re.fullmatch(GLOBS[pfs.glob], path)
        if match:
            found.append((path, match.groups() if "(" in pfs.glob else ()))
    return found


def model(node: Input, repos: dict[str, set[str]]) -> set[frozenset[tuple[str, str]]]:
    """Every datum as a set of (input name, path)."""
    if isinstance(node, Pfs):
        return {frozenset({(node.name, path)}) for path, _ in model_matches(node, repos[node.repo])}
    if isinstance(node, Union):
        return set().union(*(model(part, repos) for part in node.parts))
    if isinstance(node, Cross):
        rows = itertools.product(*(model(part, repos) for part in node.parts))
        return {frozenset().union(*row) for row in rows}
    by_key: dict[str, dict[str, list[str]]] = {}
    for part in node.parts:
        template = part.join_on if isinstance(node, Join) else part.group_by
        for path, groups in model_matches(part, repos[part.repo]):
            key = fill(template, groups)
            by_key.setdefault(key, {}).setdefault(part.name, []).append(path)
    found = set()
    for members in by_key.values():
        if isinstance(node, Group):
            found.add(frozenset((name, path) for name, paths in members.items() for path in paths))
            continue
        whole = len(members) == len(node.parts)
        used = [part.name for part in node.parts if part.name in members and (whole or part.outer_join)]
        if used:
            for row in itertools.product(*(members[name] for name in used)):
                found.add(frozenset(zip(used, row, strict=True)))
    return found


def pfs_inputs(name: str) -> st.SearchStrategy[Pfs]:
    return st.builds(
        Pfs,
        name=st.just(name),
        repo=st.sampled_from(["one", "two"]),
        workspace=st.just("default"),
        branch=st.none(),
        glob=st.sampled_from(sorted(GLOBS)),
        join_on=st.sampled_from(["", "$1", "$2", "${1}-$2"]),
        outer_join=st.booleans(),
        group_by=st.sampled_from(["", "$1", "$2"]),
    )


trees = st.one_of(
    pfs_inputs("p"),
    st.builds(lambda a, b: Cross((a, b)), pfs_inputs("a"), pfs_inputs("b")),
    st.builds(lambda a, b: Union((a, b)), pfs_inputs("a"), pfs_inputs("b")),
    st.builds(lambda a, b, c: Join((a, b, c)), pfs_inputs("a"), pfs_inputs("b"), pfs_inputs("c")),
    st.builds(lambda a, b: Group((a, b)), pfs_inputs("a"), pfs_inputs("b")),
    st.builds(
        lambda a, b, c, d: Cross((Join((a, b)), Union((c, Group((d,)))))),
        *map(pfs_inputs, "abcd"),
    ),
)
contents = st.sets(st.sampled_from(PATHS))
states = st.fixed_dictionaries({"one": contents, "two": contents})


def named(inputs: Inputs, datums: object) -> list[frozenset[tuple[str, str]]]:
    return sorted(
        (
            frozenset((inputs.leaves[match.leaf].pfs.name, match.path) for match in datum.matches)
            for datum in datums.values()
        ),
        key=sorted,
    )


@given(trees, states)
def test_datums_are_those_of_the_model(tree: Input, repos: dict[str, set[str]]) -> None:
    inputs = Inputs(tree)
    assert named(inputs, inputs.datums(Everything(inputs, repos))) == sorted(model(tree, repos), key=sorted)


@given(trees, states, states, st.sets(st.sampled_from(PATHS)))
def test_difference_takes_one_state_to_the_other(
    tree: Input, old: dict[str, set[str]], new: dict[str, set[str]], edited: set[str]
) -> None:
    """``edited`` are files that are there before and after with other content."""
    inputs = Inputs(tree)
    before, after = Everything(inputs, old), Everything(inputs, new)
    touched = []
    for leaf in inputs.leaves:
        repo = leaf.pfs.repo
        changed = (old[repo] ^ new[repo]) | (edited & old[repo] & new[repo])
        paths = {path for file in changed for path in compile_pattern(leaf.pfs.glob).candidates(file)}
        found = [match for path in paths if (match := select(leaf.index, leaf.pfs, path, by=leaf.by))]
        touched.append(
            Touched(
                {match.path: match for match in found if before.files[leaf.index].has(match.path)},
                {match.path: match for match in found if after.files[leaf.index].has(match.path)},
            )
        )
    was, now = inputs.datums(before), inputs.datums(after)
    delta = inputs.delta(touched, before, after)
    assert {id_: was[id_] for id_ in was.keys() - delta.before.keys()} | delta.after == now
    assert delta.before.items() <= was.items()
    # Whatever holds an edited file is looked at, and nothing else without need.
    hit = {match for one in touched for match in one.after.values()}
    for id_, datum in now.items():
        if not hit.isdisjoint(datum.matches):
            assert id_ in delta.after
        elif was.get(id_) == datum:
            assert id_ not in delta.after or id_ not in delta.before


def test_leaves_are_numbered_in_order() -> None:
    tree = Cross((Pfs("a", "one", "default", None, "/"), Union((Pfs("b", "two", "default", None, "/"),))))
    assert [leaf.pfs.name for leaf in Inputs(tree).leaves] == [leaf.name for leaf in leaves(tree)] == ["a", "b"]


def test_too_many_combinations_are_refused() -> None:
    many = {f"/{number}" for number in range(1500)}
    wide = Pfs("a", "one", "default", None, "/*")
    inputs = Inputs(Cross((wide, Pfs("b", "one", "default", None, "/*"))))
    view = Everything(inputs, {"one": many})
    with pytest.raises(TooLarge, match="2,250,000 datums"):
        inputs.datums(view)
