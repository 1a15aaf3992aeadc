"""What is known of a folder on disk from the last time: which file had which stat, and which blob that was.

The cache is only a saving: it lies under ``HOME/cache``, is checked against its own checksum, and is ignored when
anything about it is unexpected.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from blake3 import blake3

from recension.slotted import field, frozen, slotted
from recension.store.folder_scan import STATS, ScannedFolder

_MAGIC: Final = b"RCSTAT1\n"
_LENGTHS: Final = struct.Struct("<III")
STAT: Final = struct.Struct(f"<{STATS}q")
"""size, mtime_ns, ctime_ns, inode, mode"""
_ROW: Final = STAT.size


@frozen
class KnownFolder:
    """The files of one folder with their blobs: columns joined, as they lie in the file."""

    names: bytes
    stats: bytes
    blobs: bytes

    def is_as(self, folder: ScannedFolder) -> bool:
        """Whether a folder holds the same files with the same stats."""
        return self.stats == folder.stats.tobytes() and self.names == join_names(folder.names)

    def followed_by(self, more: KnownFolder) -> KnownFolder:
        """With more files behind."""
        return KnownFolder(self.names + b"\0" + more.names, self.stats + more.stats, self.blobs + more.blobs)

    def by_name(self) -> dict[str, tuple[bytes, bytes]]:
        """Stat and blob of every file."""
        names = self.names.decode("utf-8", "surrogateescape").split("\0")
        return {
            name: (self.stats[at * _ROW : at * _ROW + _ROW], self.blobs[at * 32 : at * 32 + 32])
            for at, name in enumerate(names)
        }


@slotted
class StatCache:
    """What is known of one folder.

    ``roots`` says of addresses (``workspace/repo@branch:/path``) which manifest held exactly these files there.
    """

    folders: dict[str, KnownFolder] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)


def join_names(names: list[str]) -> bytes:
    """Names as one run of bytes."""
    return "\0".join(names).encode("utf-8", "surrogateescape")


def known_folder(folder: ScannedFolder, blobs: list[bytes]) -> KnownFolder:
    """What to remember of a folder whose files have these blobs."""
    return KnownFolder(join_names(folder.names), folder.trusted().tobytes(), b"".join(blobs))


def cache_file(home: Path, folder: str) -> Path:
    """Where the cache of a folder lies."""
    name = blake3(os.path.realpath(folder).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return home / "cache" / "stat" / name


def load(file: Path) -> StatCache:
    """The cache in a file; an empty one when there is none, or it is damaged."""
    try:
        data = file.read_bytes()
    except OSError:
        return StatCache()
    body = data[:-32]
    if not body.startswith(_MAGIC) or blake3(body).digest() != data[-32:]:
        return StatCache()
    (length,) = struct.unpack_from("<I", body, len(_MAGIC))
    at = len(_MAGIC) + 4
    cache = StatCache(roots=json.loads(body[at : at + length]))
    at += length
    while at < len(body):
        prefix, names, count = _LENGTHS.unpack_from(body, at)
        at += _LENGTHS.size
        parts = []
        for size in (prefix, names, _ROW * count, 32 * count):
            parts.append(body[at : at + size])
            at += size
        cache.folders[parts[0].decode("utf-8", "surrogateescape")] = KnownFolder(*parts[1:])
    return cache


def save(file: Path, folders: Mapping[str, KnownFolder], roots: Mapping[str, str]) -> None:
    """Replace the cache in a file; a cache that cannot be written is done without."""
    header = json.dumps(roots).encode()
    parts = [_MAGIC, struct.pack("<I", len(header)), header]
    for prefix, known in folders.items():
        name = prefix.encode("utf-8", "surrogateescape")
        parts += [_LENGTHS.pack(len(name), len(known.names), len(known.blobs) // 32), name]
        parts += [known.names, known.stats, known.blobs]
    body = b"".join(parts)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(body + blake3(body).digest())
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
