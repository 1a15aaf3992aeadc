"""Runs the store and its rivals in turn on the same files, and writes docs/explanation/performance.md.

    python -m benchmarks.store [--files 100000] [--images 5000] [--mib 1024] [--folder /dev/shm] [--rounds 1]

CPU seconds of whole process trees; ratios to ``cp -r`` of the same files in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.store.rivals import ENVIRONMENT, TOOLS, Tool, python_tools

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "performance.md"
LIMIT_S: Final = 400


class Took(NamedTuple):
    """CPU seconds of a process tree and the memory of its largest process."""

    cpu: float
    peak_mb: int


def labels(place: Path, count: int) -> None:
    """Files of about 1 KB of JSON, 1,000 to a folder."""
    rng = random.Random(7)
    for number in range(count):
        folder = place / f"{number // 1000:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        boxes = [
            {"id": part, "class": rng.choice(["car", "person", "dog"]), "box": [round(rng.uniform(0, 1900), 2)] * 4}
            for part in range(rng.randrange(8, 14))
        ]
        (folder / f"{number:07d}.json").write_text(json.dumps({"image": f"{number:07d}.jpg", "objects": boxes}))


def images(place: Path, count: int) -> None:
    """Files of 100 KB that cannot be compressed."""
    rng = random.Random(8)
    for number in range(count):
        folder = place / f"{number // 250:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:07d}.jpg").write_bytes(rng.randbytes(100_000))


def big(place: Path, mib: int) -> None:
    """One file that cannot be compressed."""
    rng = random.Random(9)
    place.mkdir(parents=True)
    with (place / "big.bin").open("wb") as file:
        for _ in range(mib):
            file.write(rng.randbytes(1 << 20))


def run(line: str, place: Path) -> Took | None:
    """Run a line of shell; None when it fails or takes too long."""
    process = subprocess.Popen(
        ["timeout", str(LIMIT_S), "bash", "-c", line],
        cwd=place, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return None if process.returncode else Took(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def many_files(tool: Tool) -> dict[str, Took | None]:
    """Take in, look, change 1 %, compare, give back."""
    found: dict[str, Took | None] = {"ingest": run(tool.commit("one"), tool.place)}
    steps = {"nothing changed": tool.status()}
    for name, line in steps.items():
        found[name] = run(line, tool.place) if line else None
    files = sorted((tool.place / "data").rglob("*.json"))
    files[0].write_text("{}")
    found["one file changed"] = run(tool.commit("two"), tool.place)
    for path in files[::100]:
        path.write_text(json.dumps({"changed": path.name}))
    run(tool.commit("three"), tool.place)
    for name, line in {"diff of 1 %": tool.diff("two", "three"), "checkout": tool.checkout("three")}.items():
        found[name] = run(line, tool.place) if line else None
    return found


def take_in(tool: Tool) -> dict[str, Took | None]:
    """Take in only."""
    return {"ingest": run(tool.commit("one"), tool.place)}


def measure(
    kind: type[Tool], source: Path, work: Callable[[Tool], dict[str, Took | None]], programs: dict[str, str]
) -> dict[str, Took | None]:
    """One tool on a copy of the files, in a place of its own."""
    place = Path(tempfile.mkdtemp(prefix="tool-", dir=source.parent))
    try:
        subprocess.run(["cp", "-r", str(source), str(place / "data")], check=True)
        tool = kind(place, programs)
        if run(tool.begin(), place) is None:
            return {}
        return work(tool)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def table(title: str, results: dict[str, list[dict[str, Took | None]]]) -> list[str]:
    """Lines of Markdown: a row for each tool, a column for each step."""
    steps = list(results["cp -r"][0])
    floor = statistics.median(found["ingest"].cpu for found in results["cp -r"] if found["ingest"])
    heads = " | ".join(steps)
    lines = [f"### {title}", "", f"| tool | {heads} | peak MB |", "| --- |" + " ---: |" * (len(steps) + 1)]
    for name, rounds in results.items():
        cells, peak = [], 0
        for step in steps:
            took = [found[step] for found in rounds if found.get(step)]
            cpu = statistics.median(t.cpu for t in took if t) if took else None
            peak = max([peak, *(t.peak_mb for t in took if t)])
            cells.append("–" if cpu is None else f"{cpu:.2f} s ({cpu / floor:.2f} ×)")
        lines.append(f"| {name} | {' | '.join(cells)} | {peak or '–'} |")
    return [*lines, ""]


INTRODUCTION: Final = """\
# Performance

The store beside the tools that people would otherwise take: the same generated files, the same machine, one tool after
the other. CPU seconds of the whole process tree, start of the program included, and in brackets the ratio to `cp -r` of
the same files in the same run; – where a tool has no such command, failed, or took too long. Files and stores lie in
memory (tmpfs), where flushing to disk is free. Peak memory is that of the largest process.
"""


def page(versions: dict[str, str], tables: list[str]) -> str:
    """The whole page."""
    with Path("/proc/cpuinfo").open() as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    machine = f"Machine: {os.cpu_count()} × {model}, Python {platform.python_version()}."
    tools = [f"- {name}: {version}" for name, version in versions.items()]
    closing = "`make bench-store` measures again and writes this page."
    return "\n".join([INTRODUCTION, machine, "", *tools, "", *tables, closing, ""])


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("files", 100_000), ("images", 5_000), ("mib", 1024), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "recension-rivals")
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    programs = python_tools(args.cache)
    versions = {kind.name: version for kind in TOOLS if (version := kind(Path(), programs).version())}
    place = Path(tempfile.mkdtemp(prefix="recension-bench-", dir=args.folder))
    lines: list[str] = []
    try:
        for title, make, count, work in (
            (f"{args.files:,} files of about 1 KB", labels, args.files, many_files),
            (f"{args.images:,} files of 100 KB", images, args.images, take_in),
            (f"One file of {args.mib:,} MiB", big, args.mib, take_in),
        ):
            source = place / make.__name__
            make(source, count)
            kinds = [kind for kind in TOOLS if kind.name in versions]
            results = {kind.name: [measure(kind, source, work, programs) for _ in range(args.rounds)] for kind in kinds}
            shutil.rmtree(source)
            lines += table(title, results)
            print("\n".join(table(title, results)), flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    PAGE.write_text(page(versions, lines))


if __name__ == "__main__":
    main()
