"""Times the store against ``cp -r`` on the same files, in CPU seconds of whole processes.

    python benchmarks/bench_store.py [--files 100000] [--folder /dev/shm] [--rounds 3]

Makes seeded label files of about 1 KB, then for every round: ``cp -r``, ``recension put``, the same put again,
a put after one change, ``ls``, ``diff``, ``checkout``; medians over the rounds. Then, within one process: the commit
of one change, its diff, and 1,000 reads by path. CPU seconds vary little from run to run, wall time with the machine.
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
from pathlib import Path

from recension.store import Put, Store

RECENSION = [sys.executable, "-m", "recension.cli.main"]


def make_files(root: Path, count: int) -> None:
    rng = random.Random(7)
    for number in range(count):
        folder = root / f"{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        boxes = [
            {"id": k, "class": rng.choice(["car", "person", "dog"]), "box": [round(rng.uniform(0, 1900), 2)] * 4}
            for k in range(rng.randrange(8, 14))
        ]
        (folder / f"{number:07d}.json").write_text(json.dumps({"image": f"{number:07d}.jpg", "objects": boxes}))


def timed(command: list[str], home: Path) -> tuple[float, float, int]:
    """CPU seconds, wall seconds and peak memory in MB of a whole process."""
    environment = {**os.environ, "RECENSION_HOME": str(home)}
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss // 1024


def one_round(root: Path, place: Path, number: int) -> dict[str, tuple[float, float, int]]:
    home, copy, out = place / "home", place / "copy", place / "out"
    for folder in (home, copy, out):
        shutil.rmtree(folder, ignore_errors=True)
    steps = {"cp -r": timed(["cp", "-r", str(root), str(copy)], home)}
    timed([*RECENSION, "repo", "create", "pool"], home)
    steps["put"] = timed([*RECENSION, "put", "pool@main", str(root)], home)
    time.sleep(0.2)
    steps["put, nothing changed"] = timed([*RECENSION, "put", "pool@main", str(root)], home)
    next(root.rglob("*.json")).write_text(f"changed {number}")
    steps["put, one file changed"] = timed([*RECENSION, "put", "pool@main", str(root)], home)
    steps["diff of the two"] = timed([*RECENSION, "diff", "pool@main^", "pool@main"], home)
    steps["ls of one folder"] = timed([*RECENSION, "ls", "pool:/0000"], home)
    steps["log"] = timed([*RECENSION, "log", "pool"], home)
    steps["checkout"] = timed([*RECENSION, "checkout", "pool", str(out)], home)
    return steps


def in_process(home: Path) -> dict[str, float]:
    """Milliseconds within one process."""
    with Store.open(home) as store:
        head = store.resolve("pool")
        paths = [entry.path for entry in store.walk(head)]
        rng, commits, diffs = random.Random(3), [], []
        for number in range(21):
            with store.upload() as upload:
                blob = upload.add_bytes(b"%d" % number)
                begun = time.perf_counter()
                changed = store.write("pool", "main", [Put(rng.choice(paths), blob, 1)], upload=upload)
                commits.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            list(store.diff(head, changed))
            diffs.append(time.perf_counter() - begun)
            head = changed
        begun = time.perf_counter()
        for path in rng.sample(paths, min(1000, len(paths))):
            store.read_bytes(head, path)
        reads = time.perf_counter() - begun
    return {
        "commit of one change": 1000 * statistics.median(commits),
        "diff of one change": 1000 * statistics.median(diffs),
        "1,000 reads by path": 1000 * reads,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="recension-bench-", dir=args.folder))
    try:
        root = place / "files"
        make_files(root, args.files)
        size = sum(path.stat().st_size for path in root.rglob("*.json"))
        print(f"{args.files:,} files, {size / 1e6:.1f} MB, Python {platform.python_version()}, {os.cpu_count()} cores")
        rounds = [one_round(root, place, number) for number in range(args.rounds)]
        base = statistics.median(steps["cp -r"][0] for steps in rounds)
        print(f"{'step':24} {'CPU s':>7} {'x cp':>6} {'wall s':>7} {'peak MB':>8}")
        for name in rounds[0]:
            cpu = statistics.median(steps[name][0] for steps in rounds)
            wall = statistics.median(steps[name][1] for steps in rounds)
            peak = max(steps[name][2] for steps in rounds)
            print(f"{name:24} {cpu:7.2f} {cpu / base:6.2f} {wall:7.2f} {peak:8}")
        stored = [path for path in (place / "home").rglob("*") if path.is_file()]
        print(f"stored: {len(stored)} files, {sum(path.stat().st_size for path in stored) / 1e6:.1f} MB")
        for name, took in in_process(place / "home").items():
            print(f"in process: {name}: {took:.1f} ms")
        print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
