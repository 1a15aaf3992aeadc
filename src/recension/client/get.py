"""One line to a version's files: ``recension.get("repo@ref")``.

The folder is kept in a cache under the content id, so a version that is there already, under whatever name, costs no
byte. A folder appears in the cache whole or not at all, and read-only, because others share it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.client.discovery import HOME_VARIABLE, SERVER_VARIABLE, find_server
from recension.errors import Invalid, NotFound
from recension.ids import Address, is_commit_id, parse_address

if TYPE_CHECKING:
    from recension.store import Commit, Store

_JOB: Final = "RECENSION_JOB"
_INPUTS: Final = "RECENSION_INPUTS"


def get(address: str, *, home: str | Path | None = None, server: str | None = None, token: str | None = None) -> Path:
    """A read-only folder with the files of ``[workspace/]repo@ref[:/folder]``, or one file when the path names one.

    Args:
        address: what to get; without a ref, the head of ``main``.
        home: read this local home; default ``RECENSION_HOME``, else ``~/.recension``.
        server: read from this server instead; default ``RECENSION_SERVER``.
        token: signs in to ``server``; default ``RECENSION_TOKEN``.

    Raises:
        NotFound: there is no such repo, ref or path.
        Unavailable: the server does not answer.

    Inside a pipeline's step, ``recension`` is a small package of the engine's, whose ``get`` gives any version and has
    it recorded that the step's output is made from it. This function gives only what the step has as an input there.
    """
    wanted = parse_address(address)
    if wanted.ref is None:
        wanted = parse_address(f"{wanted.workspace}/{wanted.repo}@main" + (f":{wanted.path}" if wanted.path else ""))
    environment = os.environ
    if environment.get(_JOB):
        return _inside(_step_input(wanted, environment), wanted)
    if server is None and (home is not None or not environment.get(SERVER_VARIABLE)):
        return _from_home(Path(home or environment.get(HOME_VARIABLE) or Path.home() / ".recension"), wanted)
    return _from_server(wanted, server, token, environment)


def _from_home(home: Path, wanted: Address) -> Path:
    from recension.store import Store  # noqa: PLC0415 - a remote reader needs no store

    with Store.open(home) as store:
        commit = store.pin(_whole(wanted))
        target = home / "cache" / "data" / store.content_id(commit)
        if not target.exists():
            _fill(target, lambda folder: _checkout(store, commit, folder))
        return _inside(target, wanted)


def _checkout(store: Store, commit: Commit, folder: Path) -> None:
    from recension.store import stat_cache  # noqa: PLC0415 - as above

    store.checkout(commit, folder)
    # what the store remembers of a folder is of no use for one that is about to be renamed, and never changes
    stat_cache.cache_file(store.home, os.fspath(folder)).unlink(missing_ok=True)


def _from_server(wanted: Address, server: str | None, token: str | None, environment: Mapping[str, str]) -> Path:
    from recension.client.bulk.getting import Place, bring, listing  # noqa: PLC0415 - a local reader needs no HTTP
    from recension.client.bulk.line import Line  # noqa: PLC0415
    from recension.client.bulk.remembered import memory_of, user_cache  # noqa: PLC0415
    from recension.client.http import Http  # noqa: PLC0415
    from recension.client.remote import commit_of  # noqa: PLC0415

    with Http(find_server(home=None, server=server, token=token, environment=environment)) as http:
        commit = commit_of(http, _whole(wanted))
        cache = user_cache(environment)
        target = cache / "data" / (commit["content_id"] or commit["id"])
        line = Line(http, wanted.workspace, wanted.repo)

        def fetch(folder: Path) -> None:
            bring(line, commit["id"], listing(line, commit["id"]), Place(folder, cache, "force"), _deaf)
            # it is about to be renamed, and never changes
            memory_of(cache, http.url, folder).unlink(missing_ok=True)

        if not target.exists():
            with _kept_draft(target) as draft:
                _fill(target, fetch, draft)
        return _inside(target, wanted)


def _deaf(_files: int, _bytes: int) -> None:
    """Hears nothing."""


def _whole(wanted: Address) -> Address:
    return Address(wanted.workspace, wanted.repo, wanted.ref, wanted.back, wanted.nth)


def _inside(target: Path, wanted: Address) -> Path:
    if wanted.path in {None, "/"}:
        return target
    found = target / str(wanted.path).lstrip("/")
    if not os.path.lexists(found):
        shown = f"{wanted.repo}@{wanted.ref}"
        raise NotFound(f"no such path in {shown}", where=str(wanted.path), hint=f"recension ls {shown}")
    return found


def _fill(target: Path, fetch: Callable[[Path], object], kept: Path | None = None) -> None:
    """Make ``target`` by ``fetch`` into a folder beside it; whoever is first wins, the other's work is thrown away.

    In ``kept`` what came stays when it is broken off, for the next attempt.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = kept or Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    done = False
    try:
        fetch(draft)
        _protect(draft)
        done = True
        try:
            draft.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        if draft.exists() and (done or kept is None):
            _unprotect(draft)
            shutil.rmtree(draft)


@contextmanager
def _kept_draft(target: Path) -> Iterator[Path | None]:
    """A folder of this target's own; None while another process has it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".draft-{target.name}"
    lock = draft.with_name(f"{draft.name}.lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        draft.mkdir(exist_ok=True)
        _unprotect(draft)
        yield draft
        lock.unlink(missing_ok=True)


def _protect(folder: Path) -> None:
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o555)
        Path(root).chmod(0o555)


def _unprotect(folder: Path) -> None:
    for root, _, _ in os.walk(folder):
        Path(root).chmod(0o755)


def _step_input(wanted: Address, environment: Mapping[str, str]) -> Path:
    """Where a step has the input that an address names, by its name; a commit id must be the one it was given."""
    inputs = json.loads(environment.get(_INPUTS, "{}"))
    given = environment.get(f"{wanted.repo}_COMMIT")
    if wanted.repo not in inputs:
        raise Invalid(
            f"this step has no input {wanted.repo!r}",
            where=environment.get("RECENSION_PIPELINE"),
            hint="add it to the pipeline's input, so that what is made from it is known to be",
        )
    if is_commit_id(str(wanted.ref)) and wanted.ref != given:
        raise Invalid(
            f"this step was given commit {given} of {wanted.repo!r}", where=str(wanted), hint="leave out @ref"
        )
    return Path(inputs[wanted.repo])
