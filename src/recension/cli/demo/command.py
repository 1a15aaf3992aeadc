"""``recension demo``: the whole loop on real headlines, from raw files to a model and back."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from recension.cli.demo import cascade, stage
from recension.cli.demo.control import check_control
from recension.cli.demo.report import Report, gather
from recension.cli.demo.serving import serving
from recension.cli.options import add_command
from recension.cli.output import print_json
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.paths import path
from recension.client.simulate import Progress, simulate_on
from recension.errors import Invalid

_DETAILS: Final = (
    "It runs in a home of its own, which is thrown away afterwards unless --home names a new folder for it. "
    "The first run on a machine also installs the packages that the model's training step declares."
)
_TIMEOUT_S: Final = 120.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "demo", "the whole loop on real headlines with a simulated crowd", details=_DETAILS
    )
    parser.add_argument("--exit", action="store_true", help="end when the report is printed; takes a free port")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides chance (default %(default)s)")
    parser.add_argument("--port", type=int, help="port to listen on (default: 8800; with --exit a free one)")


def run(args: argparse.Namespace) -> int:
    """Show everything; leave the server running unless told to end."""
    if args.server is not None:
        raise Invalid("the demonstration starts a server of its own", where="--server", hint="leave it out")
    port = args.port if args.port is not None else 0 if args.exit else 8800
    with _home(args.home) as home, serving(home, port) as server, Http(server, timeout_s=_TIMEOUT_S) as http:
        report = _perform(http, home, args.seed)
        if args.json:
            print_json(report.as_object())
        else:
            print("\n".join(report.lines()))
        sys.stdout.flush()
        if not args.exit:
            _stay(http, server, home, keeps=args.home is not None)
    return 0


def _perform(http: Http, home: Path, seed: int) -> Report:
    say = _Steps()
    say.begin("Committing the published headlines")
    stage.commit_known(home)
    say.begin("Opening the project and its pipelines")
    stage.open_project(http)
    stage.create_pipelines(http)
    stage.commit_pool(home)
    cascade.wait_for_tasks(http)
    say.begin("A simulated crowd labels thirty headlines")
    simulate_on(http, stage.PROJECT, stage.crowd(seed), progress=say.crowd)
    cascade.publish(http)
    say.begin("The model follows (its first run on a machine installs scikit-learn)")
    cascade.wait_for_model(http)
    say.end()
    return gather(http, check_control(home, stage.PROJECT))


def _stay(http: Http, server: Server, home: Path, *, keeps: bool) -> None:
    link = http.post(path("users", "admin", "link"))["link"]
    fate = f"its home {home} stays" if keeps else "its data goes with it (--home DIR keeps it)"
    out = sys.stderr
    print(f"\nRecension is running at {server.url}", file=out)
    print(f"Sign in, once, with {link}", file=out)
    print(f"Open Projects, and label a headline yourself. Ctrl-C ends the server; {fate}.", file=out, flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print(file=out)


@contextmanager
def _home(named: Path | None) -> Iterator[Path]:
    """The folder to work in: the one named, if it is new; else one that is thrown away.

    Raises:
        Invalid: the folder named holds something.
    """
    if named is None:
        folder = Path(tempfile.mkdtemp(prefix="recension-demo-"))
        try:
            yield folder / "home"
        except Exception:
            print(f"recension: the demonstration's home stays for a look: {folder / 'home'}", file=sys.stderr)
            raise
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)
        return
    if named.is_dir() and any(named.iterdir()):
        raise Invalid("the folder is not empty", where=str(named), hint="name a new folder, or leave --home out")
    yield named


class _Steps:
    """What is being done, on standard error: one line each, with the time it took."""

    def __init__(self) -> None:
        self._title = ""
        self._begun = time.monotonic()
        self._watched = sys.stderr.isatty()

    def begin(self, title: str) -> None:
        """The next step; the one before is done."""
        self.end()
        self._title, self._begun = title, time.monotonic()
        if self._watched:
            self._draw(f"… {title}")

    def end(self) -> None:
        """The last step is done."""
        if self._title:
            done = f"✓ {self._title}  {time.monotonic() - self._begun:.1f} s"
            self._draw(done)
            sys.stderr.write("\n")
        self._title = ""

    def crowd(self, progress: Progress) -> None:
        """How far the crowd is, for whoever watches."""
        if self._watched:
            self._draw(f"… {self._title}: {progress.answers} answers on {progress.pages} pages")

    def _draw(self, line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}" if self._watched else line)
        sys.stderr.flush()
