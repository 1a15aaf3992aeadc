"""What this machine offers to steps. Whoever starts an engine says so; nothing here looks around by itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Host:
    """Folders and programs for steps.

    Attributes:
        scratch: where datums are laid out; emptied as they finish.
        environments: the cache of virtual environments, which homes may share.
        path: the search path for commands.
        python: the interpreter that environments are made of; never the one of the program's own environment.
        hidden: folders no step may see, the home first of all.
        lang: the locale of steps.
    """

    scratch: Path
    environments: Path
    path: str = SYSTEM_PATH
    python: Path = field(default_factory=lambda: Path(sys.base_prefix) / "bin" / f"python{python_version()}")
    hidden: tuple[Path, ...] = ()
    lang: str = "C.UTF-8"


def python_version() -> str:
    """The minor version of the interpreter of environments, such as ``3.11``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
