"""Builds the browser application into the package, for wheels, source distributions and checkouts.

The bundle lies in ``src/recension/server/web`` (ignored by git, shipped by the build) with a stamp of the sources it
was made from, so that nothing is built twice and an unpacked source distribution needs no Node at all. Run as a
script, it brings a checkout's bundle up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE: Final = Path("src/recension/server/web")
STAMP: Final = ".source-hash"
SKIP: Final = "RECENSION_SKIP_WEB"
# What decides the bundle's bytes; tests and notes beside them do not.
SOURCES: Final = ("package.json", "package-lock.json", "index.html", "vite.config.ts", "tsconfig.json", "src", "public")
NO_NODE: Final = (
    "the browser application needs Node 20.19 or newer, and npm was not found. "
    f"Install Node, or install a released wheel, or set {SKIP}=1 to go without the browser application"
)


class BundleHook(BuildHookInterface[Any]):
    """Puts a fresh bundle where the wheel and the source distribution pick it up."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected; an editable install uses whatever bundle the checkout has."""
        del build_data
        if version != "editable" and os.environ.get(SKIP) != "1":
            build_bundle(Path(self.root))


def build_bundle(root: Path) -> bool:
    """Make the bundle match the sources under ``root``; True when something had to be built.

    Raises:
        SystemExit: Node is missing, or the build failed; the message says which and what to do.
    """
    web, bundle = root / "web", root / BUNDLE
    stamp = bundle / STAMP
    have = stamp.read_text() if stamp.is_file() else None
    if not (web / "package.json").is_file():
        if have is None:
            raise SystemExit(f"{web} and {bundle} are both missing: this copy of the sources is not complete")
        return False
    want = source_hash(web)
    if have == want:
        return False
    print("... Browser application", file=sys.stderr, flush=True)
    install_modules(web)
    # The build may write beside its target only: a half-written bundle never carries a stamp.
    stamp.unlink(missing_ok=True)
    _npm(web, "run", "--silent", "build", "--", "--logLevel", "warn", "--outDir", str(bundle), "--emptyOutDir")
    stamp.write_text(want)
    return True


def install_modules(web: Path) -> bool:
    """Make ``node_modules`` match the lock file; True when something had to be installed."""
    stamp = web / "node_modules" / STAMP
    want = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == want:
        return False
    _npm(web, "ci", "--no-audit", "--no-fund", "--loglevel", "error")
    stamp.write_text(want)
    return True


def source_hash(web: Path) -> str:
    """SHA-256 over names and contents of everything the bundle is made from."""
    digest = hashlib.sha256()
    for name in SOURCES:
        top = web / name
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and ".test." not in file.name:
                digest.update(f"{file.relative_to(web).as_posix()}\0{file.stat().st_size}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _npm(web: Path, *arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(NO_NODE)
    # Standard output belongs to whoever called us (it may be read by a program), so npm talks on standard error.
    done = subprocess.run([npm, *arguments], cwd=web, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed in {web} with exit code {done.returncode}")


if __name__ == "__main__" and os.environ.get(SKIP) != "1":
    build_bundle(Path(__file__).parent)
    if "--modules" in sys.argv:  # for the checks, which need them even where the bundle is fresh
        install_modules(Path(__file__).parent / "web")
