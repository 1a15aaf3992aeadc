"""A disk that is full, at any moment, and one that cannot be written: a clear error, and everything as it was.

The disk is real: a small tmpfs, mounted for the test. Who may not mount runs this file once more as the root of a
user namespace of their own; where neither is allowed, the tests are left out and say so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.acceptance.live import recension

from recension.errors import Unavailable
from recension.store import Put, Store
from recension.store.merging import merge
from recension.store.on_head import Place
from recension.store.staging import stage_put

pytestmark = [pytest.mark.files, pytest.mark.slow]

PAGE = 4096
_INSIDE = "RECENSION_TEST_OWN_MOUNTS"


class Disk:
    """A tmpfs of a few megabytes."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"
        place.mkdir()
        self._mount("-t", "tmpfs", "-o", "size=12m,mode=755", "none")

    def _mount(self, *words: str) -> None:
        done = subprocess.run(["mount", *words, str(self.place)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")

    def fill(self, *, but_pages: int) -> None:
        """Leave so many pages."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(64 * PAGE))
            except OSError:
                pass
            used = -(-file.tell() // PAGE)
            file.truncate((used - but_pages) * PAGE)

    def empty(self) -> None:
        """Take away what fills it."""
        self._filler.unlink()

    def freeze(self) -> None:
        """Let nobody write."""
        self._mount("-o", "remount,ro")

    def thaw(self) -> None:
        """Let everybody write again."""
        self._mount("-o", "remount,rw")

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], check=True)


def test_whoever_may_not_mount_runs_these_as_root_of_their_own_namespace():
    if os.geteuid() == 0 or _INSIDE in os.environ:
        return  # the tests below mount by themselves
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(["unshare", "-rm", *command], env=os.environ | {_INSIDE: "1"}, check=False)
    assert done.returncode == 0


@pytest.fixture
def disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root mounts")
    mounted = Disk(tmp_path / "disk")
    yield mounted
    mounted.close()


@pytest.fixture
def home(disk):
    """One commit on main, another one on dev."""
    with Store.create(disk.place / "home") as store:
        store.create_repo("pool")
        first = commit(store, "main", "/a")
        store.branch_create("pool", "dev", at=first.id)
        commit(store, "dev", "/b")
    return disk.place / "home"


def commit(store, branch, path, body=b"x" * 1000):
    with store.upload() as upload:
        return store.write("pool", branch, [Put(path, upload.add_bytes(body), len(body))], upload=upload)


def noise(size):
    return os.urandom(size)


def state(store):
    """What all branches hold."""
    return {
        branch.name: {entry.path: entry.blob for entry in store.walk(store.view(f"pool@{branch.name}"))}
        for branch in store.branches("pool")
    }


def put_folder(store, folder):
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "c").write_bytes(noise(60_000))
    store.put_files("pool", "main", [folder / "in"])


WORK = {
    "a small commit": lambda store, _: commit(store, "main", "/small", b"small"),
    "a commit": lambda store, _: commit(store, "main", "/c", noise(40_000)),
    "a large file": lambda store, _: commit(store, "main", "/large", noise(3 << 20)),
    "a folder": put_folder,
    "a staged file": lambda store, _: stage_put(store, Place("pool", "main"), "/s", noise(2000)),
    "a merge": lambda store, _: merge(store, Place("pool", "main"), store.resolve("pool@dev"), fast_forward=False),
    "a branch": lambda store, _: store.branch_create("pool", f"b-{noise(4).hex()}", at=store.head("pool").id),
    "a collection": lambda store, _: store.gc(grace_s=0),
    "a backup": lambda store, _: store.backup(store.home.parent / "backup"),
    "a checkout": lambda store, _: store.checkout(store.head("pool"), store.home.parent / "out"),
}


@pytest.mark.parametrize("work", WORK)
def test_wherever_the_disk_is_full_nothing_is_half_done(disk, home, tmp_path, work):
    failed = 0
    for pages in [*range(6), 8, 10, 12, 16, 24, 40]:
        with Store.open(home) as store:
            before = state(store)
            disk.fill(but_pages=pages)
            try:
                WORK[work](store, tmp_path)
            except Unavailable:
                failed += 1
                assert state(store) == before
            disk.empty()
            assert store.fsck().problems == []
            after = state(store)
        with Store.open(home) as store:
            assert state(store) == after
            assert store.fsck().problems == []
    assert failed or work == "a branch", "this takes space"
    with Store.open(home) as store:
        WORK[work](store, tmp_path)
        store.gc(grace_s=0)
        assert store.fsck().clean


COMMANDS = [
    ["put", "pool@main", "{file}"],
    ["rm", "pool@main:/a"],
    ["branch", "create", "pool@other"],
    ["merge", "pool@dev", "main"],
    ["gc"],
    ["backup", "{disk}/backup"],
    ["checkout", "pool@main", "{disk}/out"],
    ["repo", "create", "further"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("how", ["full", "frozen"])
def test_the_command_says_so_in_one_line(disk, home, tmp_path, words, how):
    (tmp_path / "file").write_bytes(noise(200_000))
    before = whole(home)
    disk.freeze() if how == "frozen" else disk.fill(but_pages=0)
    done = recension(home, *(word.format(file=tmp_path / "file", disk=disk.place) for word in words))
    disk.thaw() if how == "frozen" else disk.empty()
    assert done.returncode == 3, (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert line.startswith("recension: ")
    wanted = ["full", "No space left"] if how == "full" else ["ead-only"]
    assert any(each in line for each in wanted), line
    assert whole(home) == before


def whole(home):
    with Store.open(home) as store:
        assert store.fsck().clean
        return state(store)


def test_what_cannot_be_written_can_be_read(disk, home, tmp_path):
    disk.freeze()
    done = recension(home, "get", "pool@dev:/b", str(tmp_path / "b"))
    disk.thaw()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b").read_bytes() == b"x" * 1000
