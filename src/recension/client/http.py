"""The HTTP API as a small client: JSON in and out, errors as the same classes the server raised."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from recension import errors
from recension.client.discovery import Server
from recension.client.paths import path
from recension.client.server_values import conflict_value
from recension.client.values import MergeConflicts
from recension.errors import RecensionError, Unavailable

__all__ = ["Http", "path"]

_CLASSES: Final[Mapping[str, type[RecensionError]]] = {
    cls.code: cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, RecensionError) and cls is not RecensionError
}
_TRIES: Final = 4
_FIRST_WAIT_S: Final = 0.1
_PARTIAL: Final = 206
_LATER: Final = frozenset({429, 502, 503, 504})
_PIECE: Final = 1 << 20
_REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE"})


class Http:
    """A connection to one server; safe to share between threads.

    A request is repeated when no connection came about, since the server has then seen nothing of it. A request whose
    answer was lost is repeated only when repeating it is harmless.
    """

    def __init__(
        self, server: Server, *, timeout_s: float = 60.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"authorization": f"Bearer {server.token}"} if server.token else {}
        self._server = server
        self._client = httpx.Client(
            base_url=server.url, headers=headers, timeout=timeout_s, transport=transport, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._server.url

    def get(self, where: str, /, **params: str | int | list[str] | None) -> Any:
        """What is there, as JSON values."""
        return self.call("GET", where, params=params).json()

    def post(self, where: str, body: Any = None, *, repeatable: bool = False) -> Any:
        """What the server answers to ``body``; ``repeatable`` says that sending it twice does no harm."""
        answer = self.call("POST", where, json={} if body is None else body, repeatable=repeatable)
        return answer.json() if answer.content else None

    def call(
        self,
        method: str,
        where: str,
        *,
        params: Mapping[str, str | int | list[str] | None] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """The answer to one request.

        Raises:
            RecensionError: of the class that the server raised; Unavailable when it does not answer.
        """
        given = {name: value for name, value in (params or {}).items() if value is not None}
        request = self._client.build_request(method, where, params=given, json=json, headers=headers)
        return _checked(self._send(request, repeatable=repeatable or method in _REPEATABLE))

    def upload(self, where: str, data: bytes | str | PathLike[str], **params: str | int | None) -> Any:
        """What the server answers to bytes, a text, or a local file's content.

        Bytes are sent again when the answer is lost: putting them twice does no harm.
        """
        given = {name: value for name, value in params.items() if value is not None}
        if not isinstance(data, PathLike):
            body = _Body(data.encode() if isinstance(data, str) else data)
            length = {"content-length": str(len(body))}
            request = self._client.build_request("POST", where, params=given, content=body, headers=length)
            try:
                return _checked(self._send(request, repeatable=True)).json()
            finally:
                body.forget()
        with Path(data).open("rb") as file:
            request = self._client.build_request("POST", where, params=given, content=file)
            return _checked(self._send(request, repeatable=False)).json()

    def send(self, where: str, pieces: Iterator[bytes], **params: str | int | None) -> Any:
        """What the server answers to bytes that are made while they are sent; they go out once."""
        given = {name: value for name, value in params.items() if value is not None}
        request = self._client.build_request("POST", where, params=given, content=pieces)
        return _checked(self._send(request, repeatable=False)).json()

    def lines(self, where: str, **params: str | int | None) -> Iterator[str]:
        """The lines of a streamed text."""
        with self._stream("GET", where, params) as answer:
            yield from answer.iter_lines()

    def download(self, where: str, *, json: Any = None, start: int = 0, **params: str | int | None) -> Iterator[bytes]:
        """The bytes of a file, piece by piece; those from ``start`` on; or what is answered to a body ``json``.

        Raises:
            Unavailable: the connection broke before the last byte came.
        """
        headers = {"range": f"bytes={start}-"} if start else None
        with self._stream("GET" if json is None else "POST", where, params, json=json, headers=headers) as answer:
            if start and answer.status_code != _PARTIAL:
                raise RecensionError("the server sends no part of a file", where=where)
            yield from answer.iter_bytes(1 << 20)

    @contextmanager
    def _stream(
        self,
        method: str,
        where: str,
        params: Mapping[str, str | int | None],
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        given = {name: value for name, value in params.items() if value is not None}
        try:
            with self._client.stream(method, where, params=given, json=json, headers=headers) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    _checked(answer)
                yield answer
        except httpx.TransportError as fault:
            raise self._silent() from fault

    def _send(self, request: httpx.Request, *, repeatable: bool) -> httpx.Response:
        for attempt in range(_TRIES):
            try:
                return self._client.send(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
                if attempt == _TRIES - 1:
                    raise self._silent() from fault
            except httpx.TransportError as fault:
                if not repeatable or attempt == _TRIES - 1:
                    raise self._silent() from fault
            time.sleep(_FIRST_WAIT_S * 2**attempt)
        raise self._silent()

    def _silent(self) -> Unavailable:
        return Unavailable(
            f"the server at {self._server.url} does not answer", where=self._server.url, hint="recension up"
        )


class _Body:
    """Bytes to be sent, again if need be; they are let go of by name, since requests live on in cycles for a while."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._data), _PIECE):
            yield self._data[start : start + _PIECE]

    def forget(self) -> None:
        """Hold the bytes no longer."""
        self._data = b""


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code < 400:
        return answer
    raise _fault(answer)


def _fault(answer: httpx.Response) -> RecensionError:
    """The error the server raised; a plain one when the answer is not in its shape, as that of a proxy before it."""
    try:
        body = answer.json()["error"]
        told = {"where": body.get("where"), "hint": body.get("hint")}
        if "conflicts" in body:
            fault = MergeConflicts(str(body["message"]), **told)
            fault.conflicts = tuple(map(conflict_value, body["conflicts"]))
            return fault
        kind = _CLASSES.get(body["code"], RecensionError)
        return kind(str(body["message"]), **told)
    except (ValueError, KeyError, TypeError, AttributeError):
        if answer.status_code in _LATER:
            return Unavailable(f"the server answered {answer.status_code}", where=str(answer.url.path), hint="wait")
        return RecensionError(
            f"the server answered {answer.status_code}", where=str(answer.url.path), hint="is this a Recension server?"
        )
