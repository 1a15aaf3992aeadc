"""A home with the tables of pipelines, and an engine that shares its environments over all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.world import World

from recension.flow.host import Host


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def host(tmp_path: Path, environments: Path) -> Host:
    home = tmp_path / "home"
    return Host(scratch=tmp_path / "scratch", environments=environments, hidden=(home,))


@pytest.fixture
def world(tmp_path: Path, host: Host) -> Iterator[World]:
    with World(tmp_path / "home", host) as found:
        yield found
