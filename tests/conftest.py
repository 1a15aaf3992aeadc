"""Real servers for the tests that want them, one of each kind in a session."""

import os
from collections.abc import Callable, Iterator

import pytest
from tests import backing
from tests.services.postgres import PostgresServer
from tests.services.rgw import S3Server

import recension.server.home
import recension.store.store
from recension.store.home import create_home

WITHOUT = "RECENSION_TEST_BACKENDS"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backing", default="", help="what homes stand on: postgres, s3 or postgres+s3 (default: files)")


def pytest_configure(config: pytest.Config) -> None:
    kinds = set(filter(None, config.getoption("--backing").split("+")))
    if kinds - backing.KINDS:
        raise pytest.UsageError("--backing takes postgres, s3 or postgres+s3")


def _wanted() -> None:
    if os.environ.get(WITHOUT) == "sqlite":
        pytest.skip(f"left out: {WITHOUT}=sqlite")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    _wanted()
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    _wanted()
    server = S3Server()
    patch = pytest.MonkeyPatch()
    for name, value in server.environment.items():
        patch.setenv(name, value)
    yield server
    patch.undo()
    server.close()


@pytest.fixture(autouse=True)
def _stand_on_servers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``--backing``: new homes get settings that name a database and a bucket of their own."""
    kinds = request.config.getoption("--backing").split("+")
    if kinds == [""]:
        return
    found = backing.Backing(
        _source(request, "postgres_server", "new_database") if "postgres" in kinds else None,
        _source(request, "s3_server", "new_bucket") if "s3" in kinds else None,
    )
    monkeypatch.setattr(backing, "current", found)

    def with_settings(home, settings=None):
        create_home(home, settings or found.settings())

    monkeypatch.setattr(recension.store.store, "create_home", with_settings)
    monkeypatch.setattr(recension.server.home, "create_home", with_settings)


def _source(request: pytest.FixtureRequest, server: str, method: str) -> Callable[[], str]:
    return getattr(request.getfixturevalue(server), method)
