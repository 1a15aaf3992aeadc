"""Stored bytes on their way to a browser, without any chance to act there.

Whatever was committed may have been made to attack whoever looks at it. So bytes are served in a sandbox with an
origin of its own, never sniffed, and shown in place only when their type cannot hold a program; everything else is
a download.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from recension.server.wire.repos import Preview
from recension.store import Entry, Store

_SHOWN: Final = 256 * 1024
_MOST_ROWS: Final = 200
_INLINE: Final = re.compile(
    r"image/(png|jpeg|gif|webp|avif|bmp|tiff)|audio/[\w.+-]+|video/[\w.+-]+|text/(plain|csv|markdown)"
    r"|application/(json|x-ndjson)"
)
_OPAQUE: Final = "application/octet-stream"
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
SANDBOX: Final = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


def serve_bytes(store: Store, entry: Entry, range_header: str | None, *, cache: str = "private, no-cache") -> Response:
    """The file, or the one byte range asked for; ``cache`` says how long a browser may keep it."""
    name = entry.path.rpartition("/")[2]
    kind = entry.content_type.partition(";")[0].strip().lower()
    inline = _INLINE.fullmatch(kind) is not None
    headers = {
        "accept-ranges": "bytes",
        "cache-control": cache,
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": SANDBOX,
        "etag": f'"{entry.blob.hex()}"',
        "x-content-type-options": "nosniff",
    }
    # Text is labelled UTF-8 so that old encodings cannot be used to smuggle anything past a filter.
    media = f"{kind}; charset=utf-8" if kind.startswith("text/") and inline else kind if inline else _OPAQUE
    start, end, status = 0, entry.size, 200
    if range_header is not None and (asked := _RANGE.fullmatch(range_header.strip())) is not None:
        span = _span(asked[1], asked[2], entry.size)
        if span is None:
            headers["content-range"] = f"bytes */{entry.size}"
            return Response(status_code=416, headers=headers)
        (start, end), status = span, 206
        headers["content-range"] = f"bytes {start}-{end - 1}/{entry.size}"
    headers["content-length"] = str(end - start)
    return StreamingResponse(_begun(store.read_blob(entry.blob, start, end)), status, headers, media_type=media)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first of them read: what is damaged, or linked and not there any more, is said with a status."""
    first = next(pieces, b"")
    return chain((first,), pieces)


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """Half-open span of ``bytes=first-last`` (RFC 9110 §14.1.2); None when no byte of it exists."""
    if first:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    elif last:
        start, end = max(size - int(last), 0), size
    else:
        return None
    return (start, end) if start < end else None


def preview(store: Store, entry: Entry) -> Preview:
    """What a page shows of the file: text, rows or an image; at most the first quarter megabyte."""
    kind = entry.content_type.partition(";")[0].strip().lower()
    if _INLINE.fullmatch(kind) is not None and kind.startswith("image/"):
        return _shape(entry, "image", truncated=False)
    head = b"".join(store.read_blob(entry.blob, 0, min(entry.size, _SHOWN)))
    truncated = entry.size > len(head)
    text = _text(head, truncated=truncated)
    if text is None:
        return _shape(entry, "binary", truncated=truncated)
    if kind in {"text/csv", "text/tab-separated-values"} or entry.path.endswith((".csv", ".tsv")):
        return _table(entry, text, truncated=truncated)
    if kind == "application/json" or entry.path.endswith(".json"):
        return _shape(entry, "json", truncated=truncated, text=text)
    return _shape(entry, "text", truncated=truncated, text=text)


def _shape(entry: Entry, kind: str, *, truncated: bool, **parts: object) -> Preview:
    return Preview.model_validate(
        {
            "kind": kind,
            "path": entry.path,
            "size": entry.size,
            "content_type": entry.content_type,
            "truncated": truncated,
            **parts,
        }
    )


def _text(head: bytes, *, truncated: bool) -> str | None:
    """UTF-8 text; None when it is none. A character cut at the end of a truncated head is left out."""
    if b"\0" in head:
        return None
    for cut in range(4 if truncated else 1):
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return None


def _table(entry: Entry, text: str, *, truncated: bool) -> Preview:
    import csv  # noqa: PLC0415 - only for tables
    import io  # noqa: PLC0415

    delimiter = "\t" if entry.path.endswith(".tsv") else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > _MOST_ROWS:
                truncated = True
                break
    except csv.Error:
        return _shape(entry, "text", truncated=truncated, text=text)
    if entry.size > _SHOWN and len(rows) > 1 and len(rows) <= _MOST_ROWS:
        rows.pop()  # the last row was cut in two
    return _shape(entry, "csv", truncated=truncated, columns=rows[0] if rows else [], rows=rows[1 : _MOST_ROWS + 1])
