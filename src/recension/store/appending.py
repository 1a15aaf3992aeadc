"""Adding bytes to the end of a file."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Unpack

from recension.errors import NotFound
from recension.ids import check_path
from recension.store.copying import as_put
from recension.store.model import Commit, Edit, Entry, Put
from recension.store.on_head import About, Place, on_head
from recension.store.writing import Writing


def append(store: Writing, place: Place, path: str, parts: Iterable[bytes], **about: Unpack[About]) -> Commit:
    """Add bytes to the end of a file, which is made when it is missing; of two at once, both get in.

    Of a large file only the last chunk is written anew.

    Raises:
        Invalid: the path may not name a file.
    """
    target = check_path(path)
    with store.upload() as upload:
        added, size = upload.add_stream(parts)
        upload.finish()

        def make(head: Commit | None) -> list[Edit]:
            before = _entry(store, head, target)
            if before is None:
                return [Put(target, added, size)]
            whole, total = upload.add_stream(chain(store.read_blob(before.blob), store.read_blob(added)))
            grown = as_put(before, target)
            return [Put(target, whole, total, grown.mode, grown.content_type, grown.meta)]

        about["upload"] = upload
        return on_head(store, place, make, **about)


def _entry(store: Writing, head: Commit | None, path: str) -> Entry | None:
    if head is None:
        return None
    try:
        return store.stat(head, path)
    except NotFound:
        return None
