"""What a database server adds: it may go away at any moment, and many processes write to it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from tests.services.relay import CUT_AFTER, CUT_BEFORE, PASS, Relay

from recension.db import Database, Migration, migrate, outbox, postgres
from recension.errors import Busy, Invalid, Unavailable

pytestmark = pytest.mark.backends

TABLE = Migration("room", 1, "CREATE TABLE thing(name TEXT PRIMARY KEY); CREATE TABLE counter(number INTEGER);")
COMMIT = b"COMMIT\0"
COUNTING = Path(__file__).with_name("counting.py")


def add(name):
    return lambda tx: tx.execute("INSERT INTO thing(name) VALUES(:n)", {"n": name})


def names(db):
    with db.read() as tx:
        return [name for (name,) in tx.execute("SELECT name FROM thing ORDER BY name")]


@pytest.fixture
def url(postgres_server):
    return postgres_server.new_database()


@pytest.fixture
def db(url):
    database = Database.open(url)
    migrate(database, [TABLE])
    yield database
    database.close()


@pytest.fixture
def relay(postgres_server):
    opened = Relay(postgres_server.port)
    yield opened
    opened.close()


@pytest.fixture
def far(db, url, postgres_server, relay):
    """The same database at the other end of a line that can be cut."""
    opened = Database.open(url.replace(str(postgres_server.port), str(relay.port)))
    yield opened
    opened.close()


def once(fate, word):
    """The first time that the client sends ``word``."""
    met = []

    def watch(data):
        if word in data and not met:
            met.append(1)
            return fate
        return PASS

    return watch


def end_connections(url):
    """What an administrator does, or a restart."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'recension' "
            "AND pid <> pg_backend_pid()"
        )


def test_a_lost_answer_to_a_commit_that_happened_is_no_error(far, db, relay):
    relay.watch = once(CUT_AFTER, COMMIT)
    far.write(add("a"))
    far.write(add("b"))
    assert names(db) == ["a", "b"]


def test_a_commit_that_never_arrived_is_an_error_and_changed_nothing(far, db, relay):
    relay.watch = once(CUT_BEFORE, COMMIT)
    with pytest.raises(Unavailable, match="nothing was changed"):
        far.write(add("a"))
    assert names(db) == []
    far.write(add("a"))
    assert names(db) == ["a"]


def test_what_nobody_can_say_is_said_to_be_unknown(far, relay, monkeypatch):
    monkeypatch.setattr(postgres, "SETTLE_S", 0.5)

    def watch(data):
        relay.open = COMMIT not in data
        return PASS if relay.open else CUT_AFTER

    relay.watch = watch
    with pytest.raises(Unavailable, match="nobody can say"):
        far.write(add("a"))


def test_all_of_a_group_hear_the_same(far, db, relay):
    started, release, heard = threading.Event(), threading.Event(), []

    def slow(tx):
        started.set()
        release.wait(10)

    def run(work):
        try:
            heard.append(far.write(work))
        except Unavailable as error:
            heard.append(str(error))

    threads = [threading.Thread(target=run, args=(slow,))]
    threads[0].start()
    started.wait(10)
    threads += [threading.Thread(target=run, args=(add(name),)) for name in "abc"]
    for thread in threads[1:]:
        thread.start()
    while len(far._queue) < 3:
        pass
    commits = []

    def watch(data):
        commits.extend([1] * (COMMIT in data))
        return CUT_BEFORE if COMMIT in data and len(commits) == 2 else PASS

    relay.watch = watch
    release.set()
    for thread in threads:
        thread.join(30)
    assert len(heard) == 4
    assert sum("nothing was changed" in str(one) for one in heard) == 3
    assert names(db) == []


def test_a_connection_that_is_ended_in_the_middle_changes_nothing_and_the_next_write_works(db, url):
    def cut(tx):
        add("half")(tx)
        end_connections(url)
        add("rest")(tx)

    with pytest.raises(Unavailable):
        db.write(cut)
    assert names(db) == []
    db.write(add("whole"))
    assert names(db) == ["whole"]


def test_idle_connections_that_were_ended_are_replaced_unnoticed(db, url):
    db.write(add("a"))
    assert names(db) == ["a"]
    end_connections(url)
    assert names(db) == ["a"]
    end_connections(url)
    db.write(add("b"))
    assert names(db) == ["a", "b"]


