"""Shapes of changes that move no bytes: copies, moves, removals, merges and what undoes them."""

from __future__ import annotations

from pydantic import Field

from recension.server.wire.base import Ask


class Copy(Ask):
    """What to copy (an address, ``[workspace/]repo@ref:/path``), and where to."""

    source: str
    to: str
    branch: str = "main"
    message: str | None = None


class Move(Ask):
    """What to move within a branch: a file, a folder or a glob; and where to."""

    path: str
    to: str
    branch: str = "main"
    message: str | None = None


class Remove(Ask):
    """Files and globs to remove; folders with ``recursive``."""

    paths: list[str] = Field(min_length=1)
    branch: str = "main"
    recursive: bool = False
    message: str | None = None
