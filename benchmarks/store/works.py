"""What every tool is asked to do, on files of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.store.files import MIB, big, change_every, change_one, do, images, insert, labels, patch, sample
from benchmarks.store.measure import Took, run, stored
from benchmarks.store.rivals import ALL, Tool

Found = dict[str, Took | float]
"""Step -> what it cost; for what is counted, the number."""

CHANGES: Final = 5


def many_files(tool: Tool) -> Found:
    """Take in, look, change one file and 1 %, compare, give back, read files of the oldest version."""
    found: Found = {"ingest": commit(tool, "one")}
    found["files stored"], size = stored(tool.store())
    found["MB stored"] = size / 1e6
    found["nothing changed"] = ask(tool, tool.status())
    do(sample, tool.place, ALL)
    do(change_one, tool.place / "data", 7)
    found["one file changed"] = commit(tool, "two")
    do(change_every, tool.place / "data", 100)
    found["1 % changed"] = commit(tool, "three")
    found["diff of 1 %"] = ask(tool, tool.diff("two", "three"))
    reading = tool.read("one")
    if reading is not None:
        found["1,000 reads"] = scaled(ask(tool, reading[0]), ALL / reading[1])
    found["checkout"] = ask(tool, tool.checkout("two"))
    return found


def take_in(tool: Tool) -> Found:
    """Take in only."""
    return {"ingest": commit(tool, "one")}


def changes_inside(tool: Tool) -> Found:
    """Bytes stored for each change of 1 MiB inside a large file, in place and inserted."""
    first = commit(tool, "one")
    found: Found = {"ingest": first}
    if first.trouble:
        return found
    file = next((tool.place / "data").iterdir())
    for name, change in (("patch", patch), ("insertion", insert)):
        before = stored(tool.store())[1]
        for number in range(CHANGES):
            do(change, file, number)
            took = commit(tool, f"{name}{number}")
            if took.trouble:
                return found
        found[f"MiB per {name}"] = (stored(tool.store())[1] - before) / MIB / CHANGES
    return found


def commit(tool: Tool, tag: str) -> Took:
    """Take in what is there now."""
    took = run(tool.commit(tag), tool.place)
    if not took.trouble:
        run(tool.mark(tag), tool.place)
    return took


def ask(tool: Tool, line: str | None) -> Took:
    """Run a line if the tool has one."""
    return Took(0, 0, trouble="–") if line is None else run(line, tool.place)


def scaled(took: Took, times: float) -> Took:
    """As if so many times as much had been done."""
    return Took(took.cpu_s * times, took.peak_mb, took.said, took.trouble)


def measured(kind: type[Tool], programs: dict[str, str], source: Path, work: Callable[[Tool], Found]) -> Found:
    """One tool on a copy of the files, in a place of its own."""
    place = Path(tempfile.mkdtemp(prefix="tool-", dir=source.parent))
    try:
        subprocess.run(["cp", "-r", str(source), str(place / "data")], check=True)
        tool = kind(place, programs)
        begun = run(tool.begin(), place)
        return {"ingest": begun} if begun.trouble else work(tool)
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(place)], check=False)
        shutil.rmtree(place, ignore_errors=True)


MAKERS: Final = {"labels": labels, "images": images, "big": big, "patched": big}
WORKS: Final[dict[str, Callable[[Tool], Found]]] = {
    "labels": many_files,
    "images": take_in,
    "big": take_in,
    "patched": changes_inside,
}