def test_a_server_that_crashes_keeps_what_it_has_acknowledged_and_is_used_again(careful_postgres):
    db = Database.open(careful_postgres.new_database())
    migrate(db, [TABLE])
    for round_number in range(3):
        acknowledged, stop = [], threading.Event()

        def work(of=acknowledged, until=stop, prefix=round_number):
            number = 0
            while not until.is_set():
                number += 1
                try:
                    db.write(add(f"{prefix}-{number:06}"))
                except Unavailable:
                    continue
                of.append(f"{prefix}-{number:06}")

        def await_more(than, of=acknowledged):
            deadline = time.monotonic() + 60
            while len(of) <= than and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(of) > than

        worker = threading.Thread(target=work)
        worker.start()
        await_more(5)
        careful_postgres.crash()
        careful_postgres.restart()
        await_more(len(acknowledged) + 5)
        stop.set()
        worker.join(30)
        assert names(db)[-len(acknowledged) :] == acknowledged, "all that was acknowledged, and nothing else"
    db.close()


def test_a_server_that_is_gone_is_an_error_in_time(far, relay):
    far.write(add("a"))
    relay.open = False
    relay.watch = once(CUT_BEFORE, b"BEGIN")
    with pytest.raises(Unavailable, match="does not answer"):
        far.write(add("b"))
    with pytest.raises(Unavailable, match="does not answer"):
        names(far)
    relay.open = True
    far.write(add("c"))
    assert names(far) == ["a", "c"]


def test_processes_that_write_at_once_lose_nothing_and_number_events_in_the_order_they_appear(db, url):
    db.write(lambda tx: tx.execute("INSERT INTO counter VALUES(0)"))
    processes = [subprocess.Popen([sys.executable, str(COUNTING), url, "60"]) for _ in range(4)]
    place, seen = 0, []
    while any(process.poll() is None for process in processes) or place < 240:
        with db.read() as tx:
            for event in outbox.after(tx, place):
                seen.append(event.body["n"])
                place = event.seq
        if all(process.poll() is not None for process in processes) and len(seen) == 240:
            break
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert seen == list(range(1, 241)), "a reader that has seen an event misses none before it"


def test_a_writer_that_is_killed_holds_nobody_up(db, url):
    db.write(lambda tx: tx.execute("INSERT INTO counter VALUES(0)"))
    process = subprocess.Popen([sys.executable, str(COUNTING), url, "1", "hang"], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "holding\n"
    process.kill()
    process.communicate()
    began = time.monotonic()
    db.write(add("a"))
    assert time.monotonic() - began < 30
    with db.read() as tx:
        assert tx.execute("SELECT number FROM counter").scalar() == 0


def test_a_writer_that_is_stuck_is_busy_and_then_loses_its_transaction(db, url, monkeypatch):
    monkeypatch.setattr(postgres, "WAIT_S", 0.3)
    impatient = Database.open(url)
    monkeypatch.setattr(postgres, "WAIT_S", 2)
    slow = Database.open(url)

    def stuck(tx):
        add("stuck")(tx)
        with pytest.raises(Busy):
            impatient.write(add("other"))
        time.sleep(2.5)

    with pytest.raises(Unavailable):
        slow.write(stuck)
    impatient.write(add("after"))
    assert names(db) == ["after"]
    slow.close()
    impatient.close()


def test_a_text_that_cannot_be_kept_is_refused_at_the_edge(db):
    with pytest.raises(Invalid, match="NUL"):
        db.write(add("a\0b"))


def test_databases_that_will_not_do_are_refused_with_a_remedy(postgres_server, url, monkeypatch):
    base = postgres_server.url
    with pytest.raises(Unavailable, match="createdb"):
        Database.open(base.replace("/postgres", "/nowhere"))
    with pytest.raises(Unavailable, match="CREATE SCHEMA"):
        Database.open(f"{base}?options=-c%20search_path%3Dnowhere")
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute("CREATE DATABASE plain ENCODING SQL_ASCII TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc")
    with pytest.raises(Unavailable, match="UTF-8"):
        Database.open(base.replace("/postgres", "/plain"))
    with pytest.raises(Invalid, match="mysql"):
        Database.open("mysql://host/name")
    with pytest.raises(Invalid, match="URL"):
        Database.open("postgresql://host/name?nonsense=1")
    monkeypatch.setitem(sys.modules, "recension.db.postgres", None)
    with pytest.raises(Invalid, match="pip install"):
        Database.open(url)


def test_errors_name_the_database_and_keep_its_password(postgres_server):
    url = f"postgresql://recension:hidden@127.0.0.1:{postgres_server.port}/nowhere"
    with pytest.raises(Unavailable) as error:
        Database.open(url)
    assert "hidden" not in str(error.value)
    assert f"127.0.0.1:{postgres_server.port}/nowhere" in str(error.value)
