"""Versioned data, labels made by people and models, and pipelines over both.

``recension.get("repo@ref")`` is a folder with that version's files, ``recension.put("folder", "repo@branch")`` commits
one, ``recension.repo("repo").commit()`` gathers changes for a branch, and ``@recension.pipeline(...)`` marks a function
as a step. Importing this package loads none of them: what is named is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from recension.client.connection import Connection
    from recension.client.get import get
    from recension.client.put import Source
    from recension.client.repo_interface import Repo
    from recension.client.rules import Rules
    from recension.flow.step import pipeline
    from recension.store.ingest import Told

__all__ = ["connect", "get", "pipeline", "put", "repo"]

_HOMES: Final = {
    "get": "recension.client.get",
    "pipeline": "recension.flow.step",
}


def put(
    sources: Source | Sequence[Source],
    address: str,
    *,
    message: str = "",
    delete: bool = False,
    home: str | Path | None = None,
    server: str | None = None,
    token: str | None = None,
    told: Told | None = None,
) -> str:
    """Commit files and what folders hold to ``[workspace/]repo[@branch][:/folder]``; return the id of the head then.

    Unchanged files are recognised by their stats and not read again; when nothing differs nothing is committed. On a
    server, files are hashed and packed here and only what it lacks is sent; a call that was killed and is made again
    sends the rest.

    Args:
        sources: files, which go by their names, and folders, which contribute what they hold.
        address: where to; without a branch, ``main``. The branch is made when it is missing.
        message: what was done, in words.
        delete: remove from the folder whatever the sources do not hold.
        home: commit to this local home; default ``RECENSION_HOME``, else ``~/.recension``.
        server: commit on this server instead; default ``RECENSION_SERVER``.
        token: signs in to ``server``; default ``RECENSION_TOKEN``.
        told: hears how many files and bytes were read since it last heard.

    Raises:
        NotFound: there is no such repo, or no such source.
        Invalid: a file cannot be read or kept, or this is a pipeline's step: its output is what it writes to
            ``/pfs/out``.
        Forbidden: the caller may not write there.
        Unavailable: the server does not answer.
    """
    from recension.client.put import put  # noqa: PLC0415 - as said above

    return put(
        sources, address, _rules, message=message, delete=delete, home=home, server=server, token=token, told=told
    )


def repo(
    name: str,
    *,
    home: str | Path | None = None,
    server: str | None = None,
    token: str | None = None,
    author: str = "",
) -> Repo:
    """A repo ``[workspace/]name``, with the same operations wherever it is.

    Args:
        name: of the repo, which must exist.
        home: in this local home; default ``RECENSION_HOME``, else ``~/.recension``.
        server: on this server instead; default ``RECENSION_SERVER``.
        token: signs in to ``server``; default ``RECENSION_TOKEN``.
        author: who commits, in a home; on a server it is whoever has signed in.

    Raises:
        Invalid: the name is none, or this is a pipeline's step: its output is what it writes to ``/pfs/out``.
    """
    return connect(home=home, server=server, token=token, author=author).repo(name)


def connect(
    *, home: str | Path | None = None, server: str | None = None, token: str | None = None, author: str = ""
) -> Connection:
    """A home or a server, with its repos and workspaces; the same operations for both.

    Args:
        home: this local home; default ``RECENSION_HOME``, else ``~/.recension``.
        server: this server instead; default ``RECENSION_SERVER``.
        token: signs in to ``server``; default ``RECENSION_TOKEN``.
        author: who commits, in a home; on a server it is whoever has signed in.

    Raises:
        Invalid: this is a pipeline's step: its output is what it writes to ``/pfs/out``.
    """
    from recension.client import repos  # noqa: PLC0415 - as said above

    return repos.connect(_rules, home=home, server=server, token=token, author=author)


def _rules() -> Rules:
    """What projects and pipelines forbid in a home; the rooms that know of them are loaded when they are asked."""
    from recension.client.rules import Rules  # noqa: PLC0415 - as above
    from recension.server import writable  # noqa: PLC0415

    return Rules(writable.check_writable, writable.check_unused, writable.check_unread, writable.check_unpopulated)


def __getattr__(name: str) -> Any:
    """Import what is asked for by its name."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'recension' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
