"""What a folder on disk holds already of what is wanted there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from recension.client.bulk.placing import File
from recension.errors import Conflict
from recension.store.folder_scan import STATS, scan_folder
from recension.store.model import EXECUTABLE_MODE, LINK_MODE
from recension.store.stat_cache import KnownFolder, join_names, load, save


class Present:
    """The files of a folder that are as they were when they were written, by name: blob, kind and stat.

    Args:
        place: the folder.
        memory: the file that says what was written there.
    """

    def __init__(self, place: str, memory: Path) -> None:
        self._place = place
        self._memory = memory
        self.known: dict[str, tuple[bytes, int, bytes]] = {}
        cached = load(memory).folders
        if cached:
            self._look(cached)

    def _look(self, cached: Mapping[str, KnownFolder]) -> None:
        for folder in scan_folder(self._place):
            known = cached.get(folder.prefix)
            before = known.by_name() if known else {}
            for number, name in enumerate(folder.names):
                stats = folder.stats[number * STATS : number * STATS + STATS]
                seen = before.get(name)
                if seen is not None and seen[0] == stats.tobytes():
                    mode = LINK_MODE if stat.S_ISLNK(stats[4]) else stats[4]
                    self.known[folder.prefix + name] = (seen[1], _bits(mode), seen[0])

    def holds(self, file: File) -> bool:
        """Whether the file is there with these bytes and this mode."""
        known = self.known.get(file.name)
        return known is not None and known[:2] == (file.blob, _bits(file.mode))

    def refuse_overwriting(self, todo: Iterable[File]) -> None:
        """Make sure that no file to be written hits one that is not known.

        Raises:
            Conflict: one would be overwritten.
        """
        looked_at: set[str] = set()
        for file in todo:
            ways = [file.name[:at] for at, letter in enumerate(file.name) if letter == "/" and at]
            blocked = file.name not in self.known and os.path.lexists(f"{self._place}/{file.name}")
            for way in set(ways) - looked_at:
                full = f"{self._place}/{way}"
                blocked |= way not in self.known and os.path.lexists(full) and not _is_plain_folder(full)
            looked_at.update(ways)
            if blocked:
                hint = "put it first, move it away, or use --force"
                where = f"{self._place}/{file.name}"
                raise Conflict("a file that was not committed, or was changed, is in the way", where=where, hint=hint)

    def remember(self, wanted: Iterable[File], written: Mapping[str, bytes]) -> None:
        """Note down what of the wanted files is there now; what was not written yet is left out."""
        stats = {file.name: self.known[file.name][2] for file in wanted if self.holds(file)} | dict(written)
        folders: dict[str, list[File]] = {}
        for file in wanted:
            if file.name in stats:
                folders.setdefault(file.name[: file.name.rfind("/") + 1], []).append(file)
        known = {
            folder: KnownFolder(
                join_names([file.name[len(folder) :] for file in files]),
                b"".join([stats[file.name] for file in files]),
                b"".join([file.blob for file in files]),
            )
            for folder, files in folders.items()
        }
        save(self._memory, known, {})


def _is_plain_folder(path: str) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def _bits(mode: int) -> int:
    """What of a mode the disk can tell: a link, an executable file, or another file."""
    return LINK_MODE if mode == LINK_MODE else EXECUTABLE_MODE if mode & stat.S_IXUSR else 0
