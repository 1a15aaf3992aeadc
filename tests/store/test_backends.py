"""What every backend promises; one suite for all of them."""

import threading

import pytest

from recension.errors import NotFound, Unavailable
from recension.store.backends.local import LocalBackend
from recension.store.backends.memory import MemoryBackend


class BackendPromises:
    """Inherited by the test class of each backend, which provides the fixture ``backend``."""

    def test_what_was_put_is_read(self, backend):
        backend.put("packs/a", b"hello")
        assert backend.read("packs/a", 0, 5) == b"hello"
        assert backend.read("packs/a", 1, 3) == b"ell"
        assert backend.size("packs/a") == 5

    def test_reading_past_the_end_gives_less(self, backend):
        backend.put("packs/a", b"hello")
        assert backend.read("packs/a", 3, 100) == b"lo"
        assert backend.read("packs/a", 9, 1) == b""

    def test_an_object_appears_when_it_is_finished_and_not_before(self, backend):
        writer = backend.create("packs/a")
        writer.write(b"hel")
        writer.write(memoryview(bytearray(b"lo")))
        assert list(backend.keys("")) == []
        with pytest.raises(NotFound):
            backend.read("packs/a", 0, 1)
        writer.finish()
        writer.abort()
        assert backend.read("packs/a", 0, 9) == b"hello"

    def test_the_buffer_may_be_reused_after_write(self, backend):
        buffer = bytearray(b"one")
        writer = backend.create("packs/a")
        writer.write(buffer)
        buffer[:] = b"two"
        writer.write(buffer)
        writer.finish()
        assert backend.read("packs/a", 0, 9) == b"onetwo"

    def test_an_aborted_object_never_was(self, backend):
        writer = backend.create("packs/a")
        writer.write(b"hello")
        writer.abort()
        assert list(backend.keys("")) == []

    def test_what_is_missing_is_not_found(self, backend):
        with pytest.raises(NotFound, match="packs/none"):
            backend.read("packs/none", 0, 1)
        with pytest.raises(NotFound):
            backend.size("packs/none")

    def test_keys_are_sorted_and_selected_by_prefix(self, backend):
        for key in ("packs/b", "packs/a", "other/c", "packs.x"):
            backend.put(key, b"x")
        assert list(backend.keys("packs/")) == ["packs/a", "packs/b"]
        assert list(backend.keys("")) == ["other/c", "packs.x", "packs/a", "packs/b"]

    def test_a_deleted_object_is_gone(self, backend):
        backend.put("packs/a", b"x")
        assert backend.read("packs/a", 0, 1) == b"x"
        backend.delete("packs/a")
        backend.delete("packs/a")
        with pytest.raises(NotFound):
            backend.read("packs/a", 0, 1)

    def test_many_objects_are_read_by_many_threads(self, backend):
        for number in range(100):
            backend.put(f"packs/{number}", b"%d" % number)
        wrong = []

        def read():
            wrong.extend(at for at in range(100) if backend.read(f"packs/{at}", 0, 9) != b"%d" % at)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert wrong == []


class TestMemory(BackendPromises):
    @pytest.fixture
    def backend(self):
        return MemoryBackend()


class TestLocal(BackendPromises):
    @pytest.fixture
    def backend(self, tmp_path):
        opened = LocalBackend(tmp_path / "objects")
        yield opened
        opened.close()

    def test_file_and_folder_are_flushed_before_an_object_counts_as_there(self, backend, tmp_path, monkeypatch):
        """The order that power loss demands: contents, name, folder."""
        import os
        from pathlib import Path

        seen = []
        fsync, rename = os.fsync, Path.rename

        def noted_fsync(fd):
            seen.append("folder" if Path(f"/proc/self/fd/{fd}").resolve().is_dir() else "file")
            fsync(fd)

        def noted_rename(path, to):
            seen.append("rename")
            return rename(path, to)

        backend.put("packs/first", b"makes the folder")
        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(Path, "rename", noted_rename)
        backend.put("packs/a", b"x")
        assert seen == ["file", "rename", "folder"]

    def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(self, tmp_path):
        (tmp_path / "objects").write_bytes(b"a file")
        with pytest.raises(Unavailable, match="objects"):
            LocalBackend(tmp_path / "objects").put("packs/a", b"x")
