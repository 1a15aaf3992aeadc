"""Bringing bytes from a server: many small files in one answer, a large file from where it broke off."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH123

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from io import BufferedWriter
from typing import Final

from blake3 import blake3

from recension.client.bulk.line import Line
from recension.client.bulk.placing import File, Placing
from recension.errors import Damaged, Invalid
from recension.store.ingest import Told
from recension.store.parcel import read_blobs, read_contents

SMALL: Final = 4 << 20
"""Files up to this size are asked for together."""
_BATCH_BYTES: Final = 16 << 20
_BATCH_FILES: Final = 5000
_PIECE: Final = 1 << 20
_NO_HASH: Final = 2
_HINT: Final = "try again; if it stays, run recension fsck on the server"


def goes_together(file: File) -> bool:
    """Whether a file may be asked for together with others."""
    return file.size <= SMALL and not file.linked


def batches(groups: Sequence[Sequence[File]]) -> Iterator[list[Sequence[File]]]:
    """Groups of files with the same bytes, as many as go into one answer."""
    some: list[Sequence[File]] = []
    size = 0
    for group in groups:
        if some and (size + group[0].size > _BATCH_BYTES or len(some) == _BATCH_FILES):
            yield some
            some, size = [], 0
        some.append(group)
        size += group[0].size
    if some:
        yield some


def fetch_small(line: Line, ref: str, groups: Sequence[Sequence[File]], placing: Placing, told: Told) -> None:
    """Write small files; a broken connection costs those that had not come yet.

    Raises:
        Damaged: what came is not what the server had named.
    """
    left = {group[0].blob: group for group in groups}

    def attempt() -> None:
        paths = [group[0].path for group in left.values()]
        pieces = line.http.download(line.at("bulk", "read"), json={"paths": paths}, ref=ref)
        read = _reader(pieces)
        try:
            for item, _, plain in read_blobs(read_contents(read), read):
                group = left.pop(item.id, ())
                for file in group:
                    placing.write(file, plain)
                told(len(group), item.size * len(group))
        except Invalid as fault:
            raise Damaged("bytes were lost or changed on the way", where=fault.where, hint=_HINT) from fault

    line.again(attempt, moved=lambda: len(left))
    if left:
        raise Damaged("the server left files out", where=next(iter(left.values()))[0].path, hint=_HINT)


def fetch_large(line: Line, ref: str, group: Sequence[File], placing: Placing, told: Told) -> None:
    """Write a large file; what is there of it from an attempt before is not asked for again.

    Raises:
        Damaged: what came is not what the server had named.
    """
    file = group[0]
    part = placing.part(file)
    with open(part, "ab") as out:
        hasher = _resumed(part, out, file)
        told(0, out.tell())

        def attempt() -> None:
            for piece in line.http.download(line.at("raw"), start=out.tell(), ref=ref, path=file.path):
                hasher.update(piece)
                out.write(piece)
                told(0, len(piece))

        if out.tell() < file.size:
            line.again(attempt, moved=out.tell)
    # What is linked without a hash has been checked by the server, which alone knows what it looked like.
    if hasher.digest() != file.blob if file.linked < _NO_HASH else os.path.getsize(part) != file.size:  # noqa: PTH202
        os.unlink(part)  # noqa: PTH108 - as above
        raise Damaged("bytes were lost or changed on the way", where=file.path, hint=_HINT)
    placing.finish_part(file, part)
    told(1, 0)
    for twin in group[1:]:
        placing.copy(file, twin)
        told(1, twin.size)


def _resumed(part: str, out: BufferedWriter, file: File) -> blake3:
    """The hash of what an attempt before has left; ``out`` stands at its end."""
    hasher = blake3()
    if os.fstat(out.fileno()).st_size > file.size or file.linked >= _NO_HASH:
        out.truncate(0)
    with open(part, "rb") as before:
        while piece := before.read(_PIECE):
            hasher.update(piece)
    out.seek(0, os.SEEK_END)
    return hasher


def _reader(pieces: Iterator[bytes]) -> Callable[[int], bytes]:
    """A function that gives the next so many bytes, fewer only at the end."""
    held = bytearray()

    def read(count: int) -> bytes:
        while len(held) < count:
            piece = next(pieces, None)
            if piece is None:
                break
            held.extend(piece)
        taken = bytes(held[:count])
        del held[:count]
        return taken

    return read
