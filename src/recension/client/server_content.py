"""What a repo on a server holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recension.client import values
from recension.client.repo_interface import MAIN
from recension.client.server_names import ServerNames
from recension.client.server_values import node_value
from recension.errors import RecensionError
from recension.ids import check_path


class ServerContent(ServerNames):
    """Listings and bytes."""

    def ls(self, path: str = "/", ref: str = MAIN) -> Iterator[values.File | values.Folder]:  # noqa: D102
        return map(node_value, self._pages("entries", "ls", ref=self.resolve(ref).id, path=path))

    def walk(self, path: str = "/", ref: str = MAIN) -> Iterator[values.File]:  # noqa: D102
        return self._below(path, self.resolve(ref).id)

    def _below(self, path: str, commit: str) -> Iterator[values.File]:
        for node in self.ls(path, commit):
            if isinstance(node, values.File):
                yield node
            else:
                yield from self._below(node.path, commit)

    def stat(self, path: str, ref: str = MAIN) -> values.File | values.Folder:  # noqa: D102
        clean = "/" if path in {"", "/"} else check_path(path.rstrip("/"))
        found: dict[str, Any] = self._get("ls", ref=ref, path=clean, limit=1)
        if found["entries"] and found["entries"][0]["path"] == clean:
            return node_value(found["entries"][0])
        return values.Folder(clean, found["files"], found["size"])

    def read(self, path: str, ref: str = MAIN, *, start: int = 0, end: int | None = None) -> bytes:  # noqa: D102
        if end is not None and end <= start:
            return b""
        headers = {"range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else None
        with self._http() as http:
            params = {"ref": ref, "path": check_path(path)}
            try:
                return http.call("GET", self._at("raw"), params=params, headers=headers).content
            except RecensionError:
                # A range behind the end of a file is refused; of a local file it is empty.
                if start and self.stat(path, ref).size <= start:
                    return b""
                raise

    def get(self, path: str = "/", ref: str = MAIN) -> Path:  # noqa: D102
        from recension.client.get import get  # noqa: PLC0415 - it brings caches that others do not need

        address = f"{self.workspace}/{self.name}@{ref}:{path}"
        return get(address, server=self.server.url, token=self.server.token)

    def checkout(  # noqa: D102
        self, folder: str | os.PathLike[str], ref: str = MAIN, *, path: str = "/"
    ) -> values.Checkout:
        from recension.client.bulk import getting  # noqa: PLC0415 - bulk transfer, which others do not need
        from recension.client.bulk.line import Line  # noqa: PLC0415
        from recension.client.bulk.remembered import user_cache  # noqa: PLC0415

        commit = self.resolve(ref).id
        with self._http() as http:
            line = Line(http, self.workspace, self.name)
            wanted = getting.listing(line, commit, path)
            place = getting.Place(Path(folder), user_cache(os.environ), "exact")
            done = getting.bring(line, commit, wanted, place, lambda _files, _size: None)
        return values.Checkout(done.written, done.kept, done.removed, done.size)
