"""What went wrong, as one line on standard error and an exit code."""

from __future__ import annotations

import sys
from typing import Final

from recension.errors import (
    AlreadyExists,
    Busy,
    Conflict,
    Damaged,
    Forbidden,
    Invalid,
    NotFound,
    RecensionError,
    Unauthenticated,
    Unavailable,
)

EXIT_CODES: Final[tuple[tuple[type[RecensionError], int], ...]] = (
    (Invalid, 2),
    (Unavailable, 3),
    (NotFound, 4),
    (Conflict, 5),
    (AlreadyExists, 5),
    (Damaged, 6),
    (Forbidden, 7),
    (Unauthenticated, 7),
    (Busy, 8),
)
EXIT_OTHER: Final = 1
EXIT_DEFECT: Final = 70


def exit_code(error: RecensionError) -> int:
    """The exit code for an error of this kind."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), EXIT_OTHER)


def report_error(error: RecensionError) -> int:
    """Print the error; return its exit code."""
    print(f"recension: {one_line(str(error))}", file=sys.stderr)
    return exit_code(error)


def report_defect(error: Exception) -> int:
    """Keep the details of an unexpected error in a file and say where; return the exit code."""
    # Loaded only when needed: they cost a tenth of a short command.
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    file = Path(tempfile.gettempdir()) / f"recension-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
    file.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    name = type(error).__name__
    print(f"recension: {one_line(f'{name}: {error}')} (a defect; details are in {file})", file=sys.stderr)
    return EXIT_DEFECT


def one_line(text: str) -> str:
    """The text without line breaks, so that one error is one line."""
    return " ".join(text.split())
