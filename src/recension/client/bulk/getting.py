"""Bringing a folder of a version from a server onto this machine; what is there already is not sent.

What was written is remembered as it goes: a program that was killed and is started again brings the rest.
"""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH103

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec

from recension.client.bulk.fetching import batches, fetch_large, fetch_small, goes_together
from recension.client.bulk.line import Line
from recension.client.bulk.placing import File, Placing, remove, unwritable
from recension.client.bulk.present import Present
from recension.client.bulk.remembered import memory_of
from recension.errors import Damaged
from recension.ids import check_path
from recension.store.ingest import Told

Mode = Literal["copy", "exact", "force"]
"""``copy``: like ``cp``, over what is there. ``exact``: what an earlier call has written here, is as it was then and is
wanted no more is removed, and no file is overwritten that is not known; ``force``: such files are."""

_NOTE_S: Final = 5.0


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A file as the server lists it; see :class:`recension.client.bulk.placing.File`."""

    path: str
    blob: str
    size: int
    mode: int
    mtime_us: int | None
    linked: int = 0


_ROW: Final = msgspec.json.Decoder(_Row)


@dataclass(frozen=True, slots=True)
class Got:
    """What a get did: files written, left as they were, and removed; bytes written."""

    written: int
    kept: int
    removed: int
    size: int


def listing(line: Line, ref: str, path: str = "/") -> dict[str, File]:
    """The files of a folder of a commit, or the one file, by their names below the place they go to.

    Raises:
        NotFound: there is no such commit, folder or file.
        Damaged: the answer makes no sense.
    """
    folder = "" if path in {"", "/"} else check_path(path.rstrip("/"))

    def ask() -> dict[str, File]:
        found: dict[str, File] = {}
        for text in line.http.lines(line.at("bulk", "files"), ref=ref, path=folder or "/"):
            try:
                row = _ROW.decode(text)
                identity = bytes.fromhex(row.blob)
            except (msgspec.MsgspecError, ValueError) as error:
                raise Damaged("the server's list of files is damaged", where=line.repo, hint="try again") from error
            # of a file its own path is listed alone: it goes by its name
            skip = row.path.rfind("/") + 1 if row.path == folder else len(folder) + 1
            name = row.path[skip:]
            found[name] = File(name, row.path, identity, row.size, row.mode, row.linked)
        return found

    return line.again(ask)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of this machine, made when it is missing; ``cache`` is the user's cache folder."""

    folder: Path
    cache: Path
    mode: Mode = "copy"


def bring(line: Line, ref: str, wanted: Mapping[str, File], place: Place, told: Told) -> Got:
    """Write listed files of a commit to a place.

    Raises:
        Damaged: bytes came that are not what the server had named.
        Conflict: something stands where a file has to go.
        Unavailable: the server did not answer for too long.
    """
    folder = os.fspath(place.folder)
    try:
        os.makedirs(folder, exist_ok=True)
        present = Present(folder, memory_of(place.cache, line.http.url, folder))
        todo = [file for file in wanted.values() if not present.holds(file)]
        if place.mode == "exact":
            present.refuse_overwriting(todo)
        gone = [] if place.mode == "copy" else [name for name in present.known if name not in wanted]
        remove(folder, gone)
        _Getting(line, ref, Placing(folder), present, wanted, told).bring(todo)
    except OSError as error:
        raise unwritable(error, f"{folder}/{error.filename or ''}") from error
    return Got(len(todo), len(wanted) - len(todo), len(gone), sum(file.size for file in todo))


@dataclass(slots=True)
class _Getting:
    """One get in progress: it notes down now and then what was written."""

    line: Line
    ref: str
    placing: Placing
    present: Present
    wanted: Mapping[str, File]
    told: Told
    noted_s: float = field(default_factory=time.monotonic)

    def bring(self, todo: Sequence[File]) -> None:
        groups: dict[bytes, list[File]] = {}
        for file in todo:
            groups.setdefault(file.blob, []).append(file)
        try:
            for some in batches([group for group in groups.values() if goes_together(group[0])]):
                fetch_small(self.line, self.ref, some, self.placing, self.told)
                self._note()
            for group in groups.values():
                if not goes_together(group[0]):
                    fetch_large(self.line, self.ref, group, self.placing, self.told)
                    self._note()
            self.placing.finish()
        finally:
            self._note(now=True)

    def _note(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self.noted_s > _NOTE_S:
            self.present.remember(self.wanted.values(), self.placing.stats)
            self.noted_s = time.monotonic()
