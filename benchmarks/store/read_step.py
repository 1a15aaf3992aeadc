"""Reads files of a version by their paths, and prints the milliseconds that the reads took: HOME REPO@REF PATHS."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from recension.store import Store


def main(home: str, address: str, paths: str) -> None:
    """Open the home, read, print."""
    wanted = [f"/{line}" for line in Path(paths).read_text(encoding="utf-8").split()]
    with Store.open(Path(home).absolute()) as store:
        begun = time.process_time()
        commit = store.resolve(address)
        size = sum(len(data) for _, data in store.read_many(commit, wanted))
        print(f"{1000 * (time.process_time() - begun):.1f}" if size else "nothing")


if __name__ == "__main__":
    main(*sys.argv[1:])
