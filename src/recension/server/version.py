"""The version of the installed program."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final


def _installed() -> str:
    try:
        return version("recension")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"


VERSION: Final = _installed()
