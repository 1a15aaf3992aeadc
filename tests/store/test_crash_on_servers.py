"""``kill -9`` between any two steps, on PostgreSQL and S3 at the end of a bad line: the same laws as on files."""

import random

import pytest
from tests.services import flaky
from tests.services.flaky import FlakyLine
from tests.store import test_staging_crash
from tests.store.crash_laws import assert_only_needed_is_stored, check, kill_at

from recension.store import Store
from recension.store.settings import Settings

pytestmark = pytest.mark.backends

POINTS = [
    *(("commit", point) for point in (
        "object to be sent", "object sent", "transaction begun", "records inserted", "commit inserted",
        "branch moved", "transaction done",
    )),
    *(("put", point) for point in ("object to be sent", "object sent", "commit inserted", "landed")),
    *(("merge", point) for point in (
        "trees merged", "object sent", "commit inserted", "branch moved", "transaction done", "forwarded",
    )),
    *(("fold", point) for point in (
        "object sent", "tree made", "tree registered", "layout changed", "transaction done", "folded",
        "folds forgotten",
    )),
    *(("gather", point) for point in ("object sent", "added", "gathered", "commit inserted", "finished")),
    *(("collect", point) for point in (
        "dead found", "condemned", "copied", "object sent", "rows deleted", "rows moved", "cleared", "given up",
        "object to be deleted", "object deleted", "deleted", "transaction done",
    )),
]  # fmt: skip
FAULTS = [flaky.LOSE, flaky.LATE, flaky.CUT, flaky.REFUSE]


@pytest.fixture
def line(s3_server):
    opened = FlakyLine(s3_server.port)
    rng = random.Random(3)
    opened.plan = lambda _method, _target: rng.choice(FAULTS) if rng.random() < 0.1 else None
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path, postgres_server, s3_server, line):
    bucket = s3_server.new_bucket().replace(str(s3_server.port), str(line.port))
    with Store.create(tmp_path / "home", settings=Settings(postgres_server.new_database(), bucket)) as store:
        store.create_repo("pool")
    return tmp_path / "home"


def check_nothing_is_left(home):
    with Store.open(home) as store:
        assert_only_needed_is_stored(store)


@pytest.mark.slow
@pytest.mark.parametrize(("work", "point"), POINTS)
def test_a_kill_at_any_step_loses_nothing_acknowledged(home, line, work, point):
    acknowledged = []
    for hit in (1, 3):
        acknowledged = kill_at(home, acknowledged, work, point, hit, calm=line.calm)
    check_nothing_is_left(home)
    with line.calm():
        check(home, acknowledged)
    assert {fault for _, _, fault in line.seen} > {None}, "the line was a bad one"


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("work", "point"), POINTS)
def test_twenty_kills_at_any_step(home, line, work, point):
    acknowledged = []
    for hit in range(1, 21):
        acknowledged = kill_at(home, acknowledged, work, point, 1 + hit % 5, calm=line.calm)
    check_nothing_is_left(home)
    with line.calm():
        check(home, acknowledged)


STAGING = ["looked", "row staged", "staged", "object to be sent", "object sent", "commit inserted", "transaction done"]


@pytest.mark.slow
@pytest.mark.parametrize("point", STAGING)
def test_a_kill_while_changes_are_staged_loses_no_version(home, line, point):
    acknowledged = []
    for kills, hit in enumerate((1, 4), 1):
        acknowledged = test_staging_crash.kill_at(home, acknowledged, point, kills, hit, calm=line.calm)
    test_staging_crash.close_and_collect(home)
    test_staging_crash.check(home, acknowledged, 2)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("point", STAGING)
def test_twenty_kills_while_changes_are_staged(home, line, point):
    acknowledged = []
    for kills in range(1, 21):
        acknowledged = test_staging_crash.kill_at(home, acknowledged, point, kills, 1 + kills % 7, calm=line.calm)
    test_staging_crash.close_and_collect(home)
    test_staging_crash.check(home, acknowledged, 20)
