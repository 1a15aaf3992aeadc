"""Globs: the examples of ohmyglob, and laws that hold for any path."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.store import compile_glob

letters = st.text("abcx.-é ", min_size=1, max_size=6).filter(lambda text: text not in {".", ".."})
paths = st.lists(letters, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("/", ["/"], ["/a"]),
        ("/*", ["/a", "/a.csv"], ["/a/b", "/"]),
        ("*.csv", ["/a.csv"], ["/a/b.csv", "/a.csvx"]),
        ("/**", ["/a", "/a/b/c"], []),
        ("/**.csv", ["/a.csv", "/a/b.csv"], ["/a.txt"]),
        ("/a/**/z", ["/a/b/z", "/a/b/c/z"], ["/a/z", "/a/b"]),
        ("/?.csv", ["/a.csv"], ["/ab.csv", "/.csv"]),
        ("/[a-c]x", ["/ax", "/cx"], ["/dx"]),
        ("/[!a-c]x", ["/dx"], ["/ax", "//x"]),
        ("/[^a-c]x", ["/dx"], ["/ax"]),
        ("/{a,b*}/c", ["/a/c", "/bcd/c"], ["/c/c", "/a/b/c"]),
        ("/{a,{b,c}}", ["/a", "/c"], ["/d"]),
        ("/(*)-(*).txt", ["/a-b.txt"], ["/ab.txt"]),
        ("/@(a|b)", ["/a", "/b"], ["/ab", "/"]),
        ("/x?(a|b)", ["/x", "/xa"], ["/xab"]),
        ("/x*(ab)", ["/x", "/xabab"], ["/xa"]),
        ("/x+(ab)", ["/xab", "/xabab"], ["/x"]),
        ("/!(a)", ["/b", "/ab"], ["/a", "/b/c"]),
        ("/!(a|b).csv", ["/c.csv"], ["/a.csv"]),
        (r"/\*", ["/*"], ["/a"]),
        (r"/a\{b", ["/a{b"], ["/ab"]),
        ("/a.c", ["/a.c"], ["/abc"]),
        ("/a+b@c!d", ["/a+b@c!d"], ["/aab@c!d"]),
        ("/Ä*", ["/Äpfel"], ["/ä"]),
    ],
)
def test_what_matches(pattern, matching, other):
    glob = compile_glob(pattern)
    assert [path for path in matching if glob.match(path) is None] == []
    assert [path for path in other if glob.match(path) is not None] == []


def test_groups_hold_what_they_took():
    match = compile_glob("/(*)/img-(*).@(png|jpg)").match("/cats/img-12.png")
    assert match.groups == ("cats", "12", "png")
    assert compile_glob("/x?(a)").match("/x").groups == ("",)


def test_the_slash_in_front_is_optional():
    assert compile_glob("a/*").match("/a/b") == compile_glob("/a/*").match("/a/b")


@pytest.mark.parametrize("pattern", ["/[a", "/{a,b", "/(a", "/@(a|b", "/a\\", "/[b-a]", "/{a(b}c)"])
def test_what_is_no_glob_says_why(pattern):
    with pytest.raises(Invalid, match="no glob"):
        compile_glob(pattern)


@given(paths)
@settings(max_examples=200)
def test_a_path_matches_itself_when_escaped(path):
    pattern = re.sub(r"([*?\[{(@+!\\|,)}\]])", r"\\\1", path)
    assert compile_glob(pattern).match(path) is not None
    assert compile_glob("/**").match(path) is not None


@given(paths, st.data())
@settings(max_examples=200)
def test_replacing_any_run_of_a_segment_by_a_star_still_matches(path, data):
    parts = path[1:].split("/")
    at = data.draw(st.integers(0, len(parts) - 1))
    start = data.draw(st.integers(0, len(parts[at])))
    end = data.draw(st.integers(start, len(parts[at])))
    taken = parts[at][start:end]
    parts[at] = f"{parts[at][:start]}(*){parts[at][end:]}"
    match = compile_glob("/" + "/".join(parts)).match(path)
    assert match is not None
    assert len(match.groups[0]) >= len(taken) or taken == match.groups[0]


@given(st.text("ab*?[]{}()@+!|,\\/-^", max_size=12), paths)
@settings(max_examples=400)
def test_any_text_is_a_glob_or_refused_and_its_prefix_is_one(pattern, path):
    try:
        glob = compile_glob(pattern)
    except Invalid:
        return
    if glob.match(path) is not None:
        assert path.startswith(glob.literal_prefix)
