"""A line to a server that can be cut at a chosen moment."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

PASS, CUT_BEFORE, CUT_AFTER = "pass", "cut before", "cut after"

Watch = Callable[[bytes], str]
"""From what a client sends to what befalls it: it passes; the line is cut before it arrives, or before its answer."""


class Relay:
    """Listens on a port of its own and hands everything on to ``port``."""

    def __init__(self, port: int) -> None:
        self.watch: Watch = lambda _data: PASS
        self.open = True
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if not self.open:
                return
            with socket.create_connection(("127.0.0.1", self._upstream)) as server:
                answering = threading.Event()
                answering.set()
                back = threading.Thread(target=_answers, args=(server, client, answering), daemon=True)
                back.start()
                while data := client.recv(1 << 16):
                    fate = self.watch(data)
                    if fate == CUT_BEFORE:
                        break
                    if fate == CUT_AFTER:
                        answering.clear()
                        server.sendall(data)
                        back.join(5)  # the server has done it when its answer comes
                        break
                    server.sendall(data)

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()


def _answers(server: socket.socket, client: socket.socket, wanted: threading.Event) -> None:
    with suppress(OSError):
        while data := server.recv(1 << 16):
            if not wanted.is_set():
                return
            client.sendall(data)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
