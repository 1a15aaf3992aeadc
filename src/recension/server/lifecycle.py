"""From ``up`` to a clean stop: the home's lock, the port, migrations, the loops, and the way back."""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from recension.clock import Clock, SystemClock, iso
from recension.db import Tx
from recension.errors import Busy, Invalid
from recension.models import Network
from recension.server import accounts
from recension.server.app import make_app
from recension.server.backend_state import BackendState
from recension.server.callers import Callers
from recension.server.claims import Claims
from recension.server.home import ensure_home, open_home
from recension.server.home_lock import HomeLock, only_server
from recension.server.logs import log_to_home
from recension.server.loops import Loops
from recension.server.routes.people import ensure_robot, login_link
from recension.server.server_file import remove_server_file, write_server_file
from recension.server.site import Settings, Site
from recension.store.settings import Settings as Places
from recension.store.settings import read_settings

ADMINISTRATOR: Final = "admin"
BACKEND_SECRET: Final = "RECENSION_BACKEND_SECRET"  # noqa: S105  the name of a variable
LOCAL_ROBOT: Final = "local"
_GRACE_S: Final = 5
_OBJECTS_BETWEEN_LOOKS: Final = 100_000
_KEEP_ALIVE_S: Final = 60  # a client that reuses a connection just as it is closed cannot tell a lost request


@dataclass(frozen=True, slots=True)
class Started:
    """What to tell whoever started the server.

    Attributes:
        sign_in: the administrator's one-time link; None once they have signed in.
    """

    url: str
    home: Path
    sign_in: str | None


def serve(
    home: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8800,
    allow_hosts: tuple[str, ...] = (),
    places: Places | None = None,
    tell: Callable[[Started], None],
    clock: Clock | None = None,
) -> None:
    """Serve ``home`` until a signal asks to stop; ``tell`` is called once requests are answered.

    Raises:
        Busy: the home or the port is taken.
        Invalid: the home is no home and not empty, or of a newer format.
    """
    clock = clock or SystemClock()
    # a thread that computes (consensus, say) hands over sooner, so that answering waits less for it
    sys.setswitchinterval(0.001)
    is_new = ensure_home(home, places)
    with HomeLock(home), only_server(home, _give_way), _bound(host, port) as listener:
        log_to_home(home)
        store = open_home(home, clock, is_new=is_new)
        real_port = listener.getsockname()[1]
        settings = Settings(home, host, real_port, _url(host, real_port), allow_hosts)
        callers, claims = Callers(store.db, clock), Claims(store, clock)
        backends = BackendState(Network(read_settings(home).backends), os.environ.get(BACKEND_SECRET, ""))
        site = Site(settings=settings, store=store, clock=clock, callers=callers, claims=claims, backends=backends)
        token, sign_in = site.db.write(lambda tx: _first_accounts(tx, site))
        server = _Server(site, lambda: tell(Started(settings.url, home, sign_in)))
        try:
            with Loops(site):
                write_server_file(
                    home,
                    {"url": settings.url, "token": token, "pid": os.getpid(), "started": iso(clock.now_us())},
                )
                server.run(sockets=[listener])
        finally:
            site.tiles.close()
            remove_server_file(home)
            store.close()


def _give_way() -> None:
    """Stop, as if asked to: another server has taken over the database while ours was cut off from it."""
    os.kill(os.getpid(), signal.SIGTERM)


class _Server(uvicorn.Server):
    """uvicorn, telling when it answers, and ending the endless streams when it is asked to stop."""

    def __init__(self, site: Site, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                make_app(site),
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=_KEEP_ALIVE_S,
                server_header=False,
                proxy_headers=False,
            )
        )
        self._site = site
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            # What is there now stays: looking through it again and again for cycles is what large answers wait for.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 20)
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's own, except that a signal is not raised once more at the end: we have a home to close."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, previous in before.items():
                signal.signal(number, previous)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._site.news.close()
        self._site.wake.stop()
        super().handle_exit(sig, frame)


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that holds the port from now on."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as fault:
        raise Invalid(f"{host!r} is no address of this machine", where="--host", hint="127.0.0.1") from fault
    # asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is named
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            # listening at once makes a second server fail here instead of when it is about to answer
            listener.listen(2048)
        except OSError as fault:
            raise _bind_fault(fault, host, port) from fault
        yield listener


def _bind_fault(fault: OSError, host: str, port: int) -> Busy | Invalid:
    if fault.errno == errno.EADDRINUSE:
        return Busy(f"port {port} is in use", where=host, hint=f"choose another: recension up --port {port + 1}")
    if fault.errno in {errno.EACCES, errno.EPERM}:
        return Invalid(f"port {port} needs rights that this user lacks", where="--port", hint="choose one over 1023")
    return Invalid(f"cannot listen on {host}: {os.strerror(fault.errno or 0)}", where="--host", hint="127.0.0.1")


def _url(host: str, port: int) -> str:
    """An address that works on this machine."""
    name = "127.0.0.1" if host in {"0.0.0.0", "::", "localhost"} else host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _first_accounts(tx: Tx, site: Site) -> tuple[str, str | None]:
    """Token of the robot that programs of this machine's user are, and the administrator's first link."""
    ensure_robot(tx, site, LOCAL_ROBOT, ["admin"])
    token = accounts.new_token(tx, site.clock, LOCAL_ROBOT, label="server.json")
    people = [account for account in accounts.accounts(tx) if account.kind == "user" and "admin" in account.roles]
    if not people:
        accounts.add(tx, site.clock, ADMINISTRATOR, ["admin"])
        people = [accounts.named(tx, ADMINISTRATOR)]
    if any(accounts.has_signed_in(tx, person.name) for person in people):
        return token, None
    return token, login_link(site.settings.url, accounts.new_link(tx, site.clock, people[0].name))
