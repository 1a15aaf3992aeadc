"""One class for each tool: how it takes in a folder, says what has changed, compares two versions, gives one back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

ENVIRONMENT: Final = {
    "GIT_AUTHOR_NAME": "b", "GIT_AUTHOR_EMAIL": "b@b", "GIT_COMMITTER_NAME": "b", "GIT_COMMITTER_EMAIL": "b@b",
    "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0",
    "GIT_CONFIG_KEY_1": "init.defaultBranch", "GIT_CONFIG_VALUE_1": "main",
    "GIT_CONFIG_KEY_2": "maintenance.auto", "GIT_CONFIG_VALUE_2": "false",
    "RESTIC_PASSWORD": "x", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes", "DVC_NO_ANALYTICS": "1",
}  # fmt: skip


class Tool(ABC):
    """Commands are lines of shell, run in ``place``, which holds the files in ``data``; None: it has no such thing."""

    name = ""

    def __init__(self, place: Path, programs: dict[str, str]) -> None:
        self.place = place
        self.programs = programs

    def version(self) -> str | None:
        """The version, or None where it is not installed."""
        return self._say(f"{self.name} --version")

    def _say(self, line: str) -> str | None:
        said = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
        return said.stdout.strip().splitlines()[0] if said.returncode == 0 and said.stdout.strip() else None

    def begin(self) -> str:
        """Prepare; not timed."""
        return "true"

    @abstractmethod
    def commit(self, tag: str) -> str:
        """Take in ``data`` as a version."""

    def status(self) -> str | None:
        """Say what has changed since."""
        return None

    def diff(self, before: str, after: str) -> str | None:  # noqa: ARG002
        """Say what differs between two versions."""
        return None

    def checkout(self, tag: str) -> str | None:  # noqa: ARG002
        """Write a version to ``out``."""
        return None


class Cp(Tool):
    """The floor: a plain copy."""

    name = "cp -r"

    def version(self) -> str | None:
        return self._say("cp --version")

    def commit(self, tag: str) -> str:
        return f"cp -r data copy-{tag}"

    def diff(self, before: str, after: str) -> str | None:
        return f"diff -rq copy-{before} copy-{after} || true"

    def checkout(self, tag: str) -> str | None:
        return f"cp -r copy-{tag} out"


class Ours(Tool):
    """Recension, one process for each command."""

    name = "Recension"

    def _run(self, line: str) -> str:
        return f"{sys.executable} -m recension.cli.main --home home {line}"

    def version(self) -> str | None:
        return self._say(self._run("--version"))

    def begin(self) -> str:
        return self._run("repo create pool")

    def commit(self, tag: str) -> str:
        return f"{self._run('put pool@main data')} -m {tag}"

    def status(self) -> str | None:
        return self._run("put pool@main data")

    def diff(self, before: str, after: str) -> str | None:  # noqa: ARG002
        return self._run("diff pool@main^ pool@main")

    def checkout(self, tag: str) -> str | None:  # noqa: ARG002
        return self._run("checkout pool@main out")


class Git(Tool):
    """git, without automatic packing."""

    name = "git"

    def begin(self) -> str:
        return "git init -q . && printf 'home\\nout\\n' > .git/info/exclude"

    def commit(self, tag: str) -> str:
        return f"git add -A data && git commit -qm {tag} && git tag {tag}"

    def status(self) -> str | None:
        return "git status --porcelain"

    def diff(self, before: str, after: str) -> str | None:
        return f"git diff --name-status {before} {after}"

    def checkout(self, tag: str) -> str | None:
        return f"export GIT_INDEX_FILE=$PWD/.git/other; git read-tree {tag} && git checkout-index -a --prefix=out/"


class GitLfs(Git):
    """git with every file in LFS."""

    name = "git-lfs"

    def begin(self) -> str:
        track = "git lfs install --local && git lfs track '*.json' '*.jpg' '*.bin' && git add .gitattributes"
        return f"{super().begin()} && {track} && git commit -qm begin"

    def checkout(self, tag: str) -> str | None:
        return f"git worktree add -f --detach out {tag}"


class Dvc(Git):
    """DVC over git."""

    name = "dvc"

    def version(self) -> str | None:
        return self._say(f"{self.programs['dvc']} --version") if "dvc" in self.programs else None

    def begin(self) -> str:
        dvc = self.programs["dvc"]
        return f"{super().begin()} && {dvc} init -q && {dvc} config core.analytics false && git commit -qm begin"

    def commit(self, tag: str) -> str:
        dvc = self.programs["dvc"]
        return f"{dvc} add -q data && git add -A data.dvc .gitignore && git commit -qm {tag} && git tag {tag}"

    def status(self) -> str | None:
        return f"{self.programs['dvc']} status -q"

    def diff(self, before: str, after: str) -> str | None:
        return f"{self.programs['dvc']} diff -q {before} {after}"

    def checkout(self, tag: str) -> str | None:  # noqa: ARG002
        return f"rm -rf data && {self.programs['dvc']} checkout -q"


class Restic(Tool):
    """restic, with its default compression."""

    name = "restic"
    _RUN = "restic -q -r store --cache-dir cache"

    def version(self) -> str | None:
        return self._say("restic version")

    def begin(self) -> str:
        return f"{self._RUN} init"

    def commit(self, tag: str) -> str:
        return f"{self._RUN} backup --tag {tag} data"

    def status(self) -> str | None:
        return f"{self._RUN} backup -n data"

    def checkout(self, tag: str) -> str | None:
        return f"{self._RUN} restore latest --tag {tag} --target out"


class Borg(Tool):
    """borg, without encryption."""

    name = "borg"

    def begin(self) -> str:
        return "export BORG_BASE_DIR=$PWD/base; borg init -e none store"

    def commit(self, tag: str) -> str:
        return f"export BORG_BASE_DIR=$PWD/base; borg create store::{tag} data"

    def status(self) -> str | None:
        return "export BORG_BASE_DIR=$PWD/base; borg create -n store::none data"

    def diff(self, before: str, after: str) -> str | None:
        return f"export BORG_BASE_DIR=$PWD/base; borg diff store::{before} {after}"

    def checkout(self, tag: str) -> str | None:
        return f"export BORG_BASE_DIR=$PWD/base; mkdir out && cd out && borg extract ../store::{tag}"


TOOLS: Final[tuple[type[Tool], ...]] = (Cp, Ours, Git, GitLfs, Dvc, Restic, Borg)


def python_tools(cache: Path) -> dict[str, str]:
    """DVC in an environment of its own in a cache folder; made when it is missing. Empty where it cannot be had."""
    place = cache / "dvc"
    program = place / "bin" / "dvc"
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not program.exists():
        made = subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(place)], check=False)
        if made.returncode == 0:
            subprocess.run([uv, "pip", "install", "-q", "--python", str(place / "bin" / "python"), "dvc"], check=False)
    return {"dvc": str(program)} if program.exists() else {}
