"""A blob service of the tests' own that speaks Azure's protocol: Azurite, which keeps its data in memory."""

import base64
import hashlib
import hmac
import itertools
import secrets
import shutil
import urllib.request
from email.utils import formatdate
from pathlib import Path

from tests.services.daemon import CannotStart, Daemon, free_port, listens, new_folder, program

_PROGRAM = Path(__file__).parent / "azurite" / "node_modules" / ".bin" / "azurite-blob"
_VERSION = "2021-08-06"
ACCOUNT = "tester"


class AzureServer:
    """A service with one account and one container, whose prefixes stand for the containers of single tests."""

    def __init__(self) -> None:
        if not _PROGRAM.exists():
            raise CannotStart("azurite is not installed: run scripts/system-packages.sh backends")
        self._numbers = itertools.count(1)
        self._key = base64.b64encode(secrets.token_bytes(32)).decode()
        self.folder = new_folder()
        self.port = free_port()
        self._daemon = Daemon(
            [
                program("node"), str(_PROGRAM.resolve()), "--inMemoryPersistence", "--extentMemoryLimit", "1024",
                "--blobHost", "127.0.0.1", "--blobPort", str(self.port),
                "--silent", "--disableTelemetry", "--skipApiVersionCheck",
            ],
            log=self.folder / "azurite.out",
            told={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{self._key}"},
        )  # fmt: skip
        self._daemon.await_ready(lambda: listens(self.port))
        self._make_container("recension")

    @property
    def endpoint(self) -> str:
        """Where the account's containers are."""
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    @property
    def environment(self) -> dict[str, str]:
        """The secrets, as our documentation tells people to give them."""
        return {"AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": self._key}

    def _make_container(self, name: str) -> None:
        """Blobs have a library here, containers have not: a request signed by the account's key makes one."""
        date = formatdate(usegmt=True)
        lines = [
            "PUT", *[""] * 11, f"x-ms-date:{date}", f"x-ms-version:{_VERSION}",
            f"/{ACCOUNT}/{ACCOUNT}/{name}", "restype:container",
        ]  # fmt: skip
        key = base64.b64decode(self._key)
        signature = base64.b64encode(hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()).decode()
        request = urllib.request.Request(
            f"{self.endpoint}/{name}?restype=container",
            method="PUT",
            headers={
                "x-ms-date": date,
                "x-ms-version": _VERSION,
                "Authorization": f"SharedKey {ACCOUNT}:{signature}",
                "Content-Length": "0",
            },
        )
        urllib.request.urlopen(request, timeout=20).close()

    def new_bucket(self) -> str:
        """The URL of an empty place for objects; really a folder of one container, which costs nothing."""
        return f"az://recension/test-{next(self._numbers)}?endpoint={self.endpoint}"

    def close(self) -> None:
        """Stop it and remove its folder."""
        self._daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
