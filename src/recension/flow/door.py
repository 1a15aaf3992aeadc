"""How a running step asks for versions that are not among its inputs.

The engine listens on a socket in the datum's own folder, which the step sees as ``/pfs/.recension/engine``; it needs
no network. A question is one line of JSON, ``{"get": address}``, and so is the answer: ``{"path": …}`` relative to
that folder, or ``{"error": code, "message": …}``. What was asked for appears below ``/pfs/.recension/get``.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from recension.errors import Invalid, NotFound, RecensionError
from recension.flow.pins import Pins
from recension.flow.reads import NOTHING, Read
from recension.flow.sandbox import Place
from recension.flow.shelf import Shelf
from recension.ids import parse_address

DOOR: Final = ".recension/engine"
"""Where the socket is below ``/pfs``."""
_GET: Final = "get"
_MAX_QUESTION: Final = 16 << 10


class Door:
    """Answers one datum's questions while it is entered, and keeps what was read.

    Whoever watches the step calls :meth:`answer` when somebody knocks at ``listening``; a step that never asks costs no
    thread.
    """

    def __init__(self, place: Place, pins: Pins, shelf: Shelf) -> None:
        self._folder = (place.pfs / DOOR).parent
        self._pins = pins
        self._shelf = shelf
        self._given: dict[str, str] = {}
        self._reads: dict[str, Read] = {}
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[tuple[threading.Thread, socket.socket]] = []
        self.listening = socket.socket(socket.AF_UNIX)

    @property
    def reads(self) -> tuple[Read, ...]:
        """What was asked for so far, by address; also what was not there."""
        return tuple(self._reads[address] for address in sorted(self._reads))

    def __enter__(self) -> Self:
        (self._folder / _GET).mkdir(parents=True, exist_ok=True)
        self.listening.setblocking(False)
        # A socket's address holds 108 bytes: a long path is given as one below an open folder.
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.listening.bind(f"/proc/self/fd/{folder}/{DOOR.rpartition('/')[2]}")
        finally:
            os.close(folder)
        self.listening.listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self.listening.close()
        for thread, line in self._calls:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            thread.join()

    def answer(self) -> None:
        """Take a call; it is answered by a thread of its own."""
        with suppress(OSError):
            line, _ = self.listening.accept()
            line.setblocking(True)
            thread = threading.Thread(target=self._serve, args=(line,), name="door", daemon=True)
            self._calls = [*((one, its) for one, its in self._calls if one.is_alive()), (thread, line)]
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.sendall(json.dumps(self._answer(_question(line))).encode() + b"\n")

    def _answer(self, question: bytes) -> dict[str, str]:
        try:
            address = _address(question)
            with self._lock:
                return {"path": self._path(address)}
        except RecensionError as error:
            return {"error": error.code, "message": str(error)}
        except OSError as error:
            return {"error": "unavailable", "message": f"the machine refused: {error}"}

    def _path(self, text: str) -> str:
        read = self._pins.read(text)
        self._reads[read.address] = read
        if read.content == NOTHING:
            raise _missing(read)
        if read.address not in self._given:
            folder = f"{_GET}/{len(self._given) + 1}"
            inner = self._shelf.take(read, self._folder / folder, self._over)
            self._given[read.address] = f"{folder}/{inner}" if inner else folder
        return self._given[read.address]


def _question(line: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\n") and len(found) < _MAX_QUESTION:
        piece = line.recv(_MAX_QUESTION)
        if not piece:
            break
        found += piece
    return found


def _address(question: bytes) -> str:
    try:
        found = json.loads(question)["get"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, str):
        raise Invalid("this is no question", hint='send {"get": "repo@ref"} and a line feed')
    return found


def _missing(read: Read) -> NotFound:
    address = parse_address(read.address)
    repo = read.address.removesuffix("" if address.path is None else f":{address.path}")
    if read.commit is None:
        return NotFound(f"there is no {repo}", where=read.address, hint="a branch, a tag or a commit of a repo")
    return NotFound(f"no such path in {repo}", where=str(address.path), hint=f"recension ls {repo}")
