"""Repos to write to: ``with recension.repo("pool").commit("main") as c: c.put(...)``.

What is put is sent at once and is on the branch when the ``with`` ends, all of it; after an error none of it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from recension.client.discovery import HOME_VARIABLE, SERVER_VARIABLE, Server, find_server
from recension.errors import Invalid, RecensionError
from recension.ids import check_path, parse_address

if TYPE_CHECKING:
    from recension.client.http import Http
    from recension.store import Edit, Upload

Data = bytes | str | os.PathLike[str]
"""Bytes, a text (kept as UTF-8), or the path of a local file."""
_MAIN: Final = "main"
_JOB: Final = "RECENSION_JOB"


class Sink(Protocol):
    """Where changes go: into this process's store, or to a server."""

    def put(self, path: str, data: Data) -> None:
        """Take one file."""

    def remove(self, paths: list[str], folders: list[str]) -> None:
        """Remove files, and what folders hold."""


class Changes:
    """What a commit will change. ``id`` is its id once it is made; ``None`` before."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.id: str | None = None

    def put(self, path: str, data: Data) -> None:
        """Make ``path`` hold bytes, a text (as UTF-8), or what a local file (a ``Path``) holds.

        Raises:
            Invalid: the path may not name a file.
        """
        self._sink.put(check_path(path), data)

    def delete(self, path: str) -> None:
        """Remove a file; no change when it is not there."""
        self._sink.remove([check_path(path)], [])

    def delete_folder(self, path: str) -> None:
        """Remove everything in a folder; ``/`` removes all."""
        self._sink.remove([], [path if path == "/" else check_path(path)])


@dataclass(frozen=True, slots=True)
class Repo:
    """A repo in a home, or with ``server`` on a server."""

    name: str
    workspace: str
    home: Path | None
    server: Server | None

    @contextmanager
    def commit(
        self, branch: str = _MAIN, *, message: str = "", author: str = "", meta: Mapping[str, Any] | None = None
    ) -> Iterator[Changes]:
        """A commit to fill inside ``with``; it is made at its end, or not at all when that is left by an error.

        Args:
            branch: it is made when it is missing.
            message: what was done, in words.
            author: who did it; on a server it is whoever has signed in.
            meta: anything that JSON can say.
        """
        if self.server is not None:
            with self._remote(self.server, branch, message, meta) as changes:
                yield changes
            return
        from recension.store import Store  # noqa: PLC0415 - a remote writer needs no store

        assert self.home is not None, "a repo is in a home or on a server"
        with Store.open(self.home) as store:
            store.repo(self.name, workspace=self.workspace)
            with store.upload() as upload:
                sink = _Here(upload)
                changes = Changes(sink)
                yield changes
                made = store.write(
                    self.name,
                    branch,
                    sink.edits,
                    upload=upload,
                    message=message,
                    author=author,
                    meta=meta,
                    workspace=self.workspace,
                )
                changes.id = made.id

    @contextmanager
    def _remote(self, server: Server, branch: str, message: str, meta: Mapping[str, Any] | None) -> Iterator[Changes]:
        from recension.client.http import Http  # noqa: PLC0415 - a local writer needs no HTTP
        from recension.client.paths import path  # noqa: PLC0415
        from recension.client.remote import repo_text  # noqa: PLC0415

        with Http(server) as http:
            begin = {"branch": branch, "message": message, "meta": dict(meta or {})}
            text = repo_text(self.workspace, self.name)
            identity = http.post(path("repos", text, "open-commits"), begin)["id"]
            changes = Changes(_There(http, identity))
            try:
                yield changes
            except BaseException:
                with suppress(RecensionError):  # what led here is what the caller has to know
                    http.call("DELETE", path("open-commits", identity))
                raise
            (made,) = http.post(path("open-commits", "finish"), {"ids": [identity]})["commits"]
            changes.id = made["id"]


class _Here:
    """Brings files into an upload of this process."""

    def __init__(self, upload: Upload) -> None:
        self.edits: list[Edit] = []
        self._upload = upload

    def put(self, path: str, data: Data) -> None:
        from recension.store import Put  # noqa: PLC0415 - as above

        if isinstance(data, os.PathLike):
            blob, size = self._upload.add_file(Path(data))
        else:
            body = data.encode() if isinstance(data, str) else data
            blob, size = self._upload.add_bytes(body), len(body)
        self.edits.append(Put(path, blob, size))

    def remove(self, paths: list[str], folders: list[str]) -> None:
        from recension.store import Delete, DeleteFolder  # noqa: PLC0415 - as above

        self.edits += map(Delete, paths)
        self.edits += map(DeleteFolder, folders)


class _There:
    """Sends files to an open commit of a server."""

    def __init__(self, http: Http, identity: str) -> None:
        self._http = http
        self._identity = identity

    def put(self, path: str, data: Data) -> None:
        from recension.client.paths import path as address  # noqa: PLC0415 - as above

        self._http.upload(address("open-commits", self._identity, "upload"), data, path=path)

    def remove(self, paths: list[str], folders: list[str]) -> None:
        from recension.client.paths import path as address  # noqa: PLC0415 - as above

        self._http.post(
            address("open-commits", self._identity, "removals"), {"paths": paths, "folders": folders}, repeatable=True
        )


def repo(name: str, *, home: str | Path | None = None, server: str | None = None, token: str | None = None) -> Repo:
    """A repo ``[workspace/]name`` to commit to.

    Args:
        name: of the repo, which must exist.
        home: in this local home; default ``RECENSION_HOME``, else ``~/.recension``.
        server: on this server instead; default ``RECENSION_SERVER``.
        token: signs in to ``server``; default ``RECENSION_TOKEN``.

    Raises:
        Invalid: the name is none, or this is a pipeline's step: its output is what it writes to ``/pfs/out``.
    """
    address = parse_address(name)
    if address.ref is not None or address.path is not None:
        raise Invalid(f"{name!r} is more than the name of a repo", where="repo", hint=address.repo)
    environment = os.environ
    if environment.get(_JOB):
        raise Invalid("a step writes its output folder, and no repo", where="repo", hint="write to /pfs/out")
    if server is None and (home is not None or not environment.get(SERVER_VARIABLE)):
        place = Path(home or environment.get(HOME_VARIABLE) or Path.home() / ".recension")
        return Repo(address.repo, address.workspace, place, None)
    found = find_server(home=None, server=server, token=token, environment=environment)
    return Repo(address.repo, address.workspace, None, found)
