"""Places that links may lead to: their URLs, read and compared without room for escape.

What a URL library would quietly repair (``..``, tabs, percent-encoded dots) is refused, so that the place that was
allowed is the place that is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from blake3 import blake3

from recension.errors import Forbidden, Invalid
from recension.ids import BlobId
from recension.slotted import frozen

if TYPE_CHECKING:
    from recension.store.link_source import Source

KINDS: Final = ("s3", "gs", "az", "file")
_HINT: Final = "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX, or a folder"
_URL: Final = re.compile(r"(?P<kind>[a-z0-9]+)://(?P<bucket>[^/?#@]*)(?P<path>/[^?#]*)?(?:\?(?P<options>[^#]*))?")
_CONTROL: Final = re.compile(r"[\0-\x20\x7f]")
_CONTEXT: Final = "recension link, format 1"


@frozen
class LinkPlace:
    """A bucket's prefix or a folder; ``path`` is empty or starts with a slash, and is written as URLs write it."""

    kind: str
    bucket: str
    path: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def plain_url(self) -> str:
        """The URL without options."""
        return f"{self.kind}://{self.bucket}{self.path}"

    @property
    def url(self) -> str:
        """The one spelling of it."""
        return f"{self.plain_url}?{urlencode(self.options)}" if self.options else self.plain_url

    @property
    def folder(self) -> Path:
        """The folder that a ``file`` place is."""
        return Path(unquote(self.path) or "/")

    def holds(self, other: LinkPlace) -> bool:
        """Whether the other place is this one, or below it."""
        if (self.kind, self.bucket) != (other.kind, other.bucket):
            return False
        return other.path == self.path or other.path.startswith(f"{self.path}/")


def noted_place(url: str) -> LinkPlace:
    """The place of a link that was made before: a folder is where it was then, whatever leads there now."""
    match = _URL.fullmatch(url)
    assert match is not None, "links are made to places"
    return LinkPlace(match["kind"], match["bucket"], match["path"] or "", tuple(parse_qsl(match["options"] or "")))


def read_place(text: str, *, relative_to: Path | None = None) -> LinkPlace:
    """The place that a URL names; the path of a folder is one too.

    Args:
        text: the URL, or with ``relative_to`` also a path.
        relative_to: the folder that a relative path starts from; None: only URLs are taken.

    Raises:
        Invalid: it is none, holds a secret, or leads elsewhere than it says.
    """
    if "://" not in text and relative_to is not None:
        return _folder(relative_to / text)
    match = _URL.fullmatch(text)
    if match is None or match["kind"] not in KINDS:
        raise Invalid(f"{text!r} is no place that links may lead to", where="url", hint=_HINT)
    path = (match["path"] or "").rstrip("/")
    names = [unquote(name) for name in path.split("/")[1:]]
    if _CONTROL.search(text) or any(name in {"", ".", ".."} or "/" in name or _CONTROL.match(name) for name in names):
        raise Invalid("an empty, '.' or '..' segment, or a character that URLs do not have", where=text, hint=_HINT)
    if match["kind"] == "file":
        if match["bucket"] or match["options"]:
            raise Invalid("a folder has neither a host nor options", where=text, hint="file:///FOLDER")
        return _folder(Path(unquote(path) or "/"))
    if not match["bucket"]:
        raise Invalid("a bucket is missing", where=text, hint=_HINT)
    _refuse_secrets(text)
    return LinkPlace(match["kind"], match["bucket"], path, tuple(sorted(parse_qsl(match["options"] or ""))))


def _folder(path: Path) -> LinkPlace:
    # The real path: what a name on disk is made to mean later does not count.
    real = os.path.realpath(path)
    return LinkPlace("file", "", "" if real == "/" else quote(real))


def _refuse_secrets(url: str) -> None:
    from recension.store.settings import Settings, refuse_secrets  # noqa: PLC0415 - needs YAML, and is seldom wanted

    refuse_secrets(Settings(objects=url))


def allowed_place(text: str, rules: Sequence[str]) -> LinkPlace:
    """The place that a URL names, when one of the operator's prefixes holds it; that prefix's options come with it.

    Who asks names no options of their own (an endpoint, say), unless exactly those of the prefix: so nobody is led to
    a host that the operator has not named.

    Raises:
        Forbidden: none does.
        Invalid: the URL is none.
    """
    asked = read_place(text)
    for rule in rules:
        allowed = read_place(rule)
        if allowed.holds(asked) and asked.options in {(), allowed.options}:
            return LinkPlace(asked.kind, asked.bucket, asked.path, allowed.options)
    raise Forbidden(
        "links may not lead there", where=asked.plain_url, hint="the operator allows places: links in settings.yaml"
    )


def open_place(place: LinkPlace) -> Source:
    """What is there, to list and to read.

    Raises:
        Invalid: an option is unknown, or the driver is not installed.
    """
    if place.kind == "file":
        from recension.store.link_folder import FolderSource  # noqa: PLC0415 - only what is used

        return FolderSource(place.folder, place.url)
    try:
        from recension.store.link_bucket import BucketSource  # noqa: PLC0415 - an extra
    except ImportError as error:
        hint = "pip install 'recension[s3]'"
        raise Invalid(f"the object store driver is missing: {error}", where=place.plain_url, hint=hint) from error
    return BucketSource(place.plain_url, dict(place.options))


def link_ids(place: LinkPlace) -> Callable[[str, int, str], BlobId]:
    """A function from name, size and etag of an object of the place to what stands for the hash of its bytes.

    Nobody has read those; what stands for their hash changes with all that tells of them.
    """
    before, between = f"{place.plain_url}/", f"\0{urlencode(place.options)}\0"

    def identify(name: str, size: int, etag: str) -> BlobId:
        text = f"{before}{name}{between}{size}\0{etag}"
        return BlobId(blake3(text.encode(), derive_key_context=_CONTEXT).digest())

    return identify
