"""Chance that can be repeated: every draw depends on what it is for, never on what was drawn before.

So a worker decides the same about a task whoever else is there, in whatever order the work comes, and when the whole
run is done over.
"""

from __future__ import annotations

import json
import random
import uuid
from typing import Final

from blake3 import blake3

_SPACE: Final = uuid.UUID("4f1d9a52-6f0e-5c0b-9a55-5a1b9d2b7c11")


def draws(*purpose: object) -> random.Random:
    """A generator of its own for one purpose; equal purposes give equal draws."""
    digest = blake3(_text(purpose).encode()).digest()
    return random.Random(int.from_bytes(digest[:16], "big"))  # noqa: S311 - a simulation, not a secret


def stable_id(*purpose: object) -> str:
    """A UUID of its own for one purpose; equal purposes give equal ids."""
    return str(uuid.uuid5(_SPACE, _text(purpose)))


def _text(purpose: tuple[object, ...]) -> str:
    return json.dumps(purpose, ensure_ascii=True, separators=(",", ":"))
