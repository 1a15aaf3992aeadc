"""Which machines the server may talk to on behalf of people.

Whoever may add a backend chooses an address that the server then calls: without a rule, that is a way into the network
behind it. So an address outside of the public internet (loopback, private, link-local, ...) is refused unless the
operator has listed it, every address that a name resolves to counts, and the connection goes to the very address that
was checked.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from recension.errors import Forbidden, Invalid, Unavailable

Resolve = Callable[[str, int], Sequence[str]]
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes.

    Args:
        origin: scheme, address and port to connect to.
        path: of the backend on that server, without a ``/`` at its end.
        host: for the ``Host`` header and for TLS.
        name: host without port, for TLS.
    """

    origin: str
    path: str
    host: str
    name: str


def resolve_host(host: str, port: int) -> list[str]:
    """Every address of a host.

    Raises:
        Unavailable: it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"no such host: {error.strerror or error}", where=host) from error
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class Network:
    """The operator's rule.

    Args:
        allowed: origins (``http://host:port``) that may be called although they are not public.
        resolve: host and port → addresses.
    """

    allowed: tuple[str, ...] = ()
    resolve: Resolve = resolve_host

    def place(self, url: str) -> Place:
        """Where a backend's URL leads, when it may be called.

        Raises:
            Invalid: it is no http or https URL, or holds a user name.
            Forbidden: it leads to an address that is not public, and the operator has not listed it.
            Unavailable: its host has no address.
        """
        scheme, host, port, path = _parts(url)
        origin = f"{scheme}://{_bracketed(host)}:{port}"
        addresses = self.resolve(host, port)
        if not addresses:
            raise Unavailable("no such host", where=host)
        if origin not in {_normal(each) for each in self.allowed}:
            for address in addresses:
                if not ipaddress.ip_address(address.partition("%")[0]).is_global:
                    hint = f"an operator may allow it in settings.yaml: backends: [{origin}]"
                    raise Forbidden("the address is not public", where=url, hint=hint)
        shown = _bracketed(host) if port == _PORTS[scheme] else f"{_bracketed(host)}:{port}"
        return Place(f"{scheme}://{_bracketed(addresses[0])}:{port}", path, shown, host)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise Invalid(f"no URL: {error}", where=url) from error
    if scheme not in _PORTS or not host or parts.username is not None or parts.query or parts.fragment:
        raise Invalid("no URL of a backend", where=url, hint="write http://host:port or https://host/path")
    return scheme, host, port or _PORTS[scheme], parts.path.rstrip("/")


def _normal(origin: str) -> str:
    scheme, host, port, _ = _parts(origin)
    return f"{scheme}://{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
