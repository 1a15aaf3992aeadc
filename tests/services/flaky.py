"""A bad line to a web service: requests arrive, answers are lost, late, cut short or refused, as a plan says."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LOSE, CUT, LATE, REFUSE = "lose", "cut", "late", "refuse"
LATE_S = 0.3
_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Plan = Callable[[str, str], str | None]
"""From method and target of a request to what befalls its answer; None: nothing."""


class FlakyLine:
    """Listens on a port of its own and hands every request on to ``port``."""

    def __init__(self, port: int) -> None:
        self.plan: Plan = lambda _method, _target: None
        self.seen: list[tuple[str, str, str | None]] = []
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            request = _read_request(client)
            if request is None:
                return
            method, target, raw = request
            fault = self.plan(method, target)
            self.seen.append((method, target, fault))
            if fault == REFUSE:
                client.sendall(_BUSY)
                return
            answer = self._ask(raw)
            if fault == LATE:
                time.sleep(LATE_S)
            if fault == CUT:
                answer = answer[: len(answer) // 2]
            if fault != LOSE:
                client.sendall(answer)

    def _ask(self, raw: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=60) as upstream:
            upstream.sendall(raw)
            return b"".join(iter(lambda: upstream.recv(1 << 20), b""))

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Nothing befalls an answer for a while."""
        plan, self.plan = self.plan, lambda _method, _target: None
        try:
            yield
        finally:
            self.plan = plan

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()


def _read_request(client: socket.socket) -> tuple[str, str, bytes] | None:
    """One request as it is to be handed on: the connection ends with its answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(1 << 16)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    parts = [body]
    missing = length - len(body)
    while missing > 0:
        more = client.recv(min(missing, 1 << 20))
        if not more:
            return None
        parts.append(more)
        missing -= len(more)
    method, target, _ = first.decode().split(" ")
    return method, target, b"\r\n".join([first, *kept, b"Connection: close", b"", b"".join(parts)])
