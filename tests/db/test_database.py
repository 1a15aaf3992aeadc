"""One writer, many readers, one flush for all who come together."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from recension.db import Database, Migration, Tx, migrate, outbox
from recension.errors import AlreadyExists, Damaged, Invalid, Unavailable

TABLE = Migration("room", 1, "CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT UNIQUE);")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.backends)])
def place(request, tmp_path: Path):
    if request.param == "sqlite":
        return tmp_path / "x.db"
    return request.getfixturevalue("postgres_server").new_database()


@pytest.fixture
def db(place):
    database = Database.open(place)
    migrate(database, [TABLE])
    yield database
    database.close()


def add(name: str):
    return lambda tx: tx.execute("INSERT INTO thing(name) VALUES(:n) RETURNING id", {"n": name}).scalar()


def names(db: Database) -> list[str]:
    with db.read() as tx:
        return [name for (name,) in tx.execute("SELECT name FROM thing ORDER BY name")]


def test_what_write_returned_is_there_for_others(db, place):
    assert db.write(add("a")) == 1
    other = Database.open(place)
    assert names(other) == ["a"]
    other.close()


def test_sqlite_writes_ahead_and_flushes(tmp_path):
    db = Database.open(tmp_path / "x.db")
    assert db.write(lambda tx: tx.execute("PRAGMA journal_mode").scalar()) == "wal"
    full = 2
    assert db.write(lambda tx: tx.execute("PRAGMA synchronous").scalar()) == full
    db.close()


def test_a_failing_work_fails_alone_and_leaves_nothing(db):
    started, release, outcome = threading.Event(), threading.Event(), {}

    def slow(tx: Tx):
        started.set()
        release.wait(10)

    def bad(tx: Tx):
        tx.execute("INSERT INTO thing(name) VALUES('half')")
        raise Invalid("no")

    def run(name, work):
        try:
            outcome[name] = db.write(work)
        except Invalid as error:
            outcome[name] = error

    threads = [threading.Thread(target=run, args=("slow", slow))]
    threads[0].start()
    started.wait(10)
    for name, work in [("first", add("first")), ("bad", bad), ("last", add("last"))]:
        threads.append(threading.Thread(target=run, args=(name, work)))
        threads[-1].start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert names(db) == ["first", "last"]
    assert isinstance(outcome["bad"], Invalid)


def test_calls_that_arrive_together_share_one_transaction(db, tmp_path):
    begun = []
    begin = db._begin
    db._begin = lambda: (begun.append(1), begin())
    started, release = threading.Event(), threading.Event()

    def slow(tx):
        started.set()
        release.wait(10)

    first = threading.Thread(target=db.write, args=(slow,))
    first.start()
    started.wait(10)
    rest = [threading.Thread(target=db.write, args=(add(f"n{i}"),)) for i in range(20)]
    for thread in rest:
        thread.start()
    while len(db._queue) < 20:
        pass
    release.set()
    for thread in [first, *rest]:
        thread.join(10)
    assert len(names(db)) == 20
    assert len(begun) == 2


def test_thirty_two_threads_lose_nothing(db):
    def work(k):
        for i in range(25):
            db.write(add(f"{k}-{i}"))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(names(db)) == 32 * 25


def test_an_interrupted_leader_does_not_take_the_others_with_it(db):
    started, release, seen = threading.Event(), threading.Event(), []

    def interrupted(tx):
        started.set()
        release.wait(10)
        raise KeyboardInterrupt

    def lead():
        with pytest.raises(KeyboardInterrupt):
            db.write(interrupted)
        seen.append("interrupted")

    leader = threading.Thread(target=lead)
    leader.start()
    started.wait(10)
    follower = threading.Thread(target=db.write, args=(add("kept"),))
    follower.start()
    release.set()
    leader.join(10)
    follower.join(10)
    assert seen == ["interrupted"]
    assert names(db) == ["kept"]


def test_a_reader_sees_one_snapshot(db):
    db.write(add("before"))
    with db.read() as tx:
        assert len(tx.execute("SELECT * FROM thing")) == 1
        db.write(add("after"))
        assert len(tx.execute("SELECT * FROM thing")) == 1
    assert names(db) == ["after", "before"]


def test_a_reader_cannot_write(db):
    with db.read() as tx, pytest.raises(Unavailable):
        tx.execute("INSERT INTO thing(name) VALUES('x')")


def test_write_inside_write_is_refused_instead_of_waiting_for_ever(db):
    with pytest.raises(RuntimeError, match="inside"):
        db.write(lambda tx: db.write(add("x")))


def test_a_taken_key_says_so(db):
    db.write(add("a"))
    with pytest.raises(AlreadyExists):
        db.write(add("a"))


def test_rows_answer_one_first_and_scalar(db):
    db.write(add("a"))
    db.write(add("b"))
    with db.read() as tx:
        rows = tx.execute("SELECT id, name FROM thing ORDER BY id")
        assert rows.first() == (1, "a")
        assert rows.scalar() == 1
        with pytest.raises(LookupError):
            rows.one()
        assert list(tx.stream("SELECT name FROM thing WHERE id > :i", {"i": 1})) == [("b",)]


def test_a_long_result_is_not_held_at_once_and_other_statements_may_run_meanwhile(db):
    db.write(lambda tx: tx.insert_new("thing", ("id", "name"), [(n, f"n{n:05}") for n in range(3000)]))
    with db.read() as tx:
        seen = []
        for number, name in tx.stream("SELECT id, name FROM thing ORDER BY id"):
            seen.append(name)
            if number % 1000 == 0:
                assert tx.execute("SELECT COUNT(*) FROM thing").scalar() == 3000
        assert seen == [f"n{n:05}" for n in range(3000)]


def test_a_failing_work_fails_alone_also_when_it_hides_the_error(db):
    """One of a group swallows what the database said; whatever comes of it, the others are in."""
    db.write(add("taken"))
    started, release = threading.Event(), threading.Event()

    def slow(tx):
        started.set()
        release.wait(10)

    def hides(tx):
        with suppress(AlreadyExists):
            add("taken")(tx)

    def run():
        with suppress(Exception):
            db.write(hides)

    threads = [threading.Thread(target=db.write, args=(slow,))]
    threads[0].start()
    started.wait(10)
    threads += [threading.Thread(target=run), threading.Thread(target=db.write, args=(add("after"),))]
    for thread in threads[1:]:
        thread.start()
    while len(db._queue) < 2:
        pass
    release.set()
    for thread in threads:
        thread.join(10)
    assert names(db) == ["after", "taken"]


def test_values_come_back_as_they_went_in(db):
    table = "CREATE TABLE value(number INTEGER, big BIGINT, part REAL, text TEXT, raw BLOB, flag INTEGER)"
    row = {
        "number": -5,
        "big": 2**62,
        "part": 0.1,
        "text": "it's 100 % ':x' ?  \u00fc\U0001f600",
        "raw": bytes(range(256)),
        "flag": True,
    }
    marks = ", ".join(f":{name}" for name in row)
    db.write(lambda tx: tx.script(table))
    db.write(lambda tx: tx.execute(f"INSERT INTO value VALUES({marks})", row))
    db.write(lambda tx: tx.executemany("INSERT INTO value(number, raw) VALUES(?, ?)", [(None, memoryview(b"m"))]))
    with db.read() as tx:
        first, second = tx.execute("SELECT * FROM value ORDER BY number IS NULL").all()
        assert first == (-5, 2**62, 0.1, row["text"], row["raw"], 1)
        assert second == (None, None, None, None, b"m", None)
        sums = tx.execute("SELECT SUM(big), SUM(number), COUNT(*), AVG(part), MAX(big) = :big FROM value", row).one()
        assert sums == (2**62, -5, 2, 0.1, 1)
        assert [type(value) for value in sums] == [int, int, int, float, int]
        found = tx.execute("SELECT text FROM value WHERE text LIKE '%100 \\%%' ESCAPE '\\' AND number = :n", {"n": -5})
        assert found.scalar() == row["text"]


def test_texts_are_sorted_by_their_bytes_everywhere(db):
    words = ["b", "B", "a", "/a-b", "/a/b", "/a.b", "\u00e4", "z", "Z", "_", "10", "9"]
    for word in words:
        db.write(add(word))
    assert names(db) == sorted(words)
    with db.read() as tx:
        assert tx.execute("SELECT COUNT(*) FROM thing WHERE name < 'a'").scalar() == sum(word < "a" for word in words)


def test_a_lost_row_number_is_never_given_again_to_an_event(db):
    first = db.write(lambda tx: outbox.append(tx, "x", {}))
    db.write(lambda tx: tx.execute("DELETE FROM outbox"))
    assert db.write(lambda tx: outbox.append(tx, "x", {})) > first


def test_a_sound_database_has_no_complaints(db):
    db.write(add("a"))
    assert db.check() == []


def test_a_bulk_insert_leaves_alone_what_is_there(db):
    db.write(add("a"))
    db.write(lambda tx: tx.insert_new("thing", ("id", "name"), [(1, "other"), (2, "b")]))
    assert names(db) == ["a", "b"]


def test_a_file_that_is_no_database_is_called_damaged(tmp_path):
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged):
        Database.open(tmp_path / "x.db")


def test_a_missing_folder_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(Unavailable, match="nowhere"):
        Database.open(tmp_path / "nowhere" / "x.db")


def test_migrations_run_once_and_ask_for_a_backup_before_a_change(db):
    calls = []
    second = Migration("room", 2, "ALTER TABLE thing ADD COLUMN colour TEXT;")
    migrate(db, [TABLE], backup=lambda: calls.append("unneeded"))
    migrate(db, [TABLE, second], backup=lambda: calls.append("backup"))
    migrate(db, [TABLE, second], backup=lambda: calls.append("unneeded"))
    assert calls == ["backup"]
    db.write(lambda tx: tx.execute("INSERT INTO thing(name, colour) VALUES('a; b', 'red')"))


def test_a_failing_migration_leaves_the_database_as_it_was(db):
    broken = Migration("room", 2, "CREATE TABLE other(id INTEGER); CREATE TABLE thing(id INTEGER);")
    with pytest.raises(db.driver.errors):
        migrate(db, [TABLE, broken])
    with db.read() as tx:
        assert not tx.has_table("other")


def test_newer_tables_are_refused(db):
    migrate(db, [TABLE, Migration("room", 2, "CREATE TABLE more(id INTEGER);")])
    with pytest.raises(Invalid, match="newer"):
        migrate(db, [TABLE])


def test_events_come_in_order_and_a_consumer_keeps_its_place(db):
    def both(tx):
        return [outbox.append(tx, "ref", {"n": n}) for n in range(3)]

    first, second, third = db.write(both)
    assert first < second < third
    with db.read() as tx:
        assert outbox.cursor(tx, "jobs") == 0
        assert [event.body["n"] for event in outbox.after(tx, first)] == [1, 2]
        assert outbox.latest(tx) == third
    db.write(lambda tx: outbox.advance(tx, "jobs", second))
    db.write(lambda tx: outbox.advance(tx, "jobs", first))
    with db.read() as tx:
        assert outbox.cursor(tx, "jobs") == second


def test_an_event_of_a_failed_transaction_never_was(db):
    def fail(tx):
        outbox.append(tx, "ref", {})
        raise Invalid("no")

    with pytest.raises(Invalid):
        db.write(fail)
    with db.read() as tx:
        assert outbox.after(tx, 0) == []
