"""Width and height of an image from its first bytes, after EXIF orientation, without decoding it.

An image is turned where browsers turn it: JPEG, PNG and TIFF, not WebP.

Sources: PNG (W3C, third edition), JPEG (ITU T.81, Exif 2.32), GIF89a, BMP, WebP (RFC 9649), TIFF 6.0.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

HEAD_BYTES: Final = 1 << 18
"""As many bytes from the start as are looked at; headers with larger thumbnails are not understood."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION: Final = 0x0112
_WIDTH: Final = 0x0100
_HEIGHT: Final = 0x0101
_TURNED: Final = frozenset({5, 6, 7, 8})


class ImageSize(NamedTuple):
    """In pixels, as the image is shown."""

    width: int
    height: int


class _Stored(NamedTuple):
    """An image as its pixels are stored, and by which EXIF orientation they are to be turned."""

    size: ImageSize
    orientation: int = 1


def read_image_size(stream: IO[bytes]) -> ImageSize | None:
    """The size of the image that begins here; ``None`` when it is none that is known."""
    return image_size(stream.read(HEAD_BYTES))


def image_size(head: bytes) -> ImageSize | None:
    """The size of the image whose first bytes these are; ``None`` when it is none that is known, or broken."""
    stored = _stored(head)
    if stored is None:
        return None
    return ImageSize(*reversed(stored.size)) if stored.orientation in _TURNED else stored.size


def image_orientation(head: bytes) -> int:
    """The EXIF orientation, 1 to 8, by which the image is turned to be shown; 1 where it stays as it is."""
    stored = _stored(head)
    return stored.orientation if stored is not None and stored.orientation in range(1, 9) else 1


def _stored(head: bytes) -> _Stored | None:
    try:
        stored = next((read(head) for magic, read in _READERS.items() if head.startswith(magic)), None)
    except (struct.error, IndexError):
        return None
    return stored if stored and min(stored.size) > 0 else None


def _png(head: bytes) -> _Stored:
    size = ImageSize(*struct.unpack_from(">II", head, 16))
    at = 8
    while at + 8 <= len(head):
        length, name = struct.unpack_from(">I4s", head, at)
        if name == b"IDAT":
            break
        if name == b"eXIf":
            return _Stored(size, _orientation(head[at + 8 : at + 8 + length]))
        at += 12 + length
    return _Stored(size)


def _gif(head: bytes) -> _Stored:
    return _Stored(ImageSize(*struct.unpack_from("<HH", head, 6)))


def _bmp(head: bytes) -> _Stored:
    width, height = struct.unpack_from("<ii", head, 18)
    return _Stored(ImageSize(width, abs(height)))


def _tiff(head: bytes) -> _Stored:
    found = dict(_tiff_tags(head))
    return _Stored(ImageSize(found.get(_WIDTH, 0), found.get(_HEIGHT, 0)), found.get(_ORIENTATION, 1))


def _orientation(exif: bytes) -> int:
    try:
        return dict(_tiff_tags(exif)).get(_ORIENTATION, 1)
    except (struct.error, IndexError):
        return 1


def _jpeg(head: bytes) -> _Stored | None:
    orientation, at = 1, 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        (length,) = struct.unpack_from(">H", head, at + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return _Stored(ImageSize(width, height), orientation)
        if marker == 0xE1 and head[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _orientation(head[at + 10 : at + 2 + length])
        at += 2 + length
    return None


def _webp(head: bytes) -> _Stored | None:
    if head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return _Stored(ImageSize(width & 0x3FFF, height & 0x3FFF))
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return _Stored(ImageSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        case b"VP8X":
            width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
            return _Stored(ImageSize(width, height))
        case _:
            return None


def _tiff_tags(raw: bytes) -> Iterator[tuple[int, int]]:
    """Tag and value of the first directory's entries that hold one whole number."""
    order = "<" if raw[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", raw, 4)
    (count,) = struct.unpack_from(f"{order}H", raw, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", raw, entry)
        if kind in {3, 4}:  # SHORT, LONG
            (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", raw, entry + 8)
            yield tag, value


_READERS: Final[dict[bytes, Callable[[bytes], _Stored | None]]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF87a": _gif,
    b"GIF89a": _gif,
    b"\xff\xd8": _jpeg,
    b"BM": _bmp,
    b"RIFF": _webp,
    b"II*\0": _tiff,
    b"MM\0*": _tiff,
}
