"""Runs the store and its rivals in turn on the same files, and writes docs/explanation/performance.md.

    python -m benchmarks.store [--files 100000] [--images 5000] [--mib 1024] [--folder /dev/shm] [--rounds 3]

``cp -r`` and Recension take part in every round, the others in the first.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.store.files import do, zeros
from benchmarks.store.page import FLOOR, OURS, Goal, Results, page, work_table
from benchmarks.store.rivals import TOOLS, Tool, python_tools
from benchmarks.store.works import MAKERS, WORKS, Found, measured

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "performance.md"
PATCHED_MIB: Final = 128
WARM: Final = 20
WARM_MIB: Final = 6 << 10

GOALS: Final = (
    Goal("ingest {files} files of 1 KB", "labels", "ingest", "x", 0.85),
    Goal("ingest {images} files of 100 KB", "images", "ingest", "x", 1.4),
    Goal("ingest one file of {mib} MiB", "big", "ingest", "x", 2.0),
    Goal("commit 1 change among {files}, against git", "labels", "one file changed", "x git", 1.2),
    Goal("nothing changed among {files}, against git", "labels", "nothing changed", "x git", 2.0),
    Goal("diff of 1 % of {files}, whole process", "labels", "diff of 1 %", "s", 0.06),
    Goal("checkout of {files}", "labels", "checkout", "x", 0.9),
    Goal("1,000 reads by path from an old version, in process", "labels", "1,000 reads", "ms inside", 10),
    Goal("1,000 reads, whole process", "labels", "1,000 reads", "s", 0.2),
    Goal("stored per 1 MiB patch inside 128 MiB", "patched", "MiB per patch", "MiB", 4.0),
    Goal("stored per 1 MiB insertion into 128 MiB", "patched", "MiB per insertion", "MiB", 4.0),
    Goal("files in the store after {files} labels", "labels", "files stored", "files", 30),
)

NOTES: Final = """\
restic and borg read ten files, one process for each, and the figure is a hundred times that. Oxen's Python package
has neither a comparison of two versions nor reads from an old one; its command line is on neither PyPI nor in Debian.

## What the figures are made of

- **Small files, in.** Opening, reading and closing a file of 1 KB costs more than hashing it. What makes ingest
  cheaper than a copy is that no file is made: a hundred thousand of them go into two packs, by one thread through one
  buffer.
- **Small files, out.** A file has to be made for each, as `cp` does. Beyond that, every byte is checked against its
  hash before it is written (about 0.12 × of the copy), and the stat of what was written is noted (0.06 ×), so that the
  next checkout, put or status reads nothing. A bare loop in Python that does this and nothing else takes 0.7 ×.
- **Compression.** Files from 4 KiB on are tried with zstd, by their beginning first. Smaller ones are stored as they
  are. A dictionary trained on a twentieth of 20,000 label documents makes them 4.2 times smaller, but compressing
  with it takes 2.6 µs a file and every read 1.6 µs more: 0.19 × and 0.11 × of the copy, more than
  ingest is ahead by.
- **Large files.** Every byte is hashed twice, for its chunk and for the file, whose id must not depend on where it is
  cut, and looked at once to find the cuts; with reading and writing that is the whole cost. Chunks of 1 MiB on
  average keep what a change stores small.
- **Starting.** A command takes 0.05 to 0.07 s to start, most of it Python and its standard library; with few files
  that is all one sees.
"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("files", 100_000), ("images", 5_000), ("mib", 1024), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "recension-rivals")
    parser.add_argument("--works", nargs="*", default=list(WORKS), choices=list(WORKS))
    parser.add_argument("--tools", nargs="*", help="only these; the page is not written then")
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    programs = python_tools(args.cache)
    kinds = [kind for kind in TOOLS if not args.tools or kind.name in args.tools]
    versions = {kind.name: version for kind in kinds if (version := kind(Path(), programs).version())}
    kinds = [kind for kind in kinds if kind.name in versions]
    sizes = {"labels": args.files, "images": args.images, "big": args.mib, "patched": PATCHED_MIB}
    titles = {
        "labels": f"{args.files:,} files of about 1 KB",
        "images": f"{args.images:,} files of 100 KB",
        "big": f"One file of {args.mib:,} MiB",
        "patched": f"Changes inside one file of {PATCHED_MIB} MiB",
    }
    titles = {work: title for work, title in titles.items() if work in args.works}
    place = Path(tempfile.mkdtemp(prefix="recension-bench-", dir=args.folder))
    counts = {"files": f"{args.files:,}", "images": f"{args.images:,}", "mib": f"{args.mib:,}"}
    goals = [goal._replace(text=goal.text.format(**counts)) for goal in GOALS]
    results: Results = {}
    try:
        bench = Run(kinds, programs, place)
        do(zeros, place / "zeros", WARM_MIB)
        bench.warm_up()
        for work, title in titles.items():
            results[work] = bench.work(work, sizes[work], args.rounds)
            print("\n".join(work_table(title, results[work], results, work)), flush=True)
            text = page(results, [goal for goal in goals if goal.work in results], titles, versions, NOTES)
            if not args.tools and len(args.works) == len(WORKS):
                PAGE.write_text(text, encoding="utf-8")  # so that what was measured is there if the rest is given up
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(text)


class Run(NamedTuple):
    """The tools, the programs of those from PyPI, and a folder for all they do."""

    kinds: list[type[Tool]]
    programs: dict[str, str]
    place: Path

    def work(self, work: str, size: int, rounds: int) -> dict[str, list[Found]]:
        """Every tool on the same files; the floor and ours again in every round."""
        source = self.place / work
        do(MAKERS[work], source, size)
        found: dict[str, list[Found]] = {kind.name: [] for kind in self.kinds}
        for number in range(rounds):
            for kind in self.kinds:
                if number == 0 or kind.name in {FLOOR, OURS}:
                    found[kind.name].append(measured(kind, self.programs, source, WORKS[work]))
        shutil.rmtree(source)
        return found

    def warm_up(self) -> None:
        """Let every tool do everything once with few files: programs are compiled and in memory from then on."""
        self.work("labels", WARM, 1)


if __name__ == "__main__":
    main()
