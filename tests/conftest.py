"""Real servers for the tests that want them, one of each kind in a session."""

import os
from collections.abc import Iterator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from tests import backing
from tests.services.azure import AzureServer
from tests.services.postgres import PostgresServer
from tests.services.rgw import S3Server

import recension.server.home
import recension.store.store
from recension.store.home import create_home

# A machine that is busy with other things makes no test fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

WITHOUT = "RECENSION_TEST_BACKENDS"
BucketServer = TypeVar("BucketServer", S3Server, AzureServer)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backing", default="", help="what homes stand on: postgres, s3 or postgres+s3 (default: files)")


def pytest_configure(config: pytest.Config) -> None:
    kinds = set(filter(None, config.getoption("--backing").split("+")))
    if kinds - backing.KINDS:
        raise pytest.UsageError("--backing takes postgres, s3 or postgres+s3")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--backing"):
        return
    left_out = [item for item in items if item.get_closest_marker("files")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _wanted() -> None:
    if os.environ.get(WITHOUT) == "sqlite":
        pytest.skip(f"left out: {WITHOUT}=sqlite")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    _wanted()
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def careful_postgres() -> Iterator[PostgresServer]:
    """One that flushes to disk, for a test that kills it."""
    _wanted()
    server = PostgresServer(careful=True)
    yield server
    server.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    _wanted()
    yield from _with_secrets(S3Server())


@pytest.fixture(scope="session")
def azure_server() -> Iterator[AzureServer]:
    _wanted()
    yield from _with_secrets(AzureServer())


def _with_secrets(server: BucketServer) -> Iterator[BucketServer]:
    """A server whose secrets are in the environment, until the tests end."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server
    server.close()


@pytest.fixture(scope="session", autouse=True)
def _stand_on_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """With ``--backing``: new homes get settings that name a database and a bucket of their own."""
    kinds = request.config.getoption("--backing").split("+")
    with pytest.MonkeyPatch.context() as patch:
        if kinds != [""]:
            _patch(request, patch, kinds)
        yield


def _patch(request: pytest.FixtureRequest, patch: pytest.MonkeyPatch, kinds: list[str]) -> None:
    found = backing.Backing(
        request.getfixturevalue("postgres_server").new_database if "postgres" in kinds else None,
        request.getfixturevalue("s3_server").new_bucket if "s3" in kinds else None,
    )
    patch.setattr(backing, "current", found)

    def with_settings(home, settings=None):
        create_home(home, settings or found.settings())

    patch.setattr(recension.store.store, "create_home", with_settings)
    patch.setattr(recension.server.home, "create_home", with_settings)
