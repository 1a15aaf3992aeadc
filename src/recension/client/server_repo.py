"""A repo on a server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from recension.client import values
from recension.client.changes import Changes, Data
from recension.client.http import Http
from recension.client.paths import path as address
from recension.client.repo_interface import MAIN, Resolution, Side, Strategy
from recension.client.server_staging import ServerStaging
from recension.client.server_values import commit_value, merge_value
from recension.errors import RecensionError
from recension.ids import check_path


class ServerRepo(ServerStaging):
    """Changes."""

    @contextmanager
    def commit(  # noqa: D102
        self, branch: str = MAIN, *, message: str = "", author: str | None = None, meta: Mapping[str, Any] | None = None
    ) -> Iterator[Changes]:
        del author  # the server knows who has signed in
        with self._http() as http:
            begin = {"branch": branch, "message": message, "meta": dict(meta or {})}
            identity = http.post(self._at("open-commits"), begin)["id"]
            changes = Changes(ServerSink(http, identity))
            try:
                yield changes
            except BaseException:
                with suppress(RecensionError):  # what led here is what the caller has to know
                    http.call("DELETE", address("open-commits", identity))
                raise
            (made,) = http.post(address("open-commits", "finish"), {"ids": [identity]})["commits"]
            changes.id = made["id"]

    def put(  # noqa: D102
        self,
        sources: Sequence[str | os.PathLike[str]],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str = "",
    ) -> values.Commit:
        from recension.client.bulk import putting  # noqa: PLC0415 - bulk transfer, which others do not need
        from recension.client.bulk.line import Line  # noqa: PLC0415
        from recension.client.bulk.remembered import user_cache  # noqa: PLC0415

        wish = putting.Wish(branch, list(map(Path, sources)), path, delete=delete, message=message)
        with self._http() as http:
            line = Line(http, self.workspace, self.name)
            sent = putting.put(line, wish, user_cache(os.environ), lambda _files, _size: None)
            return commit_value(sent.commit)

    def put_archive(  # noqa: D102
        self,
        archive: str | os.PathLike[str],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str | None = None,
    ) -> values.Commit:
        params = {"path": path, "branch": branch, "message": message, "delete": str(delete).lower()}
        with self._http(patient=True) as http:
            return commit_value(http.upload(self._at("archive", "upload"), Path(archive), **params)["commit"])

    def append(  # noqa: D102
        self, path: str, data: Data, *, branch: str = MAIN, message: str | None = None
    ) -> values.Commit:
        params = {"path": check_path(path), "branch": branch, "message": message}
        with self._http() as http:
            # Bytes that were added must not be added again: a lost answer is an error here.
            body = data.encode() if isinstance(data, str) else data
            pieces = iter([body]) if isinstance(body, bytes) else _pieces(Path(body))
            return commit_value(http.send(self._at("append", "upload"), pieces, **params)["commit"])

    def copy(  # noqa: D102
        self, source: str, to: str, *, branch: str = MAIN, message: str | None = None
    ) -> values.Commit:
        named = f"{self.address}@{branch}:{source}" if source[:1] == "/" else source
        return self._changed("copy", source=named, to=to, branch=branch, message=message)

    def move(self, path: str, to: str, *, branch: str = MAIN, message: str | None = None) -> values.Commit:  # noqa: D102
        return self._changed("move", path=path, to=to, branch=branch, message=message)

    def remove(  # noqa: D102
        self, paths: str | Sequence[str], *, branch: str = MAIN, recursive: bool = False, message: str | None = None
    ) -> values.Commit:
        wanted = [paths] if isinstance(paths, str) else list(paths)
        return self._changed("remove", paths=wanted, branch=branch, recursive=recursive, message=message)

    def _changed(self, verb: str, **body: Any) -> values.Commit:
        return commit_value(self._post(verb, body=body)["commit"])

    def merge(  # noqa: D102
        self,
        source: str,
        into: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        fast_forward: bool = True,
        message: str | None = None,
    ) -> values.Merge:
        with self._http() as http:
            body = {"source": source, "branch": into, "fast_forward": fast_forward, "message": message}
            return merge_value(http.post(self._at("merge"), body | self._decided(http, strategy, resolve)))

    def preview_merge(  # noqa: D102
        self, source: str, into: str = MAIN, *, strategy: Side | None = None
    ) -> values.Merge:
        return merge_value(self._get("merge", source=source, branch=into, strategy=strategy))

    def revert(  # noqa: D102
        self,
        commit: str,
        branch: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        message: str | None = None,
    ) -> values.Commit:
        with self._http() as http:
            body = {"commit": commit, "branch": branch, "message": message}
            made = http.post(self._at("revert"), body | self._decided(http, strategy, resolve))
            return commit_value(made["commit"])

    def _decided(self, http: Http, strategy: Strategy, resolve: Mapping[str, Resolution] | None) -> dict[str, Any]:
        """What to take, as the server wants it; bytes are sent before."""
        rules = [("**", strategy)] if isinstance(strategy, str) else strategy
        decided: dict[str, Any] = {}
        for name, choice in (resolve or {}).items():
            if isinstance(choice, str):
                decided[check_path(name)] = choice
            else:
                sent = http.upload(self._at("blobs", "upload"), choice)
                decided[check_path(name)] = {"receipt": sent["receipts"][0]}
        return {"strategies": [{"glob": glob, "side": side} for glob, side in rules], "resolve": decided}

    def squash(self, commit: str) -> list[values.Commit]:  # noqa: D102
        return list(map(commit_value, self._post("squash", body={"commit": commit})["commits"]))

    def drop(self, commit: str) -> list[str]:  # noqa: D102
        found: list[str] = self._post("drop", body={"commit": commit})["branches"]
        return found

    def import_from(  # noqa: D102
        self,
        url: str,
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        hashed: bool = False,
        skip_unfit: bool = False,
        message: str | None = None,
    ) -> values.Import:
        body = {"url": url, "path": path, "branch": branch, "message": message}
        flags = {"delete": delete, "hashed": hashed, "skip_unfit": skip_unfit}
        done = self._post("import", body=body | flags, patient=True)
        counts = {name: done[name] for name in ("new", "listed", "size", "hashed", "unfit_count")}
        return values.Import(commit=commit_value(done["commit"]), unfit=tuple(done["unfit"]), **counts)

    def materialise(  # noqa: D102
        self, path: str = "/", *, branch: str = MAIN, message: str | None = None
    ) -> values.Materialised:
        done = self._post("materialise", body={"path": path, "branch": branch, "message": message}, patient=True)
        return values.Materialised(commit_value(done["commit"]), done["new"], done["files"], done["size"])


class ServerSink:
    """Sends files to an open commit of a server."""

    def __init__(self, http: Http, identity: str) -> None:
        self._http = http
        self._identity = identity

    def put(self, path: str, data: Data) -> None:
        """Take one file."""
        self._http.upload(address("open-commits", self._identity, "upload"), data, path=path)

    def remove(self, paths: list[str], folders: list[str]) -> None:
        """Remove files, and what folders hold."""
        body = {"paths": paths, "folders": folders}
        self._http.post(address("open-commits", self._identity, "removals"), body, repeatable=True)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as body:
        yield from iter(lambda: body.read(1 << 20), b"")
