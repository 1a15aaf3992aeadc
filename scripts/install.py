"""Brings ``.venv`` and the browser bundle of a checkout up to date: ``python3 scripts/install.py [base|dev]``.

Does nothing, quickly, when nothing changed. Talks on standard error only: standard output belongs to the command that
`make` runs afterwards. Written without newer syntax, so that an old Python can still say that it is too old.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
# The file's presence says which set is installed; its content says from which lock.
STAMPS = {"base": VENV / ".recension-base", "dev": VENV / ".recension-dev"}


def main(wanted):
    """Install the packages of ``wanted`` and build the bundle, each only where it is out of date."""
    with_web = os.environ.get("RECENSION_SKIP_WEB") != "1"
    if with_web:
        check_node()
    if not is_fresh(wanted):
        install_packages(wanted)
    if with_web:
        modules = ["--modules"] if wanted == "dev" else []
        run("Browser application", [VENV / "bin" / "python", ROOT / "hatch_build.py", *modules], quiet=True)


def is_fresh(wanted):
    """Whether the environment holds what the lock says; ``dev`` holds all of ``base``."""
    sets = ["dev"] if wanted == "dev" else ["base", "dev"]
    return any(STAMPS[name].is_file() and STAMPS[name].read_text() == fingerprint(name) for name in sets)


def fingerprint(name):
    """A digest of everything that decides the set's content."""
    digest = hashlib.sha256()
    for path in (lock_of(name), ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def lock_of(name):
    """The lock file of a set."""
    return ROOT / "requirements" / (name + ".txt")


def install_packages(wanted):
    """Make ``.venv`` when it is missing, install from the lock by hash, then the checkout itself."""
    for stamp in STAMPS.values():
        if stamp.is_file():
            stamp.unlink()
    python = VENV / "bin" / "python"
    if not python.exists():
        make_venv()
    pip = [python, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    run("Packages (" + wanted + ")", [*pip, "--require-hashes", "-r", lock_of(wanted)])
    # The build back end is in the lock as well, so nothing is fetched beside it.
    run("Recension", [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])
    STAMPS[wanted].write_text(fingerprint(wanted))


def make_venv():
    """Create ``.venv`` with the first Python that is new enough."""
    python = find_python()
    check = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if check.returncode:
        stop("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv")
    run("Virtual environment", [python, "-m", "venv", VENV])


def find_python():
    """The path of a Python of at least OLDEST_PYTHON."""
    names = [os.environ.get("PYTHON") or sys.executable, "python3.14", "python3.13", "python3.12", "python3.11"]
    for name in names:
        path = shutil.which(name)
        if path and version_of([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) >= OLDEST_PYTHON:
            return path
    return stop("Python 3.11 or newer is needed, and " + " and ".join(names[:1]) + " is older. Name one: PYTHON=/path")


def check_node():
    """Stop with a clear message when the bundle cannot be built or checked here."""
    if not (ROOT / "web" / "package.json").is_file():
        return
    if shutil.which("node") is None or shutil.which("npm") is None:
        stop("Node 20.19 or newer, with npm, is needed for the browser application (RECENSION_SKIP_WEB=1: without it)")
    if version_of(["node", "--version"]) < OLDEST_NODE:
        stop("Node 20.19 or newer is needed; this one is older (RECENSION_SKIP_WEB=1: without browser application)")


def version_of(command):
    """(major, minor) of the version that ``command`` prints; (0, 0) when it cannot run."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    found = re.search(r"(\d+)\.(\d+)", done.stdout.decode("ascii", "replace"))
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def run(title, command, quiet=False):
    """Run one step; a failing one ends the installation with its exit code."""
    if not quiet:
        sys.stderr.write("... " + title + "\n")
        sys.stderr.flush()
    done = subprocess.run([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=2, check=False)
    if done.returncode:
        stop(title + " failed (exit code %d); see above" % done.returncode)


def stop(message):
    """End with a message on standard error."""
    sys.exit("recension: " + message)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "base")
