"""Reading what a job and its datums said, as a whole or page by page.

The text of a job is a row of sections: the job itself, then each datum that it ran (failed ones first), then those
that run at present. A *mark* names a place in it, ``<section>:<line>``, which is found without reading what stands
before its section. While a job goes on, sections appear anywhere in the row: who wants to follow something follows one
datum, whose mark stays right when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from recension.db import Tx
from recension.errors import Invalid, NotFound
from recension.flow.datums import describe
from recension.flow.job_rows import Job, job
from recension.flow.memo import recall
from recension.ids import BlobId
from recension.store import Store

_JOB: Final = "job"
_NONE: Final[Mapping[str, bytes]] = {}
_DATUMS: Final = "SELECT datum, label, state, log, error FROM job_datum WHERE job = :job"


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines, and the mark after the last of them; ``None`` when nothing follows and nothing ever will."""

    lines: tuple[str, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    lines: Iterator[str]


def logs(
    store: Store, tx: Tx, job_id: str, datum: str | None = None, *, running: Mapping[str, bytes] = _NONE
) -> Iterator[str]:
    """The lines of a job: about itself, then what each datum wrote that it ran or runs.

    Args:
        store: where the texts are.
        tx: a transaction to read in.
        job_id: the job.
        datum: only this datum, by its id or the beginning of it.
        running: what datums that run at present have said so far, by id, as the engine knows it.

    Raises:
        NotFound: there is no such job, or it has no such datum.
    """
    for section in _sections(store, tx, job(tx, job_id), datum, running, start=None):
        yield from section.lines


def log_page(
    store: Store,
    tx: Tx,
    job_id: str,
    datum: str | None = None,
    *,
    running: Mapping[str, bytes] = _NONE,
    after: str | None = None,
    limit: int,
) -> LogPage:
    """At most ``limit`` lines of what :func:`logs` gives, from a mark on.

    While the job runs there is always a mark to go on from; for one datum, a later page begins with what it said since.

    Raises:
        NotFound: there is no such job, or it has no such datum.
        Invalid: ``after`` is no mark of this text.
    """
    of = job(tx, job_id)
    start, skip = _mark(after)
    lines: list[str] = []
    mark = after
    for section in _sections(store, tx, of, datum, running, start=start):
        passed = skip if section.name == start else 0
        taken = list(islice(section.lines, passed, passed + limit - len(lines)))
        lines += taken
        mark = f"{section.name}:{passed + len(taken)}"
        if len(lines) == limit:
            return LogPage(tuple(lines), mark)
    return LogPage(tuple(lines), None if of.finished else mark or f"{_JOB}:0")


def _mark(text: str | None) -> tuple[str | None, int]:
    if text is None:
        return None, 0
    section, _, line = text.rpartition(":")
    if not section or not (line.isascii() and line.isdigit()):
        raise Invalid(f"{text!r} is no place in a log", where="after", hint="take it from the page before")
    return section, int(line)


def _sections(  # noqa: PLR0917
    store: Store, tx: Tx, of: Job, datum: str | None, running: Mapping[str, bytes], start: str | None
) -> Iterator[_Section]:
    """The sections from ``start`` on, each not read before it is asked for its lines."""
    if datum is None and start in {None, _JOB}:
        yield _Section(_JOB, _of_job(tx, of))
    found = start is not None and not of.finished  # between its end and its record, a datum is in neither list
    for row in _rows(tx, of.id, None if start == _JOB else start):
        if datum is None or row[0].startswith(datum):
            found = True
            yield _Section(row[0], _of_datum(store, *row))
    for id_, text in sorted(running.items()):
        if datum is None or id_.startswith(datum):
            found = True
            yield _Section(id_, _of_running(id_, text))
    if datum is not None and not found:
        yield _skipped(store, tx, of, datum)


def _rows(tx: Tx, job_id: str, start: str | None) -> list[Any]:
    params: dict[str, object] = {"job": job_id}
    order = " ORDER BY state, datum"
    if start is None:
        return tx.execute(_DATUMS + order, params).all()
    state = tx.execute("SELECT state FROM job_datum WHERE job = :job AND datum = :start", {**params, "start": start})
    known = state.scalar()
    if known is None:
        # It runs, so it comes after all that have ended; or it did when the page before was read, and has been lost.
        return []
    where = " AND (state > :state OR (state = :state AND datum >= :start))"
    return tx.execute(_DATUMS + where + order, {**params, "state": known, "start": start}).all()


def _of_job(tx: Tx, of: Job) -> Iterator[str]:
    rows = tx.execute("SELECT line FROM job_log WHERE job = :job ORDER BY line_number", {"job": of.id})
    yield from (row[0] for row in rows)
    if of.reason:
        yield f"{of.state}: {of.reason}"


def _of_datum(  # noqa: PLR0917
    store: Store, id_: str, text: str, state: str, log: bytes | None, error: str | None
) -> Iterator[str]:
    yield f"== datum {id_} {describe(text)}: {state}" + (f", {error}" if error else "")
    yield from _lines(store, log)


def _of_running(id_: str, text: bytes) -> Iterator[str]:
    yield f"== datum {id_}: running"
    yield from text.decode(errors="replace").splitlines()


def _skipped(store: Store, tx: Tx, of: Job, datum: str) -> _Section:
    """What a datum said when another job ran it."""
    records = () if of.datums is None else store.tree.walk(of.datums, prefix="/datums")
    record = next((one for one in records if one.path.rpartition("/")[2].startswith(datum)), None)
    if record is None:
        raise NotFound(f"job {of.id} has no datum {datum!r}", where="datum")
    known = recall(tx, [record.blob]).get(record.blob)
    id_ = record.path.rpartition("/")[2]

    def lines() -> Iterator[str]:
        if known is not None:
            yield f"== datum {id_}: skipped, run by job {known.job}"
            yield from _lines(store, known.log)

    return _Section(id_, lines())


def _lines(store: Store, log: bytes | None) -> Iterator[str]:
    if log is not None:
        yield from store.open_blob(BlobId(log)).decode(errors="replace").splitlines()
