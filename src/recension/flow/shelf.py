"""What the datums of a job read beyond their inputs: laid out once, then handed to each that asks."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from blake3 import blake3

from recension.errors import Conflict
from recension.flow.layout import lay_out_entry
from recension.flow.reads import Read
from recension.ids import parse_address
from recension.store import Store

_NAME_BYTES: Final = 16


class Shelf:
    """Folders with the files of addresses; safe to share between threads.

    Args:
        store: where the files are.
        folder: where to lay them out; whoever made it removes it.
        share: whether a datum gets the very files (it must not be able to write to them) or copies.
    """

    def __init__(self, store: Store, folder: Path, *, share: bool) -> None:
        self._store = store
        self._folder = folder
        self._copy: Callable[[str, str], object] = os.link if share else shutil.copy
        self._lock = threading.Lock()

    def take(self, read: Read, target: Path, over: threading.Event) -> str:
        """Put the files of an address below ``target``; return where in there the address points to.

        Raises:
            Conflict: ``over`` was set meanwhile.
        """
        with self._lock:
            source = self._laid_out(read, over)
        shutil.copytree(source, target, symlinks=True, copy_function=self._copy)
        return (parse_address(read.address).path or "").lstrip("/")

    def _laid_out(self, read: Read, over: threading.Event) -> Path:
        folder = self._folder / blake3(read.address.encode()).hexdigest(_NAME_BYTES)
        if folder.exists():
            return folder
        assert read.commit is not None
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for entry in self._store.walk(self._store.commit(read.commit), prefix=parse_address(read.address).path or "/"):
            if over.is_set():
                raise Conflict("the step has ended", where=read.address)
            lay_out_entry(self._store, entry, draft)
        draft.rename(folder)
        return folder
