"""Objects in a bucket: S3 and what speaks like it, Google Cloud Storage, Azure.

A small object goes up in one request that refuses to replace anything; a large one in parts, while it is still being
written, so that memory stays bounded. An answer that was lost on its way is not a failure: before trying again we look
whether the object is there. Keys are unique and objects never change, so what is found under our key is ours if it
has our bytes.

An upload in parts that a crash has cut off leaves parts that no listing of objects shows; a collection removes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    NotSupportedError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnknownConfigurationKeyError,
)
from obstore.store import ObjectStore, S3Store, from_url

from recension.errors import AlreadyExists, Invalid, NotFound, RecensionError, Unavailable
from recension.store.backends import Bytes
from recension.store.backends.bucket_writer import BucketWriter
from recension.store.backends.parted import PART_BYTES

T = TypeVar("T")

_ATTEMPTS: Final = 3
_TIMEOUT: Final = timedelta(minutes=5)
_CONNECT_TIMEOUT: Final = timedelta(seconds=5)
_PARTS_AT_ONCE: Final = 4
_LONGEST_WRITE: Final = timedelta(days=1)
_SECRETS: Final = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_RETRIES: Final[dict[str, Any]] = {
    "max_retries": 6,
    "retry_timeout": timedelta(minutes=2),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}


def open_bucket(url: str, options: dict[str, str]) -> BucketBackend:
    """The backend of a bucket.

    Args:
        url: ``s3://BUCKET/PREFIX``, ``gs://...``, ``az://...``, without options.
        options: what else obstore wants to know: ``endpoint``, ``region`` and so on. Secrets come from the
            environment, under the names that each service has for them.

    Raises:
        Invalid: the URL or an option is none that obstore knows.
    """
    return BucketBackend(bucket_of(url, options), url)


def bucket_of(url: str, options: dict[str, str]) -> ObjectStore:
    """A bucket as obstore knows it; takes and raises what :func:`open_bucket` does."""
    client: Any = {"timeout": _TIMEOUT, "connect_timeout": _CONNECT_TIMEOUT}
    if options.get("endpoint", "").startswith("http://"):
        client["allow_http"] = True
    try:
        store: Any = from_url(url, config=dict(options), client_options=client, retry_config=_RETRIES)  # type: ignore[call-overload]
    except UnknownConfigurationKeyError as error:
        raise Invalid(f"the object store does not know this option: {error}", where=url) from error
    except (BaseError, ValueError) as error:
        raise Invalid(
            f"not the URL of an object store: {_line(error)}", where=url, hint="s3://BUCKET/PREFIX"
        ) from error
    opened: ObjectStore = store
    return opened


class BucketBackend:
    """Objects below one prefix of a bucket.

    Args:
        store: obstore's idea of it.
        where: its URL, for messages.
    """

    def __init__(self, store: ObjectStore, where: str) -> None:
        self._store = store
        self._where = where
        self._refuses_to_replace = True

    def create(self, key: str) -> BucketWriter:
        """Begin an object."""
        return BucketWriter(self, key)

    def put(self, key: str, data: Bytes) -> None:
        """Write a whole object; the same bytes once more change nothing.

        Raises:
            AlreadyExists: other bytes are there under this key.
        """
        body = bytes(data)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._put_new(key, body)
            except AlreadyExistsError as error:
                if self.read(key, 0, len(body) + 1) != body:
                    raise AlreadyExists("another object has this key", where=self._place(key)) from error
            except (BaseError, FileNotFoundError) as error:
                fault = self.explain(error, key)
                if attempt == _ATTEMPTS or isinstance(error, (FileNotFoundError, PermissionDeniedError)):
                    raise fault from error
                continue
            return

    def _put_new(self, key: str, body: bytes) -> None:
        if self._refuses_to_replace:
            try:
                obstore.put(self._store, key, body, mode="create", use_multipart=False)
            except NotSupportedError:
                self._refuses_to_replace = False
            else:
                return
        obstore.put(self._store, key, body, use_multipart=False)

    def put_parts(self, key: str, parts: Iterator[bytes]) -> None:
        """Write an object from the parts that ``parts`` brings; when it raises, what went up is removed again."""
        taken = False

        def taking() -> Iterator[bytes]:
            nonlocal taken
            taken = True
            yield from parts

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                obstore.put(
                    self._store,
                    key,
                    taking(),
                    use_multipart=True,
                    chunk_size=PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
            except BaseError:
                if taken or attempt == _ATTEMPTS:  # a part that was taken cannot be had again
                    raise
            else:
                return

    def has(self, key: str, size: int) -> bool:
        """Whether an object of this size is there."""
        try:
            return self.size(key) == size
        except NotFound:
            return False

    def read(self, key: str, start: int, length: int) -> bytes:
        """Bytes of an object; fewer than ``length`` where it ends."""
        if length <= 0:
            self.size(key)
            return b""
        try:
            return bytes(obstore.get_range(self._store, key, start=start, length=length))
        except FileNotFoundError as error:
            raise self.explain(error, key) from error
        except BaseError as error:
            # a stretch behind the end is an error to the service, and nothing special to us
            if start >= self.size(key):
                return b""
            raise self.explain(error, key) from error

    def size(self, key: str) -> int:
        """Length of an object in bytes."""
        size: int = self._ask(key, lambda: obstore.head(self._store, key)["size"])
        return size

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, sorted."""
        folder = prefix.rpartition("/")[0]  # the service lists whole folders only

        def listed() -> list[str]:
            pages = obstore.list(self._store, folder or None, chunk_size=1000)
            return [found["path"] for page in pages for found in page]

        yield from sorted(key for key in self._ask(prefix, listed) if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is not there."""
        try:
            self._ask(key, lambda: obstore.delete(self._store, key))
        except NotFound:
            return

    def remove_unfinished(self, idle_s: float, *, dry_run: bool = False) -> tuple[int, int]:
        """End uploads that were begun so long ago, a day at least; a writer may take its time."""
        if not isinstance(self._store, S3Store):
            return 0, 0  # Google and Azure have such parts forgotten by themselves, or by a rule of the bucket
        from recension.store.backends.unfinished import UnfinishedUploads  # noqa: PLC0415  collections alone want it

        uploads = UnfinishedUploads(self._store, self._where)
        latest = datetime.now(UTC) - max(timedelta(seconds=idle_s), _LONGEST_WRITE)
        found = list(uploads.begun_before(latest))
        for each in found:
            if not dry_run:
                uploads.give_up(each)
        return len(found), 0

    def close(self) -> None:
        """Connections close by themselves."""

    def _ask(self, key: str, ask: Callable[[], T]) -> T:
        """What ``ask`` says; it may be asked again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return ask()
            except (BaseError, FileNotFoundError) as error:
                if attempt == _ATTEMPTS or type(error) is not GenericError:
                    raise self.explain(error, key) from error
        raise AssertionError

    def _place(self, key: str) -> str:
        return f"{self._where.rstrip('/')}/{key}"

    def explain(self, error: Exception, key: str) -> RecensionError:
        """What an error of the service means to a caller."""
        where = self._place(key)
        if isinstance(error, FileNotFoundError):
            if "NoSuchBucket" in str(error) or "ContainerNotFound" in str(error):
                return Unavailable("there is no such bucket", where=self._where, hint="make it first")
            return NotFound("there is no such object", where=where)
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            hint = f"check {_SECRETS[self._where.partition('://')[0]]}, and what they may do"
            return Unavailable("the object store refuses these credentials", where=where, hint=hint)
        text = f"the object store does not do it: {_line(error)}"
        return Unavailable(text, where=where, hint="check that it can be reached; nothing was committed")


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
