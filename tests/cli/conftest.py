from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    """A server for a whole file of tests."""
    server = Served(tmp_path_factory.mktemp("served") / "home").start()
    yield server
    assert server.stop() == 0
