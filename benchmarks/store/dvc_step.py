"""Reads files of a version with DVC's Python package, and prints the milliseconds that took: FOLDER TAG PATHS."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dvc.api import DVCFileSystem


def main(folder: str, tag: str, paths: str) -> None:
    """Open the repository, read, print."""
    wanted = [f"/data/{line}" for line in Path(paths).read_text(encoding="utf-8").split()]
    begun = time.process_time()
    files = DVCFileSystem(folder, rev=tag)
    size = sum(len(files.read_bytes(path)) for path in wanted)
    print(f"{1000 * (time.process_time() - begun):.1f}" if size else "nothing")


if __name__ == "__main__":
    main(*sys.argv[1:])
