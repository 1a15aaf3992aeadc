"""Times the store on a repo of ten million files, within one process, and says how much memory that took.

    python benchmarks/bench_ten_million.py [--files 10000000] [--folder /dev/shm] [--rounds 10]

The repo has folders of a thousand files; its manifest is real, its blobs are not there, but for those that a step puts.
Every step runs in a process of its own on a home of its own copy of the database; its work is repeated, and the table
has the least and the median of the times (other work on the machine only ever adds), the least processor time of the
whole process with all its threads, and the peak of resident memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from recension.slotted import replace
from recension.store import Commit, Delete, Put, Store
from recension.store.edits import Edits, plain_style
from recension.store.folding import fold
from recension.store.merging import draft_of
from recension.store.node import NO_MD5, NO_TIME, LeafRow
from recension.store.on_head import Place
from recension.store.tree_write import build
from recension.store.trees import Spill, keep_nodes

FOLDER = 1000
"""Files in a folder."""


def path_of(number: int) -> str:
    return f"/{number // FOLDER:05d}/{number:07d}.json"


def rows(files: int) -> Iterator[LeafRow]:
    rng, style = random.Random(5), plain_style(0o644, "application/json")
    for start in range(0, files, FOLDER):
        blobs = rng.randbytes(32 * FOLDER)
        for at in range(FOLDER):
            key = path_of(start + at).encode()
            yield key, blobs[32 * at : 32 * at + 32], 1000 + at, style, NO_TIME, NO_MD5


def make(home: Path, files: int) -> None:
    """A home with a repo of so many files."""
    with Store.create(home) as store, store.upload() as upload:
        store.create_repo("pool")
        spill = Spill(store, upload)
        made = build(rows(files), spill)
        spill.flush()
        keep_nodes(store, upload, made.nodes)
        store.land(replace(draft_of(Place("pool", "main"), Edits(), "", "", {}), made=made), upload)


class Clock:
    """Times of the repetitions of one work."""

    def __init__(self) -> None:
        self.walls: list[float] = []
        self.cpus: list[float] = []

    def time(self, work: Callable[[], object]) -> object:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.cpus.append(time.process_time() - cpu)
        self.walls.append(time.perf_counter() - wall)
        return result


class Bench:
    """A store, and what was timed in it."""

    def __init__(self, store: Store, rounds: int) -> None:
        self.store = store
        self.rounds = rounds
        self.clocks: dict[str, Clock] = {}
        self.rng = random.Random(11)
        head = store.head("pool")
        assert head is not None
        self.first = self.head = head

    def timed(self, name: str, work: Callable[[], object]) -> object:
        return self.clocks.setdefault(name, Clock()).time(work)

    def some(self, count: int) -> list[str]:
        return [path_of(number) for number in self.rng.sample(range(self.first.files), count)]

    def commit(self, name: str, changes: list[Put | Delete], upload: object = None) -> Commit:
        before = self.head
        made = self.timed(name, lambda: self.store.write("pool", "main", changes, upload=upload))  # type: ignore[arg-type]
        assert isinstance(made, Commit)
        self.head = made
        found = self.timed(f"diff of the ends: {name}", lambda: sum(1 for _ in self.store.diff(before, made)))
        assert found == made.added + made.changed + made.removed
        return made

    def puts(self, paths: list[str]) -> list[Put | Delete]:
        with self.store.upload() as upload:
            data = b"%d" % self.rng.getrandbits(60)
            blob = upload.add_bytes(data)
        return [Put(path, blob, len(data)) for path in paths]


def one_file(bench: Bench) -> None:
    for _ in range(bench.rounds):
        bench.commit("commit of one change", bench.puts(bench.some(1)))
    for number in range(bench.rounds):
        bench.commit("commit of one new file", bench.puts([f"/{number * 97:05d}/new{number}.json"]))


def scattered(bench: Bench) -> None:
    for _ in range(bench.rounds):
        bench.commit("commit of 1,000 scattered changes", bench.puts(bench.some(1000)))


def scattered_new(bench: Bench) -> None:
    for number in range(bench.rounds):
        paths = [f"{path[:-5]}-{number}.json" for path in bench.some(1000)]
        bench.commit("commit of 1,000 scattered new files", bench.puts(paths))


def one_file_over_delta(bench: Bench) -> None:
    for _ in range(8):
        bench.store.write("pool", "main", bench.puts(bench.some(1000)))
    bench.head = bench.store.resolve("pool")
    for _ in range(bench.rounds):
        bench.commit("commit of one change, 8,000 rows beside the tree", bench.puts(bench.some(1)))


def everywhere(bench: Bench) -> None:
    """More than may lie beside a tree: nearly every leaf is written anew."""
    bench.commit("commit of 100,000 scattered changes", bench.puts(bench.some(100_000)))


def folding(bench: Bench) -> None:
    for _ in range(3):
        made = bench.store.write("pool", "main", bench.puts(bench.some(1000)))
        bench.timed("fold of 1,000 scattered changes", lambda made=made: fold(bench.store, made))


def looking(bench: Bench, layout: str = "") -> None:
    store, head = bench.store, bench.store.resolve("pool")
    last = head.files // FOLDER
    for number in range(bench.rounds):
        at = (number * 1237) % max(1, last - 1000)
        bench.timed(
            f"page of 1,000 folders{layout}", lambda at=at: list(store.ls(head, "/", after=f"/{at:05d}", limit=1000))
        )
        bench.timed(f"page of 1,000 files{layout}", lambda at=at: list(store.ls(head, f"/{at:05d}", limit=1000)))
        bench.timed(f"size of a folder{layout}", lambda at=at: store.folder(head, f"/{at:05d}"))
        bench.timed(f"size of everything{layout}", lambda: store.folder(head))


def looking_over_delta(bench: Bench) -> None:
    for _ in range(8):
        bench.store.write("pool", "main", bench.puts(bench.some(1000)))
    looking(bench, ", 8,000 rows beside the tree")


def reading(bench: Bench) -> None:
    """1,000 files of about 1 KB, scattered over the repo, from a version that is not the head."""
    store = bench.store
    paths = bench.some(1000)
    with store.upload() as upload:
        changes = []
        for path in paths:
            data = bench.rng.randbytes(900)
            changes.append(Put(path, upload.add_bytes(data), len(data)))
        old = store.write("pool", "main", changes, upload=upload)
    store.write("pool", "main", bench.puts(bench.some(1)))
    for _ in range(bench.rounds):
        bench.timed(
            "1,000 reads by path, one by one, from a delta",
            lambda: [store.read_bytes(old, path) for path in paths],
        )
    for _ in range(bench.rounds):
        bench.timed("1,000 reads by path, together, from a delta", lambda: list(store.read_many(old, paths)))


STEPS: dict[str, Callable[[Bench], None]] = {
    "one file": one_file,
    "scattered": scattered,
    "scattered new": scattered_new,
    "one file over a delta": one_file_over_delta,
    "everywhere": everywhere,
    "folding": folding,
    "looking": looking,
    "looking over a delta": looking_over_delta,
    "reading": reading,
}


def run_step(name: str, home: Path, rounds: int) -> None:
    with Store.open(home) as store:
        bench = Bench(store, rounds)
        STEPS[name](bench)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for what, clock in bench.clocks.items():
        figures = [1000 * f for f in (min(clock.walls), statistics.median(clock.walls), min(clock.cpus))]
        print(json.dumps([what, *figures, peak]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", action="append", choices=list(STEPS))
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help="a home of an earlier run with --keep")
    parser.add_argument("--keep", action="store_true", help="leave the home there")
    args = parser.parse_args()
    if args.step:
        run_step(args.step[0], Path(args.step[1]), args.rounds)
        return
    place = Path(tempfile.mkdtemp(prefix="recension-bench-", dir=args.folder))
    home = args.home or place / "home"
    try:
        if args.home is None:
            make(home, args.files)
        print(f"{args.files:,} files, Python {platform.python_version()}, {os.cpu_count()} cores")
        print(f"{'work':62} {'least':>9} {'median':>9} {'CPU':>9} {'peak MB':>8}")
        for name in args.only or STEPS:
            copy = place / "copy"
            shutil.copytree(home, copy)
            command = [sys.executable, __file__, "--rounds", str(args.rounds), "--step", name, str(copy)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            for line in done.stdout.splitlines():
                what, least, median, cpu, peak = json.loads(line)
                print(f"{what:62} {least:6.2f} ms {median:6.2f} ms {cpu:6.2f} ms {peak:8}", flush=True)
            shutil.rmtree(copy)
        if args.keep:
            print(f"kept: {home}")
    finally:
        if not args.keep:
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
