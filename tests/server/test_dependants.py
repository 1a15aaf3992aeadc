"""Who needs a commit, as its tables say; a home that was never served needs nothing."""

import pytest

from recension.clock import ManualClock
from recension.crowd.schema import MIGRATIONS as CROWD
from recension.db import migrate
from recension.errors import Conflict
from recension.flow import MIGRATIONS as FLOW
from recension.server.dependants import readers_of, refuse_while_used
from recension.store import Store

JOB = (
    "INSERT INTO job(number, id, workspace, pipeline, branch, output_branch, spec_commit, cause, global_id, state, "
    "inputs, created_us) VALUES(1, 'j', 'default', 'train', 'main', 'main', 's', 'c', 'g', 'failed', :inputs, 0)"
)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "home", create=True, clock=ManualClock(1)) as opened:
        opened.create_repo("pool")
        yield opened


def check(store, commit):
    with store.db.read() as tx:
        refuse_while_used(tx, commit)


def test_a_home_that_was_never_served(store):
    check(store, store.write("pool", "main", []))
    with store.db.read() as tx:
        assert readers_of(tx, "default", "pool") == []


def test_a_job_needs_what_it_read(store):
    migrate(store.db, [*CROWD, *FLOW])
    commit, other = store.write("pool", "main", []), store.write("pool", "dev", [])
    store.db.write(lambda tx: tx.execute(JOB, {"inputs": f'[["pool", "{commit.id}"]]'}))
    with pytest.raises(Conflict, match="job j of pipeline train"):
        check(store, commit)
    check(store, other)
