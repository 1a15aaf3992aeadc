"""A PostgreSQL server of the tests' own, as Debian installs it."""

import itertools
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
from tests.services.daemon import CannotStart, Daemon, free_port, new_folder, program, unprivileged_user

_FOLDERS = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "10s",
}
_CARELESS = {"fsync": "off", "full_page_writes": "off"}


class PostgresServer:
    """A server with one database, whose schemas stand for the databases of single tests.

    Args:
        careful: flush to disk as a real one does; only what kills the machine needs that.
    """

    def __init__(self, *, careful: bool = False) -> None:
        self._numbers = itertools.count(1)
        self._user = unprivileged_user()
        self.folder = new_folder(self._user)
        self.port = free_port()
        self._make(program("initdb", *_FOLDERS))
        settings = _SETTINGS | ({} if careful else _CARELESS) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.daemon = Daemon(
            [program("postgres", *_FOLDERS), "-D", str(self.folder / "data"), *options],
            log=self.folder / "log",
            user=self._user,
        )
        self.daemon.await_ready(self.answers)

    def _make(self, initdb: str) -> None:
        command = [initdb, "-D", str(self.folder / "data"), "-A", "trust", "-U", "recension", "--no-sync", "-E", "UTF8"]
        # an order as people sort, in which "a" comes before "B": nothing may depend on it
        people = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        done = subprocess.run(
            [*command, *people], capture_output=True, text=True, check=False, user=self._user, cwd="/"
        )
        if done.returncode:
            raise CannotStart(f"initdb failed: {done.stderr}")

    @property
    def url(self) -> str:
        """The database itself."""
        return f"postgresql://recension@127.0.0.1:{self.port}/postgres"

    def new_database(self) -> str:
        """The URL of an empty database; really a schema, which costs a thousandth."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.url}?options={quote(f'-c search_path={name}')}"

    def answers(self) -> bool:
        """Whether connections are accepted."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def crash(self) -> None:
        """End it without any goodbye; what it has not flushed is lost."""
        self.daemon.stop(signal.SIGQUIT)

    def restart(self) -> None:
        """Start it again on the same data."""
        self.daemon.start_again()
        self.daemon.await_ready(self.answers)

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.daemon.stop(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)
