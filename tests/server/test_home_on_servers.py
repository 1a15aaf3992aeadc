"""A home whose database and objects are on servers: made, opened, copied, checked, and shared by two folders."""

import os
import subprocess
import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from tests.server.served import Served, run_cli, until
from tests.services.daemon import program

from recension.clock import ManualClock
from recension.db import Database, Migration, migrate, postgres_hold
from recension.db.server_url import hold
from recension.errors import Busy, Damaged, Invalid, Unavailable
from recension.server.home import ALL_MIGRATIONS, ensure_home, open_home
from recension.store import Put, Store
from recension.store.places import objects_at
from recension.store.settings import Settings, read_settings

pytestmark = pytest.mark.backends


@pytest.fixture
def settings(postgres_server, s3_server):
    return Settings(postgres_server.new_database(), s3_server.new_bucket())


def filled(home, settings):
    ensure_home(home, settings)
    store = open_home(home, ManualClock(), is_new=True)
    store.create_repo("pool")
    with store.upload() as upload:
        store.write("pool", "main", [Put("/a.txt", upload.add_bytes(b"hello" * 100), 500)], upload=upload)
    return store


def test_a_home_is_made_once_and_opened_by_what_it_remembers(tmp_path, settings):
    home = tmp_path / "home"
    filled(home, settings).close()
    assert read_settings(home) == settings
    assert not (home / "recension.db").exists()
    assert not (home / "objects").exists()
    with Store.open(home) as store:
        assert store.read_bytes(store.resolve("pool"), "/a.txt") == b"hello" * 100
        assert store.fsck().clean
    assert run_cli(home, "ls", "pool").stdout.split()[-1] == "/a.txt"
    assert not ensure_home(home, settings)
    with pytest.raises(Invalid, match="elsewhere"):
        ensure_home(home, Settings(settings.database))


def test_another_folder_may_stand_on_the_same_servers(tmp_path, settings):
    filled(tmp_path / "one", settings).close()
    assert ensure_home(tmp_path / "two", settings)
    with open_home(tmp_path / "two", ManualClock(), is_new=True) as store:
        assert store.read_bytes(store.resolve("pool"), "/a.txt", end=5) == b"hello"
    assert not (tmp_path / "two" / "backups").exists(), "nothing to change, nothing to copy"


def test_objects_that_do_not_belong_to_the_database_are_refused(tmp_path, settings, s3_server):
    filled(tmp_path / "one", settings).close()
    with pytest.raises(Invalid, match="made with"):
        ensure_home(tmp_path / "two", Settings(settings.database, s3_server.new_bucket()))
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        (Settings("postgresql://ann:secret@host/x"), Invalid, "PGPASSWORD"),
        (Settings("postgresql://host/x?password=secret"), Invalid, "PGPASSWORD"),
        (Settings(objects="s3://key:secret@bucket/x"), Invalid, "AWS_SECRET_ACCESS_KEY"),
        (Settings(objects="s3://bucket/x?secret_access_key=secret"), Invalid, "AWS_SECRET_ACCESS_KEY"),
        (Settings("postgresql://recension@127.0.0.1:9/x"), Unavailable, "is it running"),
        (Settings("mysql://host/x"), Invalid, "postgresql://"),
        (Settings(objects="objects"), Invalid, "whole path"),
    ],
)
def test_places_that_will_not_do_leave_no_home(tmp_path, settings, kind, says):
    with pytest.raises(kind, match=says) as error:
        ensure_home(tmp_path / "home", settings)
    assert "secret@" not in str(error.value)
    assert not (tmp_path / "home").exists()


def test_settings_that_are_none_are_an_error_that_names_the_file(tmp_path):
    home = tmp_path / "home"
    ensure_home(home)
    for text in ("databse: postgresql://host/x\n", "- a list\n", "a: [\n"):
        (home / "settings.yaml").write_text(text)
        with pytest.raises(Damaged, match=r"settings\.yaml"):
            Store.open(home)


def test_damage_in_the_bucket_is_found_and_names_the_files(tmp_path, settings):
    with filled(tmp_path / "home", settings) as store:
        (key,) = store.objects.keys("packs/")
        whole = store.objects.read(key, 0, 1 << 20)
        store.objects.delete(key)
        (problem,) = store.fsck().problems
        assert problem.kind == "pack"
        assert problem.paths[0][0] == "pool"
        store.objects.put(key, bytes([whole[0]]) + bytes([whole[8] ^ 1] * 500) + whole[501:])
        assert not store.fsck().clean
        store.objects.delete(key)
        store.objects.put(key, whole)
        assert store.fsck().clean


