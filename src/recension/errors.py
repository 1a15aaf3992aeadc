"""Every error that Recension raises on purpose, grouped by what the caller would do about it.

::

    RecensionError
    ├── Invalid          change the input          (also a ValueError)
    ├── NotFound         name something that exists (also a LookupError)
    ├── AlreadyExists    take another name, or use what is there
    ├── Conflict         look at the new state and try again
    ├── Unauthenticated  sign in
    ├── Forbidden        ask someone who may
    ├── TooLarge         send less
    ├── Damaged          run ``recension fsck``
    │   └── SourceChanged    import again, or restore what a link leads to
    ├── Busy             wait, or stop the other one
    └── Unavailable      start the server

``code`` is stable and append-only: scripts and the HTTP API rely on it. Rooms raise these; ``server``, ``gateway``
and ``cli`` translate them, each by one table, into statuses and exit codes.
"""

from __future__ import annotations

from typing import ClassVar


class RecensionError(Exception):
    """Something a caller can understand and act upon.

    Args:
        message: what is wrong, one line, without a full stop.
        where: the file, line, field or address it was found at.
        hint: what to do about it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """One line: ``where: message (hint)``."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class Invalid(RecensionError, ValueError):
    """The input breaks a rule; the same call can never succeed."""

    code = "invalid"


class NotFound(RecensionError, LookupError):
    """The thing named is not there."""

    code = "not-found"


class AlreadyExists(RecensionError):
    """The name is taken."""

    code = "already-exists"


class Conflict(RecensionError):
    """The state has moved on since the caller looked at it, or forbids this step."""

    code = "conflict"


class Unauthenticated(RecensionError):
    """Nobody known is asking."""

    code = "unauthenticated"


class Forbidden(RecensionError):
    """The caller is known, and may not."""

    code = "forbidden"


class TooLarge(Invalid):
    """The input is over a stated limit."""

    code = "too-large"


class Damaged(RecensionError):
    """Stored bytes do not match their name."""

    code = "damaged"


class SourceChanged(Damaged):
    """What a link leads to is gone, or is not what was linked."""

    code = "source-changed"


class Busy(RecensionError):
    """Another process holds what is needed: a home, a port, a lock."""

    code = "busy"


class Unavailable(RecensionError):
    """A service that is needed does not answer."""

    code = "unavailable"
