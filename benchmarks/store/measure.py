"""What a command costs."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.store.rivals import ENVIRONMENT

LIMIT_S: Final = 300
_SLOW: Final = 124


@dataclass(frozen=True, slots=True)
class Took:
    """CPU seconds of a process tree, the memory of its largest process, and what it printed at its end.

    ``trouble`` says why there is no figure: the command failed, or took too long.
    """

    cpu_s: float
    peak_mb: int
    said: str = ""
    trouble: str = ""


def run(line: str, place: Path) -> Took:
    """Run a line of shell."""
    # Compiled modules are kept, as they are wherever a tool is installed.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (place / "said").open("w+b") as said:
        process = subprocess.Popen(
            ["timeout", str(LIMIT_S), "bash", "-c", line],
            cwd=place, env={**kept, **ENVIRONMENT}, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(max(0, said.tell() - 400))
        end = said.read().decode(errors="replace").strip().rpartition("\n")[2]
    trouble = "" if process.returncode == 0 else f"> {LIMIT_S} s" if process.returncode == _SLOW else "failed"
    return Took(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, end, trouble)


def stored(folders: list[Path]) -> tuple[int, int]:
    """Files below some folders, and their bytes."""
    count = size = 0
    for top in folders:
        for folder, _, names in os.walk(top):
            count += len(names)
            size += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)  # noqa: PTH118
    return count, size
