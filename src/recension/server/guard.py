"""What every request passes before any route sees it: Host, Origin, size; and the headers every answer carries.

Host: a page of another site may let its name point at this machine (DNS rebinding) and then talk to us as its own
server. Its requests still carry its own name in ``Host``, so names we do not answer to are refused.
Origin: browsers send it with every request that changes something. It must be our own. Requests that carry a cookie
and change something must prove it; programs with a bearer token have nothing that another site could borrow.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recension.errors import Forbidden, Invalid, RecensionError, TooLarge
from recension.server.faults import envelope, status_of

MAX_BODY: Final = 8 * 1024 * 1024
MAX_UPLOAD: Final = 64 * 1024**3
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SAME_SITE: Final = frozenset({"same-origin", "none", ""})

SECURITY_HEADERS: Final[Mapping[bytes, bytes]] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}


class Guard:
    """ASGI middleware around the whole app.

    Args:
        hosts: names this server answers to, without port, lower case.
        cookie: name of the session cookie.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], cookie: str) -> None:
        self._app = app
        self._hosts = frozenset(hosts) | LOOPBACK_NAMES
        self._cookie = cookie.encode() + b"="

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])  # of repeated headers the last one counts; Host and Origin never repeat
        try:
            self._check_host(scope["headers"])
            self._check_origin(scope, headers)
            limit = MAX_UPLOAD if scope["path"].endswith("/upload") else MAX_BODY
            _check_length(headers, limit)
        except RecensionError as refusal:
            await _refuse(send, refusal)
            return
        await self._app(scope, _counted(receive, limit), _with_headers(send))

    def _check_host(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            raise Invalid("a request needs one Host header", where="Host")
        name = host_name(hosts[0].decode("latin-1"))
        if name not in self._hosts:
            raise Forbidden(
                f"this server does not answer to {name!r}", where="Host", hint=f"recension up --allow-host {name}"
            )

    def _check_origin(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        changes = scope["method"] not in _SAFE_METHODS
        has_cookie = self._cookie in headers.get(b"cookie", b"")
        origin = headers.get(b"origin")
        fetched_from = headers.get(b"sec-fetch-site", b"").decode("latin-1")
        if origin is not None:
            if origin.decode("latin-1").partition("://")[2].lower() != headers[b"host"].decode("latin-1").lower():
                raise Forbidden("this request comes from another site", where="Origin")
        elif changes and has_cookie and fetched_from != "same-origin":
            raise Forbidden("this request does not say where it comes from", where="Origin")
        navigates = not changes and headers.get(b"sec-fetch-mode") == b"navigate"
        if fetched_from not in _SAME_SITE and not navigates:
            raise Forbidden("this request comes from another site", where="Sec-Fetch-Site")


def host_name(host: str) -> str:
    """The name in a Host header, without port, lower case; IPv6 keeps its brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def hosts_for(bind: str, allowed: Iterable[str]) -> frozenset[str]:
    """The names a server bound to ``bind`` answers to, besides the loopback names."""
    names = {host_name(name) for name in allowed}
    try:
        address = ipaddress.ip_address(bind)
    except ValueError:
        return frozenset(names | {bind.lower()})
    if not address.is_unspecified:
        names.add(f"[{address}]" if address.version == 6 else str(address))
    return frozenset(names)


def _check_length(headers: Mapping[bytes, bytes], limit: int) -> None:
    text = headers.get(b"content-length", b"0")
    if not text.isdigit():
        raise Invalid("Content-Length is no number", where="Content-Length")
    if int(text) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"a request body may have at most {limit:,} bytes", hint="send less at once")


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # FastAPI turns every error while it reads a body into a 400, except this one
            fault = _too_large(limit)
            raise HTTPException(status_of(fault), detail=envelope(fault)["error"])
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(name, value) for name, value in SECURITY_HEADERS.items() if name not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return guarded


async def _refuse(send: Send, refusal: RecensionError) -> None:
    body = json.dumps(envelope(refusal)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *SECURITY_HEADERS.items(),
    ]
    await send({"type": "http.response.start", "status": status_of(refusal), "headers": headers})
    await send({"type": "http.response.body", "body": body})