def test_tables_change_only_after_a_copy_and_the_copy_brings_everything_back(tmp_path, settings, postgres_server):
    home = tmp_path / "home"
    store = filled(home, settings)
    before = store.db.write(lambda tx: tx.execute("SELECT MAX(seq) FROM outbox").scalar())
    store.close()
    db = Database.open(settings.database)
    more = Migration(
        "server", 1 + max(one.number for one in ALL_MIGRATIONS if one.room == "server"), "CREATE TABLE x(y TEXT);"
    )
    migrate(db, [*ALL_MIGRATIONS, more], lambda: db.copy(tmp_path, "copy"))
    db.close()
    script = (tmp_path / "copy.sql").read_text()
    assert "COPY repo_commit" in script

    other = postgres_server.new_database()
    empty = Database.open(other)
    migrate(empty, ALL_MIGRATIONS)
    command = [program("psql", "/usr/lib/postgresql/15/bin"), other, "--quiet", "--set", "ON_ERROR_STOP=1"]
    done = subprocess.run([*command, "--file", str(tmp_path / "copy.sql")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    empty.close()
    ensure_home(tmp_path / "restored", Settings(other, settings.objects))
    with open_home(tmp_path / "restored", ManualClock(), is_new=True) as restored:
        assert restored.fsck().clean
        assert restored.read_bytes(restored.resolve("pool"), "/a.txt", end=5) == b"hello"
        restored.create_repo("after")
        assert restored.db.write(lambda tx: tx.execute("SELECT MAX(seq) FROM outbox").scalar()) >= before
        with restored.upload() as upload:
            restored.write("after", "main", [Put("/b", upload.add_bytes(b"b"), 1)], upload=upload)


def test_a_server_serves_such_a_home_and_the_database_has_one_server_only(tmp_path, settings):
    options = ["--database", settings.database, "--objects", settings.objects]
    server = Served(tmp_path / "home").start(*options)
    try:
        server.post("/repos", {"name": "pool"})
        server.upload("pool", "/a.txt", "abc")
        (tmp_path / "b.txt").write_text("b")
        assert run_cli(server.home, "put", "pool@main", str(tmp_path / "b.txt")).returncode == 0
        until(lambda: len(server.get("/repos/pool/ls")["entries"]) == 2, "both files")
        second = run_cli(tmp_path / "other", "up", "--port", "0", *options)
        assert second.returncode == 8, second.stderr
        assert "another server" in second.stderr
    finally:
        assert server.stop() == 0
    again = Served(tmp_path / "other").start(*options)
    assert len(again.get("/repos/pool/ls")["entries"]) == 2
    again.stop()


def test_a_server_goes_on_after_its_database_was_away(tmp_path, settings):
    server = Served(tmp_path / "home").start("--database", settings.database, "--objects", settings.objects)
    try:
        server.post("/repos", {"name": "pool"})
        with psycopg.connect(settings.database, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'recension' AND pid <> pg_backend_pid()"
            )
        until(lambda: server.http.get("/api/v1/repos").status_code == 200, "it answers again")
        server.upload("pool", "/a.txt", "abc")
        assert server.get("/repos/pool/ls")["entries"][0]["path"] == "/a.txt"
    finally:
        server.stop()


def test_being_the_only_one_survives_a_lost_connection_unless_another_was_quicker(settings, monkeypatch):
    monkeypatch.setattr(postgres_hold, "LOOK_S", 0.1)
    first_lost, second_lost = threading.Event(), threading.Event()
    with hold(settings.database, "server", first_lost.set) as held:
        with pytest.raises(Busy, match="another server"), hold(settings.database, "server", second_lost.set):
            pass
        with hold(settings.database, "other", second_lost.set):
            pass
        cut_off(held)
        until(lambda: not held._session.closed, "another connection")
        time.sleep(0.3)
        with pytest.raises(Busy), hold(settings.database, "server", second_lost.set):
            pass
        assert not first_lost.is_set()

        with held_back(held):
            cut_off(held)
            quicker = hold(settings.database, "server", second_lost.set)
            quicker.__enter__()
        assert first_lost.wait(10)
        quicker.__exit__(None, None, None)
    assert not second_lost.is_set()


def cut_off(held):
    with psycopg.connect(**held._session.info.get_parameters(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (held._session.backend[0],))


@contextmanager
def held_back(held):
    """Connections of the holder fail meanwhile."""
    connect = held._connect

    def refuse():
        raise Unavailable("cut off")

    held._connect = refuse
    yield
    held._connect = connect


def test_secrets_stay_out_of_the_home(tmp_path, settings):
    filled(tmp_path / "home", settings).close()
    for folder, _, names in os.walk(tmp_path / "home"):
        for name in names:
            assert os.environ["AWS_SECRET_ACCESS_KEY"].encode() not in (tmp_path / folder / name).read_bytes()
    assert list(objects_at(settings.objects).keys("packs/"))
