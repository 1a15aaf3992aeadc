"""What a glob selects: files, or whole folders.

A pattern without ``**`` has a fixed number of segments, so a file can only belong to the match made of its first so
many segments: ``/*`` selects ``/a.txt``, and the folder ``/b`` with all the files below it; ``/`` selects the whole
repo. A pattern with ``**`` selects files only, at any depth; else a file would be selected once by itself and again
by each folder above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from recension.flow.spec import Pfs
from recension.store.glob import Glob, compile_glob

_REFERENCE: Final = re.compile(r"\$(?:\{(\d+)\}|(\d+))")


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One selected path of the ``leaf``-th pfs input, with its join or group key (empty outside of both)."""

    leaf: int
    path: str
    key: str = ""


class Files(Protocol):
    """The files of one commit, as far as matching needs them."""

    def has(self, path: str) -> bool:
        """Whether ``path`` is a file, or a folder with files below it."""
        ...

    def children(self, folder: str) -> Iterator[tuple[str, bool]]:
        """The paths directly in ``folder`` and whether each is a folder."""
        ...

    def walk(self, folder: str) -> Iterator[str]:
        """Every file path below ``folder``."""
        ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled glob. ``depth`` is ``None`` when matches may have any number of segments."""

    text: str
    glob: Glob | None
    depth: int | None
    files_only: bool

    def match(self, path: str) -> tuple[str, ...] | None:
        """The capture groups when the pattern selects ``path``, else ``None``."""
        if self.glob is None:
            return () if path == "/" else None
        found = self.glob.match(path)
        return None if found is None else found.groups

    def candidates(self, file: str) -> Iterator[str]:
        """The paths that could be the selected one that the file ``file`` belongs to."""
        segments = file[1:].split("/")
        if self.depth is not None:
            if len(segments) >= self.depth:
                yield "/" + "/".join(segments[: self.depth])
        elif self.files_only:
            yield file
        else:
            yield from ("/" + "/".join(segments[:count]) for count in range(1, len(segments) + 1))


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Compile the glob of a pfs input; ``text`` starts with a slash and ends without one."""
    if text == "/":
        return Pattern(text, None, 0, files_only=False)
    files_only = "**" in text
    fixed = not files_only and not _nests_slash(text)
    return Pattern(text, compile_glob(text), text.count("/") if fixed else None, files_only)


def _nests_slash(text: str) -> bool:
    """Whether a slash stands within brackets: the depth of a match then depends on the alternative taken."""
    depth = 0
    for character in text:
        depth += (character in "({") - (character in ")}")
        if character == "/" and depth > 0:
            return True
    return False


def select(leaf: int, pfs: Pfs, path: str, *, by: str) -> Match | None:
    """The match that ``path`` is, when the glob selects it; ``by`` is the template of its key."""
    groups = compile_pattern(pfs.glob).match(path)
    return None if groups is None else Match(leaf, path, fill(by, groups))


def fill(template: str, groups: tuple[str, ...]) -> str:
    """Replace ``$1`` or ``${1}`` by the first capture group; a group that is not there is empty."""

    def group(reference: re.Match[str]) -> str:
        number = int(reference[1] or reference[2])
        return groups[number - 1] if 0 < number <= len(groups) else ""

    return _REFERENCE.sub(group, template)


def enumerate_matches(leaf: int, pfs: Pfs, files: Files, *, by: str) -> Iterator[Match]:
    """Every match of a pfs input.

    Patterns of fixed depth look no deeper than that, so ``/*`` over a million files in ten folders costs ten.
    """
    pattern = compile_pattern(pfs.glob)
    for path in _reachable(pattern, files):
        match = select(leaf, pfs, path, by=by)
        if match is not None:
            yield match


def _reachable(pattern: Pattern, files: Files) -> Iterator[str]:
    if pattern.depth == 0:
        yield from ["/"] if files.has("/") else []
        return
    assert pattern.glob is not None
    start = pattern.glob.literal_prefix.rpartition("/")[0] or "/"
    if pattern.depth is not None:
        above = 0 if start == "/" else start.count("/")
        yield from _at_depth(files, start, pattern.depth - above)
        return
    seen: set[str] = set()
    for file in files.walk(start):
        for path in pattern.candidates(file):
            if path not in seen:
                seen.add(path)
                yield path


def _at_depth(files: Files, folder: str, depth: int) -> Iterator[str]:
    for path, is_folder in files.children(folder):
        if depth == 1:
            yield path
        elif is_folder:
            yield from _at_depth(files, path, depth - 1)
