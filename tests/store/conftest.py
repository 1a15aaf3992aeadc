"""A store in a temporary home, and small nodes on demand."""

from pathlib import Path

import pytest
from hypothesis import settings
from tests import backing

from recension.store import Put, Store, delta, folder_runs, split


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.create(tmp_path / "home")
    opened.create_repo("pool")
    yield opened
    opened.close()


@pytest.fixture
def put(store):
    """Commit files given as keywords or a dict, to pool@main."""

    def commit(files: dict[str, bytes], *, repo="pool", branch="main", **options):
        with store.upload() as upload:
            changes = [Put(path, upload.add_bytes(data), len(data)) for path, data in files.items()]
            return store.write(repo, branch, changes, upload=upload, **options)

    return commit


@pytest.fixture(scope="module")
def small_nodes():
    """Cut nodes after a few rows, so that a handful of files makes a tree of several levels."""
    before = split.LEAF, split.INDEX
    split.LEAF, split.INDEX = split.Rule(2, 3, 7), split.Rule(2, 3, 6)
    yield
    split.LEAF, split.INDEX = before


@pytest.fixture(scope="module")
def eager_deltas():
    """Keep every change of more than two leaves beside the tree, however large it is."""
    before = delta.RULE
    delta.RULE = delta.Rule(leaves=2, one_in=1, rows=40)
    yield
    delta.RULE = before


@pytest.fixture(scope="module")
def few_runs():
    """Let the leaves of four folders be mixed."""
    before = folder_runs._MOST
    folder_runs._MOST = 3
    yield
    folder_runs._MOST = before


@pytest.fixture
def machine(small_nodes, request, monkeypatch):
    """Trees of several levels for a state machine, and fewer examples where each operation goes to servers."""
    monkeypatch.setattr(delta, "RULE", delta.RULE)  # a machine that is cut short has no chance to put it back
    if backing.current.new_database or backing.current.new_bucket:
        monkeypatch.setattr(request.cls, "settings", settings(request.cls.settings, max_examples=8))
