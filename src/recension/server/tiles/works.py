"""Cutting images: each once at a time, a few side by side, by processes that end when they take too long."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from recension.errors import Invalid, RecensionError, Unavailable
from recension.server.tiles import cutting
from recension.server.tiles.pyramid import OVERVIEW_LEVEL
from recension.server.tiles.shelf import Tile, TileShelf

MOST_BYTES: Final = 4 << 30
AT_ONCE: Final = 2
PATIENCE_S: Final = 180.0
_AGAIN_S: Final = 60.0
"""What could not be cut is not tried again for so long."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """One image being cut."""

    blob: str
    fetch: Callable[[Path], None]
    overview: Future[None] = field(default_factory=Future)
    whole: Future[None] = field(default_factory=Future)


class TileWorks:
    """Squares of images, made when they are first asked for.

    Args:
        folder: where they are kept; it may be deleted at any time.
        most_bytes: kept of all images together.
        patience_s: given to one image.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, patience_s: float = PATIENCE_S) -> None:
        self._folder = folder
        self._shelf = TileShelf(folder, most_bytes)
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._cuts: dict[str, _Cut] = {}
        self._failed: dict[str, tuple[float, RecensionError]] = {}
        self._running: set[subprocess.Popen[str]] = set()
        self._threads: ThreadPoolExecutor | None = None
        self._is_closed = False

    def look(self, blob: str, level: int, x: int, y: int) -> Tile | None:
        """A square that is there already."""
        return self._shelf.look(blob, level, x, y)

    def cut(self, blob: str, level: int, fetch: Callable[[Path], None]) -> Future[None]:
        """Have the image cut; done when the squares of ``level`` are there.

        Args:
            blob: the image.
            level: which squares are waited for: those of a small scale may come early.
            fetch: writes the image to a file; called in another thread.

        Raises:
            Invalid: it could not be cut a moment ago; the future has the same.
        """
        with self._lock:
            if self._is_closed:
                raise Unavailable("the server is stopping")
            until, fault = self._failed.get(blob, (0.0, None))
            if fault is not None and time.monotonic() < until:
                raise fault
            if (cut := self._cuts.get(blob)) is None:
                cut = self._cuts[blob] = _Cut(blob, fetch)
                self._threads = self._threads or ThreadPoolExecutor(AT_ONCE, "tiles")
                self._threads.submit(self._run, cut)
        return cut.overview if level >= OVERVIEW_LEVEL else cut.whole

    def close(self) -> None:
        """End what is being cut; it is begun again when it is asked for again."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                process.kill()
            threads = self._threads
        if threads is not None:
            threads.shutdown(cancel_futures=True)
        for cut in self._cuts.values():
            self._settle(cut, Unavailable("the server is stopping"))

    def _run(self, cut: _Cut) -> None:
        fault: RecensionError | None = None
        try:
            # Between the look of whoever asked and now, it may have been finished.
            if not self._shelf.is_whole(cut.blob):
                self._make(cut)
        except RecensionError as found:
            fault = found
        except OSError as found:
            fault = Unavailable(f"large images cannot be prepared: {found.strerror}", where=str(self._folder))
        with self._lock:
            self._cuts.pop(cut.blob, None)
            if fault is not None:
                now = time.monotonic()
                self._failed = {blob: each for blob, each in self._failed.items() if each[0] > now}
                self._failed[cut.blob] = (now + _AGAIN_S, fault)
        self._settle(cut, fault)

    @staticmethod
    def _settle(cut: _Cut, fault: RecensionError | None) -> None:
        for each in (cut.overview, cut.whole):
            if not each.done():
                if fault is None:
                    each.set_result(None)
                else:
                    each.set_exception(fault)

    def _make(self, cut: _Cut) -> None:
        self._shelf.drop(cut.blob)  # half of one, from a server that was killed
        place = self._shelf.place(cut.blob)
        place.mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="work-", dir=self._folder) as work:
            source = Path(work) / "image"
            cut.fetch(source)
            why = self._process(cut, source, place, Path(work))
        if why is not None:
            self._shelf.drop(cut.blob)
            raise Invalid(f"the image cannot be shown: {why}", where=cut.blob[:16], hint="look at the file")
        self._shelf.finish(cut.blob)

    def _process(self, cut: _Cut, source: Path, place: Path, work: Path) -> str | None:
        """Run the program; why it did not do its work, where it did not."""
        command = [sys.executable, "-m", cutting.__name__, str(source), str(place)]
        said = work / "said"
        with said.open("w+", encoding="utf-8") as faults:
            process = subprocess.Popen(  # noqa: S603  our own program
                command,
                env=_environment(work),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=faults,
                text=True,
            )
            with self._watched(process) as late, process:
                assert process.stdout is not None
                for line in process.stdout:
                    if line.strip() == cutting.OVERVIEW and not cut.overview.done():
                        cut.overview.set_result(None)
        if process.returncode == 0:
            return None
        if late.is_set():
            return f"it takes over {self._patience_s:g} s"
        if process.returncode < 0:
            return "it takes too much time or memory"
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it cannot be read"

    @contextlib.contextmanager
    def _watched(self, process: subprocess.Popen[str]) -> Iterator[threading.Event]:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._patience_s, give_up)
        timer.daemon = True
        with self._lock:
            self._running.add(process)
            if self._is_closed:
                process.kill()
        timer.start()
        try:
            yield late
        finally:
            process.wait()
            timer.cancel()
            with self._lock:
                self._running.discard(process)


def _environment(work: Path) -> dict[str, str]:
    """One thread, few arenas, and temporary files where they are deleted."""
    return {**os.environ, "VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "2", "TMPDIR": str(work)}
