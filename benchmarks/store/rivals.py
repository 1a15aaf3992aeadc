"""One class for each tool: how it takes in a folder, says what has changed, compares versions, gives them back."""

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

HERE: Final = Path(__file__).resolve().parent
ALL: Final = 1000
FEW: Final = 10


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

    def mark(self, tag: str) -> str:  # noqa: ARG002
        """Name the version that was just taken in, where that is a command of its own; not timed."""
        return "true"

    def status(self) -> str | None:
        """Say what has changed since."""
        return None

    def diff(self, before: str, after: str) -> str | None:  # noqa: ARG002
        """Say what differs between two versions."""
        return None

    def checkout(self, tag: str) -> str | None:  # noqa: ARG002
        """Write a version to ``out``."""
        return None

    def read(self, tag: str) -> tuple[str, int] | None:  # noqa: ARG002
        """Read files of a version whose paths, relative to ``data``, stand in ``paths``.

        Returns:
            The line, and how many of the paths it reads: one process for each makes a thousand take too long.
        """
        return None

    def store(self) -> list[Path]:
        """The folders that hold what was taken in."""
        return [self.place / "store"]


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

    def read(self, tag: str) -> tuple[str, int] | None:
        return f"cd copy-{tag} && xargs cat < ../paths > /dev/null", ALL

    def store(self) -> list[Path]:
        return list(self.place.glob("copy-*"))


class Ours(Tool):
    """Recension, one process for each command."""

    name = "Recension"

    def _run(self, line: str) -> str:
        return f"{Path(sys.executable).with_name('recension')} --home home {line}"

    def version(self) -> str | None:
        return self._say(self._run("--version"))

    def begin(self) -> str:
        return self._run("repo create pool")

    def commit(self, tag: str) -> str:
        return f"{self._run('put pool@main data')} -m {tag}"

    def mark(self, tag: str) -> str:
        return self._run(f"tag create pool@{tag}")

    def status(self) -> str | None:
        return self._run("status pool@main data")

    def diff(self, before: str, after: str) -> str | None:
        return self._run(f"diff pool@{before} pool@{after}")

    def checkout(self, tag: str) -> str | None:
        return self._run(f"checkout pool@{tag} out")

    def read(self, tag: str) -> tuple[str, int] | None:
        return f"{sys.executable} {HERE / 'read_step.py'} home pool@{tag} paths", ALL

    def store(self) -> list[Path]:
        return [self.place / "home"]


class Git(Tool):
    """git, without automatic packing."""

    name = "git"

    def begin(self) -> str:
        return "git init -q . && printf 'home\\nout\\n' > .git/info/exclude"

    def commit(self, tag: str) -> str:
        return f"git add -A data && git commit -qm {tag}"

    def mark(self, tag: str) -> str:
        return f"git tag {tag}"

    def status(self) -> str | None:
        return "git status --porcelain"

    def diff(self, before: str, after: str) -> str | None:
        return f"git diff --name-status {before} {after}"

    def checkout(self, tag: str) -> str | None:
        return f"export GIT_INDEX_FILE=$PWD/.git/other; git read-tree {tag} && git checkout-index -a --prefix=out/"

    def read(self, tag: str) -> tuple[str, int] | None:
        return f"sed s,^,{tag}:data/, paths | git cat-file --batch > /dev/null", ALL

    def store(self) -> list[Path]:
        return [self.place / ".git"]


class GitLfs(Git):
    """git with every file in LFS."""

    name = "git-lfs"

    def begin(self) -> str:
        track = "git lfs install --local && git lfs track '*.json' '*.jpg' '*.bin' && git add .gitattributes"
        return f"{super().begin()} && {track} && git commit -qm begin"

    def checkout(self, tag: str) -> str | None:
        return f"git worktree add -f --detach out {tag}"

    def read(self, tag: str) -> tuple[str, int] | None:
        return f"sed 's,.*,{tag}:data/& data/&,' paths | git cat-file --batch --filters > /dev/null", ALL


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
        return f"{dvc} add -q data && git add -A data.dvc .gitignore && git commit -qm {tag}"

    def status(self) -> str | None:
        return f"{self.programs['dvc']} status -q"

    def diff(self, before: str, after: str) -> str | None:
        return f"{self.programs['dvc']} diff -q {before} {after}"

    def checkout(self, tag: str) -> str | None:  # noqa: ARG002
        return f"rm -rf data && {self.programs['dvc']} checkout -q"

    def read(self, tag: str) -> tuple[str, int] | None:
        python = Path(self.programs["dvc"]).with_name("python")
        return f"{python} {HERE / 'dvc_step.py'} . {tag} paths", ALL

    def store(self) -> list[Path]:
        return [self.place / ".git", self.place / ".dvc"]


class Oxen(Tool):
    """Oxen's Python package; it neither compares versions nor reads a file of an old one."""

    name = "Oxen"

    def _step(self, line: str) -> str:
        return f"{self.programs['oxen']} {HERE / 'oxen_step.py'} {line}"

    def version(self) -> str | None:
        if "oxen" not in self.programs:
            return None
        said = self._say(f"{self.programs['oxen']} -c 'import importlib.metadata as m; print(m.version(\"oxenai\"))'")
        return said and f"oxenai {said}"

    def begin(self) -> str:
        return self._step("init $PWD")

    def commit(self, tag: str) -> str:
        return self._step(f"commit $PWD {tag}")

    def status(self) -> str | None:
        return self._step("status $PWD")

    def checkout(self, tag: str) -> str | None:
        return f"rm -rf data && {self._step(f'restore $PWD {tag}')}"

    def store(self) -> list[Path]:
        return [self.place / ".oxen"]


_SHORT_ID: Final = """sed 's/.*"short_id":"\\([0-9a-f]*\\)".*/\\1/'"""


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

    def diff(self, before: str, after: str) -> str | None:
        snapshots = " ".join(f"$({self._RUN} snapshots --json --tag {tag} | {_SHORT_ID})" for tag in (before, after))
        return f"set -o pipefail; {self._RUN} diff {snapshots}"

    def checkout(self, tag: str) -> str | None:
        return f"{self._RUN} restore latest --tag {tag} --target out"

    def read(self, tag: str) -> tuple[str, int] | None:
        line = f"for p in $(head -n {FEW} paths); do {self._RUN} dump --tag {tag} latest /data/$p; done"
        return f"set -e; {line} > /dev/null", FEW


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

    def read(self, tag: str) -> tuple[str, int] | None:
        line = f"for p in $(head -n {FEW} paths); do borg extract --stdout store::{tag} data/$p; done"
        return f"set -e; export BORG_BASE_DIR=$PWD/base; {line} > /dev/null", FEW


TOOLS: Final[tuple[type[Tool], ...]] = (Cp, Ours, Git, GitLfs, Dvc, Oxen, Restic, Borg)


def python_tools(cache: Path) -> dict[str, str]:
    """What comes from PyPI, each in an environment of its own in a cache folder; those that cannot be had are left out.

    Returns:
        DVC's program, and the Python that has Oxen.
    """
    found = {}
    for package, name, program in (("dvc", "dvc", "dvc"), ("oxenai", "oxen", "python")):
        place = cache / name
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        if not (place / "whole").exists():
            subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(place)], check=False)
            install = [uv, "pip", "install", "-q", "--python", str(place / "bin" / "python"), package]
            if subprocess.run(install, check=False).returncode == 0:
                (place / "whole").touch()
        if (place / "whole").exists():
            found[name] = str(place / "bin" / program)
    return found
