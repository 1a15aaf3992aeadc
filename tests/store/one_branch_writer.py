"""Commits files of its own to one branch, from several threads; says when each was in and what it cost.

Usage: one_branch_writer.py HOME NAME THREADS COMMITS
"""

import json
import sys
import threading
import time
from pathlib import Path

from recension.store import Put, Store

home, name, threads, commits = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
done: list[tuple[float, float, float]] = []
failed: list[str] = []


def write(store: Store, worker: int) -> None:
    for number in range(commits):
        began = time.monotonic()
        body = f"{name} {worker} {number}".encode()
        try:
            with store.upload() as upload:
                put = Put(f"/{name}/{worker}/{number:05}", upload.add_bytes(body), len(body))
                store.write("pool", "main", [put], upload=upload)
        except Exception as error:  # noqa: BLE001  said to whoever started this
            failed.append(repr(error))
        now = time.monotonic()
        done.append((now, now - began, time.process_time()))


with Store.open(home) as store:
    workers = [threading.Thread(target=write, args=(store, worker)) for worker in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
print(json.dumps({"done": done, "failed": failed}))
