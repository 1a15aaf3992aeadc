"""A real Label Studio: in an environment of its own in the cache folder, started on a free port of the loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

VERSION: Final = "1.23.2"
EMAIL: Final = "admin@example.com"
PASSWORD: Final = "admin12345"
TOKEN: Final = "0123456789abcdef0123456789abcdef01234567"
_PATIENCE_S: Final = 400.0
_OWN: Final = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
    "DATA_UPLOAD_MAX_NUMBER_FILES": "1000",
}


def environment() -> Path:
    """Where it is installed, or would be: an environment of the user's cache folder, one for each version."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "recension" / f"label-studio-{VERSION}"


def is_installed() -> bool:
    """Whether the environment is there and whole."""
    return (environment() / "whole").exists()


def install() -> None:
    """Install it from the machine's package index, unless it is there."""
    place = environment()
    if is_installed():
        return
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "-q", "--allow-existing", "--python", sys.executable, str(place)], check=True)
    python = str(place / "bin" / "python")
    subprocess.run([uv, "pip", "install", "-q", "--python", python, f"label-studio=={VERSION}"], check=True)
    (place / "whole").touch()


class LabelStudio:
    """One server on an empty folder; use it as a context.

    Args:
        folder: where it keeps everything; new or empty.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        words = ["start", "--no-browser", "--data-dir", str(self.folder), "-p", str(port), "--log-level", "WARNING"]
        words += ["--internal-host", "127.0.0.1", "--username", EMAIL, "--password", PASSWORD]
        words += ["--user-token", TOKEN, "--enable-legacy-api-token"]
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        own = {"HOME": str(self.folder), "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder)}
        own["LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT"] = str(self.folder)
        with (self.folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(environment() / "bin" / "label-studio"), *words],
                env={**kept, **_OWN, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.http = httpx.Client(
            base_url=self.url, headers={"authorization": f"Token {TOKEN}"}, timeout=120, trust_env=False
        )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _wait(self) -> None:
        """Until it answers; the first start makes its database, which takes half a minute of processor time."""
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if self.http.get("/health", timeout=5).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        raise RuntimeError(f"Label Studio does not answer:\n{(self.folder / 'server.log').read_text()[-2000:]}")

    def _stop(self) -> None:
        self.http.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def call(self, method: str, path: str, **more: Any) -> Any:
        """What its API answers.

        Raises:
            RuntimeError: it refuses.
        """
        answer = self.http.request(method, f"/api{path}", **more)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
        return answer.json() if answer.content else None

    def project(self, title: str, config: str) -> int:
        """A new project; its number."""
        return int(self.call("POST", "/projects/", json={"title": title, "label_config": config})["id"])

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Number and data of every task of a project, in the order of numbers."""
        query = {"project": project, "page_size": 1000, "fields": "task_only"}
        found: list[dict[str, Any]] = self.call("GET", "/tasks", params=query)["tasks"]
        return sorted(found, key=lambda task: task["id"])

    def export(self, project: int) -> list[dict[str, Any]]:
        """What people download as JSON; predictions are numbers there."""
        query = {"exportType": "JSON", "download_all_tasks": "true"}
        found: list[dict[str, Any]] = self.call("GET", f"/projects/{project}/export", params=query)
        return found

    def snapshot(self, project: int) -> list[dict[str, Any]]:
        """The same as a snapshot with predictions in full."""
        options = {"predictions": {"only_id": False}, "drafts": {"only_id": False}}
        body = {"title": "all", "serialization_options": options}
        made = self.call("POST", f"/projects/{project}/exports/", json=body)
        query = {"exportType": "JSON"}
        found: list[dict[str, Any]] = self.call(
            "GET", f"/projects/{project}/exports/{made['id']}/download", params=query
        )
        return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
