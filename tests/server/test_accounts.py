"""Who may sign in, and with what."""

import sqlite3

import pytest
from tests.backing import database_at

from recension.clock import ManualClock
from recension.db import Database, migrate
from recension.errors import AlreadyExists, Forbidden, Invalid, NotFound, Unauthenticated
from recension.server import accounts
from recension.server.access import ALLOWED, Identity, Need
from recension.server.schema import MIGRATIONS
from recension.store import MIGRATIONS as STORE_MIGRATIONS


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def db(tmp_path):
    db = Database.open(database_at(tmp_path / "recension.db"))
    migrate(db, [*STORE_MIGRATIONS, *MIGRATIONS])
    yield db
    db.close()


def test_a_link_signs_in_once_and_only_within_a_day(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    link = db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    session = db.write(lambda tx: accounts.redeem_link(tx, clock, link))
    with db.read() as tx:
        assert accounts.identify(tx, clock, session, by_cookie=True).name == "ann"
    with pytest.raises(Unauthenticated):
        db.write(lambda tx: accounts.redeem_link(tx, clock, link))

    late = db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    clock.advance(24 * 3600 + 1)
    with pytest.raises(Unauthenticated):
        db.write(lambda tx: accounts.redeem_link(tx, clock, late))


def test_a_new_link_ends_the_unused_one_before_it(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    first = db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    with pytest.raises(Unauthenticated):
        db.write(lambda tx: accounts.redeem_link(tx, clock, first))


def test_secrets_do_not_stand_in_for_each_other(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    token = db.write(lambda tx: accounts.new_token(tx, clock, "ann", label="laptop"))
    link = db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    with db.read() as tx:
        assert accounts.identify(tx, clock, token, by_cookie=False).name == "ann"
        assert accounts.identify(tx, clock, token, by_cookie=True) is None
        assert accounts.identify(tx, clock, link, by_cookie=True) is None
        assert accounts.identify(tx, clock, link, by_cookie=False) is None
    with pytest.raises(Unauthenticated):
        db.write(lambda tx: accounts.redeem_link(tx, clock, token))


def test_no_secret_is_kept_in_the_database(db, clock, tmp_path):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    link = db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    session = db.write(lambda tx: accounts.redeem_link(tx, clock, link))
    token = db.write(lambda tx: accounts.new_token(tx, clock, "ann", label="laptop"))
    copy = db.copy(tmp_path, "copy")
    dump = "\n".join(sqlite3.connect(copy).iterdump()) if copy.suffix == ".db" else copy.read_text()
    for secret in (link, session, token):
        assert secret not in dump
        assert secret.encode().hex() not in dump.lower()


def test_a_removed_account_cannot_sign_in_and_keeps_its_name(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "boss", ["admin"]))
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    token = db.write(lambda tx: accounts.new_token(tx, clock, "ann", label="laptop"))
    db.write(lambda tx: accounts.remove(tx, clock, "ann"))
    with db.read() as tx:
        assert accounts.identify(tx, clock, token, by_cookie=False) is None
        assert [account.name for account in accounts.accounts(tx)] == ["boss"]
    with pytest.raises(NotFound):
        db.write(lambda tx: accounts.new_link(tx, clock, "ann"))
    again = db.write(lambda tx: accounts.add(tx, clock, "ann", ["lead"]))
    assert again.roles == ("lead",)


def test_the_last_administrator_stays(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "boss", ["admin"]))
    with pytest.raises(Invalid, match="last administrator"):
        db.write(lambda tx: accounts.remove(tx, clock, "boss"))
    db.write(lambda tx: accounts.add(tx, clock, "other", ["admin"]))
    db.write(lambda tx: accounts.remove(tx, clock, "boss"))


@pytest.mark.parametrize(("name", "roles"), [("Ann", ["lead"]), ("a" * 31, ["lead"]), ("ann", ["king"]), ("ann", [])])
def test_bad_names_and_roles_are_refused(db, clock, name, roles):
    with pytest.raises(Invalid):
        db.write(lambda tx: accounts.add(tx, clock, name, roles))
    with db.read() as tx:
        assert accounts.accounts(tx) == []


def test_a_taken_name_is_refused(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["lead"]))
    with pytest.raises(AlreadyExists):
        db.write(lambda tx: accounts.add(tx, clock, "ann", ["admin"]))
    with pytest.raises(AlreadyExists):
        db.write(lambda tx: accounts.add(tx, clock, "ann", ["admin"], kind="robot"))


def test_a_grant_opens_one_repo_and_nothing_else(db, clock):
    db.write(lambda tx: accounts.add(tx, clock, "ann", ["annotator"]))
    token = db.write(lambda tx: accounts.new_token(tx, clock, "ann", label="laptop"))
    db.write(lambda tx: accounts.grant(tx, "ann", workspace="default", repo="pool", level="read"))
    with db.read() as tx:
        ann = accounts.identify(tx, clock, token, by_cookie=False)
    assert ann.may(Need.READ_DATA, repo="pool")
    assert not ann.may(Need.WRITE_DATA, repo="pool")
    assert not ann.may(Need.READ_DATA, repo="labels")
    assert not ann.may(Need.READ_DATA, workspace="other", repo="pool")
    with pytest.raises(Forbidden, match="ann may not write"):
        ann.require(Need.WRITE_DATA, repo="pool")


@pytest.mark.parametrize("role", ["annotator", "lead", "engineer", "admin"])
@pytest.mark.parametrize("need", list(Need))
def test_a_role_allows_what_the_table_says_in_its_workspace_only(role, need):
    someone = Identity(1, "ann", "user", simulated=False, roles=frozenset({("lab", role)}))
    assert someone.may(need, workspace="lab") == (role in ALLOWED[need])
    assert not someone.may(need, workspace="default")
