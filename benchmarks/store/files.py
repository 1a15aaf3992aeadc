"""The files that every tool gets, and the changes made to them; the same seed gives the same bytes.

    python -m benchmarks.store.files VERB PLACE [NUMBER]

A process of its own, so that what measures stays small: a process that it starts counts its memory as its own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20


def labels(place: Path, count: int) -> None:
    """Files of about 1 KB of JSON, 1,000 to a folder."""
    rng = random.Random(7)
    for number in range(count):
        folder = place / f"{number // 1000:04d}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        boxes = [
            {"id": part, "class": rng.choice(["car", "person", "dog"]), "box": [round(rng.uniform(0, 1900), 2)] * 4}
            for part in range(rng.randrange(8, 14))
        ]
        (folder / f"{number:07d}.json").write_text(json.dumps({"image": f"{number:07d}.jpg", "objects": boxes}))


def images(place: Path, count: int) -> None:
    """Files of 100 KB that cannot be compressed, 250 to a folder."""
    rng = random.Random(8)
    for number in range(count):
        folder = place / f"{number // 250:04d}"
        if number % 250 == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:07d}.jpg").write_bytes(rng.randbytes(100_000))


def big(place: Path, mib: int) -> None:
    """One file that cannot be compressed."""
    rng = random.Random(9)
    place.mkdir(parents=True)
    with (place / "big.bin").open("wb") as file:
        for _ in range(mib):
            file.write(rng.randbytes(MIB))


def sample(place: Path, count: int) -> None:
    """Write the paths of so many files below ``data`` to ``paths``."""
    files = _json_files(place / "data")
    chosen = random.Random(5).sample(files, min(count, len(files)))
    lines = "".join(f"{path.relative_to(place / 'data')}\n" for path in chosen)
    (place / "paths").write_text(lines, encoding="utf-8")


def change_one(place: Path, number: int) -> None:
    """Give one file other content."""
    _rewrite(_json_files(place)[number], "{}")


def change_every(place: Path, step: int) -> None:
    """Give every so-manieth file other content."""
    for path in _json_files(place)[::step]:
        _rewrite(path, json.dumps({"changed": path.name}))


def _json_files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.json"))


def _rewrite(path: Path, text: str) -> None:
    """A new file: a tool may have linked its store to the old one."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


def patch(path: Path, seed: int) -> None:
    """Overwrite 1 MiB somewhere."""
    rng = random.Random(f"patch {seed}")
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data) - MIB)
    data[at : at + MIB] = rng.randbytes(MIB)
    path.unlink()
    path.write_bytes(data)


def insert(path: Path, seed: int) -> None:
    """Insert 1 MiB somewhere; what follows moves."""
    rng = random.Random(f"insert {seed}")
    data = path.read_bytes()
    at = rng.randrange(len(data))
    path.unlink()
    path.write_bytes(b"".join((data[:at], rng.randbytes(MIB), data[at:])))


def zeros(path: Path, mib: int) -> None:
    """Fill memory once and give it back: pages that a machine has never used before cost more than others."""
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(bytes(MIB))
    path.unlink()


VERBS: Final = {
    each.__name__: each for each in (labels, images, big, sample, change_one, change_every, patch, insert, zeros)
}


def do(verb: Callable[[Path, int], None], place: Path, number: int) -> None:
    """Let another process do it."""
    line = [sys.executable, "-m", "benchmarks.store.files", verb.__name__, str(place), str(number)]
    subprocess.run(line, check=True, cwd=Path(__file__).resolve().parents[2])


if __name__ == "__main__":
    VERBS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
