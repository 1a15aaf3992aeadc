from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """A server for a whole file of tests; names in it are the test's own."""
    server = Served(tmp_path_factory.mktemp("served") / "home").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def own(tmp_path) -> Iterator[Served]:
    """A server for one test, which may kill it."""
    server = Served(tmp_path / "home").start()
    yield server
    server.stop()
