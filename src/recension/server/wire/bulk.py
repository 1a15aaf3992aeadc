"""Shapes of bulk transfer."""

from __future__ import annotations

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit


class Have(Answer):
    """``1`` for each blob that need not be sent, ``0`` for the others, in the order of the request."""

    have: str


class Taken(Answer):
    """How many blobs the parcel held; all of them are on disk."""

    blobs: int


class LargeFile(Ask):
    """The blobs that a large file is made of, in order; ``recut``: cut it anew where its content says."""

    chunks: list[str] = Field(min_length=1)
    recut: bool = False


class NewLarge(Ask):
    """Large files to put together."""

    files: list[LargeFile] = Field(min_length=1)


class Whole(Answer):
    """A large file that is stored now; ``receipt`` puts it into a commit, as any uploaded file's does."""

    blob: str
    size: int
    receipt: str


class Assembled(Answer):
    """The large files, in the order of the request."""

    files: list[Whole]


class BulkCommit(Answer):
    """The head of the branch afterwards, and how it compares with its parent; not ``new`` when nothing differed."""

    commit: Commit
    new: bool
    added: int
    changed: int
    removed: int


class Paths(Ask):
    """The files whose bytes are wanted."""

    paths: list[str] = Field(min_length=1)
