"""Times single puts in process: staged, read back through the branch, committed as a group, and each as a commit.

    python benchmarks/bench_staging.py [--files 100000] [--puts 1000] [--folder /dev/shm]

The branch has ``--files`` files before; puts fall in folders all over it. Medians in wall milliseconds, with the flush.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from recension.store import Put, Store
from recension.store.on_head import Place
from recension.store.staging import set_mode, stage_put

MAIN = Place("pool", "main")


def median_ms(work: Callable[[int], object], times: int) -> float:
    spent = []
    for number in range(times):
        begun = time.perf_counter()
        work(number)
        spent.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(spent)


def show(what: str, value_ms: float) -> None:
    print(f"{what:52} {value_ms:8.2f} ms")


def fill(store: Store, files: int) -> None:
    store.create_repo("pool")
    with store.upload() as upload:
        blob = upload.add_bytes(b"x" * 100)
        puts = [Put(f"/d{number // 1000:05d}/{number:07d}", blob, 100) for number in range(files)]
        store.write("pool", "main", puts, upload=upload)
    set_mode(store, MAIN, changes=10_000)


def measure(store: Store, files: int, puts: int) -> None:
    folders = max(files // 1000, 1)

    def put(number: int, name: str) -> None:
        stage_put(store, MAIN, f"/d{number * 37 % folders:05d}/{name}{number}", b"%d" % number * 200)

    def put_and_read(number: int) -> None:
        put(number, "r")
        store.stat(store.view("pool@main"), f"/d{number * 37 % folders:05d}/r{number}")

    show(f"staged put, {puts} of them", median_ms(lambda number: put(number, "n"), puts))
    show(f"first look at the branch with {puts} staged", median_ms(lambda _: store.view("pool@main"), 1))
    show("staged put and a look at it through the branch", median_ms(put_and_read, 100))
    show("look at the branch, nothing new", median_ms(lambda _: store.view("pool@main"), 200))
    show(f"commit of the group of {puts + 100}", median_ms(lambda _: store.close_staged("pool"), 1))
    set_mode(store, MAIN, alone=True)
    show("put as a commit of its own", median_ms(lambda number: put(number, "c"), 100))
    set_mode(store, MAIN, alone=False, changes=1000)
    for writers in (1, 16):
        show(f"staged put, {writers} at once, each", crowd(store, writers, puts))


def crowd(store: Store, writers: int, puts: int) -> float:
    def work(writer: int) -> None:
        for number in range(puts // writers):
            stage_put(store, MAIN, f"/w{writers}/{writer}/{number}", b"%d" % number)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - begun) * 1e3 / puts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--puts", type=int, default=1000)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    print(f"{args.files:,} files, {platform.machine()}, Python {platform.python_version()}")
    folder = Path(tempfile.mkdtemp(dir=args.folder))
    try:
        with Store.create(folder / "home") as store:
            fill(store, args.files)
            measure(store, args.files, args.puts)
            print(f"{len(list((folder / 'home' / 'objects' / 'packs').iterdir()))} objects")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
