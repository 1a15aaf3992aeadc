"""The files that every tool gets, and the changes made to them; the same seed gives the same bytes."""

from __future__ import annotations

import json
import random
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


def rewrite(path: Path, text: str) -> None:
    """Give a file other content as a new file: a tool may have linked its store to the old one."""
    path.unlink()
    path.write_text(text)


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
