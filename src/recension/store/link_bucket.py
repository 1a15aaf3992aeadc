"""A bucket that links lead to: S3 and what speaks like it, Google Cloud Storage, Azure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import obstore
from obstore.exceptions import BaseError, PreconditionError

from recension.errors import NotFound, RecensionError
from recension.store.backends.s3 import BucketBackend, bucket_of
from recension.store.link_source import PIECE, Listed, changed

_PAGE: Final = 1000


class BucketSource:
    """Objects below a prefix of a bucket.

    Args:
        url: of the prefix, without options.
        options: as :func:`recension.store.backends.s3.open_bucket` takes them.
    """

    def __init__(self, url: str, options: dict[str, str]) -> None:
        self._url = url
        self._store = bucket_of(url, options)
        self._said = BucketBackend(self._store, url)

    def listed(self) -> Iterator[Listed]:
        """Every object below the prefix; what only marks a folder is passed over."""
        try:
            for page in obstore.list(self._store, chunk_size=_PAGE):
                for found in page:
                    if found["path"]:
                        yield _listed(found)
        except (BaseError, FileNotFoundError) as error:
            raise self._said.explain(error, "") from error

    def read(self, wanted: Listed, start: int, end: int) -> Iterator[bytes]:
        """The bytes of one state of an object: the service is told which state is meant, and its answer is checked."""
        try:
            if start >= end:
                self._check(wanted, obstore.head(self._store, wanted.key))
                return
            options: Any = {"range": (start, end)}
            if not wanted.etag.startswith(_TIME):
                options["if_match"] = _quoted(wanted.etag)
            found = obstore.get(self._store, wanted.key, options=options)
            self._check(wanted, found.meta)
            for piece in found.stream(min_chunk_size=PIECE):
                start += len(piece)
                yield bytes(piece)
        except PreconditionError:
            raise changed(self._url, wanted.key, "has changed") from None
        except (BaseError, FileNotFoundError) as error:
            raise self._explain(error, wanted) from error
        if start < end:
            raise changed(self._url, wanted.key, "is shorter than it was")

    def _check(self, wanted: Listed, found: Any) -> None:
        if (found["size"], _quoted(_etag(found))) != (wanted.size, _quoted(wanted.etag)):
            raise changed(self._url, wanted.key, "has changed")

    def _explain(self, error: Exception, wanted: Listed) -> RecensionError:
        fault = self._said.explain(error, wanted.key)
        if isinstance(fault, NotFound):
            return changed(self._url, wanted.key, "is not there any more")
        return fault


_TIME: Final = "modified:"


def _etag(found: Any) -> str:
    """What the service says of the state of an object; of one that it names none for, when it was modified."""
    tag: str | None = found.get("e_tag")
    return tag or f"{_TIME}{_us(found['last_modified'])}"


def _quoted(etag: str) -> str:
    """An ETag as headers write it: the listings of Azure leave the quotation marks out."""
    return etag if etag.endswith('"') else f'"{etag}"'


def _listed(found: Any) -> Listed:
    return Listed(found["path"], found["size"], _etag(found), _us(found["last_modified"]))


def _us(when: datetime) -> int:
    return int(when.timestamp() * 1_000_000)
