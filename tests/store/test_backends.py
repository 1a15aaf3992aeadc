"""What every backend promises; one suite for all of them."""

import resource
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from recension.errors import AlreadyExists, Invalid, NotFound, Unavailable
from recension.store.backends import s3, unfinished
from recension.store.backends.local import LocalBackend
from recension.store.backends.memory import MemoryBackend
from recension.store.places import objects_at

CUT_OFF = """
import os, signal, sys, time
from recension.store.places import objects_at
writer = objects_at(sys.argv[1]).create(sys.argv[2])
for _ in range(40):
    writer.write(bytes(1 << 20))
time.sleep(0.5)
os.kill(os.getpid(), signal.SIGKILL)
"""


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

    def test_an_object_of_many_parts_is_read_whole_and_in_pieces(self, backend):
        """Larger than any part that a bucket takes."""
        block = bytes(range(256)) * 4096
        writer = backend.create("packs/large")
        for number in range(21):
            writer.write(bytes([number]) + block)
        writer.finish()
        assert backend.size("packs/large") == 21 * (len(block) + 1)
        for number in (0, 7, 8, 20):
            assert backend.read("packs/large", number * (len(block) + 1), 3) == bytes([number, 0, 1])
        assert backend.read("packs/large", 0, 1 << 30).count(block) == 21

    def test_an_object_of_many_parts_that_is_given_up_never_was(self, backend):
        writer = backend.create("packs/large")
        for _ in range(21):
            writer.write(bytes(1 << 20))
        writer.abort()
        assert list(backend.keys("")) == []

    def test_the_same_bytes_once_more_change_nothing(self, backend):
        backend.put("packs/a", b"hello")
        backend.put("packs/a", b"hello")
        assert backend.read("packs/a", 0, 9) == b"hello"

    def test_an_empty_object_is_one(self, backend):
        backend.put("packs/empty", b"")
        assert backend.size("packs/empty") == 0
        assert backend.read("packs/empty", 0, 5) == b""
        assert list(backend.keys("packs/")) == ["packs/empty"]

    def test_what_is_missing_is_not_found(self, backend):
        with pytest.raises(NotFound, match="packs/none"):
            backend.read("packs/none", 0, 1)
        with pytest.raises(NotFound):
            backend.size("packs/none")
        with pytest.raises(NotFound):
            backend.read("packs/none", 0, 0)

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


class BucketPromises(BackendPromises):
    """What every service of buckets adds; the test class of each provides the fixture ``server``."""

    SECRET: str
    """The name under which the service takes its secret from the environment."""
    WRONG: str
    """A secret of the right form that does not fit."""

    @pytest.fixture
    def url(self, server):
        return server.new_bucket()

    @pytest.fixture
    def backend(self, url):
        opened = objects_at(url)
        yield opened
        opened.close()

    def test_other_bytes_under_a_taken_key_are_refused(self, backend):
        backend.put("packs/a", b"hello")
        with pytest.raises(AlreadyExists, match="packs/a"):
            backend.put("packs/a", b"other")
        assert backend.read("packs/a", 0, 9) == b"hello"

    def test_two_places_in_one_bucket_know_nothing_of_each_other(self, backend, server):
        backend.put("packs/a", b"hello")
        assert list(objects_at(server.new_bucket()).keys("")) == []

    def test_memory_stays_bounded_however_large_an_object_is(self, backend):
        from_here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        block = memoryview(bytes(4 << 20))
        writer = backend.create("packs/huge")
        for _ in range(100):
            writer.write(block)
        writer.finish()
        assert backend.size("packs/huge") == 100 * len(block)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - from_here < 150_000

    def test_a_bucket_that_is_not_there_is_named(self, url):
        with pytest.raises(Unavailable, match="no such bucket"):
            objects_at(url.replace("://recension", "://nowhere")).put("packs/a", b"x")

    def test_wrong_credentials_are_told_from_a_missing_object(self, url, backend, monkeypatch):
        backend.put("packs/a", b"x")
        monkeypatch.setenv(self.SECRET, self.WRONG)
        with pytest.raises(Unavailable, match=self.SECRET):
            objects_at(url).read("packs/a", 0, 1)

    def test_options_that_nobody_knows_are_refused(self, url):
        with pytest.raises(Invalid, match="colour"):
            objects_at(f"{url}&colour=red")


@pytest.mark.backends
class TestS3(BucketPromises):
    SECRET, WRONG = "AWS_SECRET_ACCESS_KEY", "wrong"

    @pytest.fixture
    def server(self, s3_server):
        return s3_server

    def test_uploads_that_a_kill_has_cut_off_are_ended(self, backend, url, s3_server, monkeypatch):
        other = s3_server.new_bucket()
        for key, place in (("packs/a", url), ("packs/b & c", url), ("packs/other", other)):
            assert subprocess.run([sys.executable, "-c", CUT_OFF, place, key], check=False).returncode == -9
        monkeypatch.setattr(unfinished, "_PAGE", 1)
        backend.put("packs/whole", b"x")
        assert backend.remove_unfinished(0) == (0, 0), "a writer may take its time"
        monkeypatch.setattr(s3, "_LONGEST_WRITE", timedelta(0))
        assert backend.remove_unfinished(3600) == (0, 0)
        assert backend.remove_unfinished(0, dry_run=True) == (2, 0)
        assert backend.remove_unfinished(0) == (2, 0)
        assert backend.remove_unfinished(0) == (0, 0)
        assert objects_at(other).remove_unfinished(0) == (1, 0)
        assert list(backend.keys("")) == ["packs/whole"]

    def test_who_may_not_list_uploads_ends_none(self, url, monkeypatch):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        assert objects_at(url).remove_unfinished(0) == (0, 0)


@pytest.mark.backends
class TestAzure(BucketPromises):
    SECRET, WRONG = "AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmc="

    @pytest.fixture
    def server(self, azure_server):
        return azure_server


def test_a_place_for_objects_is_a_whole_path_or_a_url(tmp_path):
    assert isinstance(objects_at(str(tmp_path)), LocalBackend)
    assert isinstance(objects_at(tmp_path.as_uri()), LocalBackend)
    with pytest.raises(Invalid, match="whole path"):
        objects_at("objects")
    with pytest.raises(Invalid, match="ftp"):
        objects_at("ftp://host/objects")
