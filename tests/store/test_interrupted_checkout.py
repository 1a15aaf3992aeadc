"""A checkout that was killed half-way is done again without being told to overwrite anything."""

import os
import random
import subprocess
import sys

import pytest

from recension.errors import Conflict
from recension.store import Put
from recension.store.model import LINK_MODE

LARGE = random.Random(4).randbytes(300_000)

KILLED = """
import os, signal, sys
from pathlib import Path
from recension.store import Store, file_writer

left = int(sys.argv[3])
inner = os.write

def write(fd, data):
    global left
    left -= 1
    if left == 0:
        inner(fd, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return inner(fd, data)

with Store.open(Path(sys.argv[1])) as store:
    os.write = write
    store.checkout(store.head("pool"), Path(sys.argv[2]))
"""


@pytest.fixture
def commit(store):
    with store.upload() as upload:
        bodies = {f"/{number}/x": b"%d" % number * 50 for number in range(20)} | {"/large": LARGE}
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in bodies.items()]
        puts.append(Put("/link", upload.add_bytes(b"1/x"), 3, LINK_MODE))
        return store.write("pool", "main", puts, upload=upload)


@pytest.mark.slow
@pytest.mark.parametrize("writes", [1, 2, 9, 20, 21])
def test_what_a_killed_checkout_has_left_is_completed(store, commit, tmp_path, writes):
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", KILLED, str(store.home), str(out), str(writes)], check=False)
    assert done.returncode == -9
    assert store.checkout(commit, out).removed == 0
    found = {
        f"/{path.relative_to(out)}": os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in out.rglob("*")
        if path.is_symlink() or path.is_file()
    }
    assert found == {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


@pytest.mark.parametrize("name", ["1/x", "large", "link"])
def test_what_is_not_its_start_stays(store, commit, tmp_path, name):
    place = tmp_path / "out" / name
    place.parent.mkdir(parents=True)
    place.write_bytes(b"1" * 49 + b"0")
    with pytest.raises(Conflict, match=f"{name}: .*in the way"):
        store.checkout(commit, tmp_path / "out")
    assert place.read_bytes() == b"1" * 49 + b"0"
