"""What the loops could not do, and when each thing is to be tried again.

One project's or pipeline's trouble never stops the others': it is noted here, logged, and tried again after a wait that
doubles up to a minute. Nothing of this is stored: after a restart everything is tried at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from recension.errors import RecensionError

logger = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that fails; ``tries`` counts how often in a row."""

    subject: tuple[str, ...]
    text: str
    tries: int
    again_at: float


class Troubles:
    """Troubles by subject, such as ``("project", "clickbait", "main")``."""

    def __init__(self) -> None:
        self._by_subject: dict[tuple[str, ...], Trouble] = {}
        self._lock = threading.Lock()

    def all(self) -> list[Trouble]:
        """Every present trouble."""
        with self._lock:
            return list(self._by_subject.values())

    def is_due(self, *subject: str) -> bool:
        """Whether the subject has no trouble, or has waited long enough to be tried again."""
        with self._lock:
            trouble = self._by_subject.get(subject)
            return trouble is None or trouble.again_at <= time.monotonic()

    def tries(self, *subject: str) -> int:
        """How often in a row the subject has failed."""
        with self._lock:
            trouble = self._by_subject.get(subject)
            return 0 if trouble is None else trouble.tries

    def forget(self, *subject: str) -> None:
        """There is nothing more to be done about it."""
        with self._lock:
            self._by_subject.pop(subject, None)

    def attempt(self, subject: tuple[str, ...], work: Callable[[], object]) -> bool:
        """Do ``work``; note what goes wrong instead of raising it. Whether it went well."""
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is this subject's alone; logged and shown
            self._note(subject, fault)
            return False
        self.forget(*subject)
        return True

    def _note(self, subject: tuple[str, ...], fault: Exception) -> None:
        with self._lock:
            before = self._by_subject.get(subject)
            tries = 1 if before is None else before.tries + 1
            wait_s = min(_FIRST_WAIT_S * 2 ** min(tries - 1, 10), _LONGEST_WAIT_S)
            text = str(fault) if isinstance(fault, RecensionError) else f"{type(fault).__name__}: {fault}"
            self._by_subject[subject] = Trouble(subject, text, tries, time.monotonic() + wait_s)
        # The whole traceback once; a trouble that goes on says so in one line.
        shown = fault if tries == 1 and not isinstance(fault, RecensionError) else None
        logger.warning("loop trouble", exc_info=shown, extra={"subject": list(subject), "text": text, "tries": tries})
