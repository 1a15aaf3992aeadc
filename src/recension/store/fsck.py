"""Checking what is stored, and saying which files are hit by what is wrong.

The quick check looks at the database, at every pack's size and index, and at every manifest node that a commit
reaches, with the presence of every blob in it. The full one also reads every record and compares it with its hash.
"""

from __future__ import annotations

from collections.abc import Iterator

from recension.errors import Damaged, NotFound
from recension.store.backends import Backend
from recension.store.condemned import batches
from recension.store.fsck_repair import repair_records, whole
from recension.store.fsck_report import FsckReport, Problem
from recension.store.nodes import Nodes
from recension.store.pack import Kind, Record, read_index
from recension.store.pack_window import PackWindow
from recension.store.pack_writer import pack_key
from recension.store.parts import Parts
from recension.store.records import by_place, decode_chunks
from recension.store.rows import repo_label
from recension.store.staging_check import check_staged
from recension.store.tree_hits import Hits, commits_newest_first, find_hits


def fsck(parts: Parts, *, full: bool, repair: bool = False, sources: bool = False) -> FsckReport:
    """Check a store; finds as much as can be found in one run.

    ``sources``: look also whether what links lead to is as it was; where its hash is known, by reading it.

    ``repair``: where a second copy of a damaged or missing record is whole, let the table name that one, and check
    again.
    """
    report, bad = _look(parts, full=full, sources=sources)
    repaired = repair_records(parts, bad) if repair and bad else 0
    if repaired:
        report, _ = _look(parts, full=full, sources=sources)
        report.repaired = repaired
    return report


def _look(parts: Parts, *, full: bool, sources: bool) -> tuple[FsckReport, set[bytes]]:
    """Check; return also the ids of records that are damaged or missing."""
    report = FsckReport(full)
    report.problems += [Problem("database", None, text) for text in parts.db.check()]
    bad: dict[bytes, Problem] = {}
    for name, size in _packs(parts):
        report.packs += 1
        _check_pack(parts, name, size, bad, report)
    with parts.db.read() as tx:
        known = {row[0] for row in tx.execute("SELECT name FROM pack UNION SELECT name FROM dropped_pack")}
    report.orphans = [key for key in parts.objects.keys("packs/") if key.removeprefix("packs/") not in known]
    _check_history(parts, report)
    check_staged(parts, report)
    if sources:
        for blob, fault in parts.records.links.changed():
            bad[blob] = Problem("link", None, str(fault))
            report.problems.append(bad[blob])
    _name_the_files(parts, bad, report)
    return report, set(bad)


def _packs(parts: Parts) -> list[tuple[str, int]]:
    with parts.db.read() as tx:
        return [(name, size) for name, size in tx.execute("SELECT name, size FROM pack ORDER BY name")]


def _check_pack(parts: Parts, name: str, size: int, bad: dict[bytes, Problem], report: FsckReport) -> None:
    """Check one pack; ``bad`` gets the records that it cannot give."""
    try:
        index = _index(parts.objects, name, size)
    except (Damaged, NotFound) as error:
        message = "a pack is missing" if isinstance(error, NotFound) else error.message
        report.problems.append(problem := Problem("pack", name, message))
        # Without its index only the database knows what was in it; some of that may still be whole.
        index = _recorded(parts, name)
        if isinstance(error, NotFound) or not report.full:
            bad.update((record.id, problem) for record in index)
            return
    report.records += len(index)
    if report.full:
        _check_records(parts, index, bad, report)


def _index(objects: Backend, name: str, size: int) -> list[Record]:
    """The index of a pack that should have this size."""
    key = pack_key(name)
    found = objects.size(key)
    if found != size:
        raise Damaged(f"a pack has {found} bytes, not {size}")
    return read_index(name, size, lambda start, length: objects.read(key, start, length))


def _recorded(parts: Parts, name: str) -> list[Record]:
    with parts.db.read() as tx:
        rows = tx.execute(
            "SELECT r.id, r.kind, r.position, r.stored, r.size FROM record r JOIN pack p ON p.id = r.pack "
            "WHERE p.name = :name ORDER BY r.position",
            {"name": name},
        )
        return [Record(row[0], row[1], name, *row[2:]) for row in rows]


def _check_records(parts: Parts, index: list[Record], bad: dict[bytes, Problem], report: FsckReport) -> None:
    """Read every record of a pack and compare it with its hash."""
    window = PackWindow(parts.records)
    for record in by_place(index):
        report.bytes_read += record.stored
        try:
            whole(record, window.read(record))
        except Damaged as error:
            problem = Problem("record", record.pack, f"{error.message}: {record.id.hex()}")
            report.problems.append(problem)
            # A second copy elsewhere is the one that is read: then no file is hit.
            place = parts.records.locate([record.id]).get(record.id)
            if place is not None and (place.pack, place.position) == (record.pack, record.position):
                bad[record.id] = problem


def _check_history(parts: Parts, report: FsckReport) -> None:
    """Make sure that heads, parents and sources are there."""
    with parts.db.read() as tx:
        report.commits = tx.execute("SELECT COUNT(*) FROM repo_commit").scalar()
        for what, sql in (
            ("parent", "SELECT x.commit_id, x.parent FROM commit_parent x LEFT JOIN repo_commit c ON c.id = x.parent"),
            ("source", "SELECT x.commit_id, x.source FROM commit_source x LEFT JOIN repo_commit c ON c.id = x.source"),
        ):
            for commit, other in tx.execute(f"{sql} WHERE c.id IS NULL"):
                report.problems.append(Problem("history", None, f"{what} {other} of commit {commit} is not there"))


def _name_the_files(parts: Parts, bad: dict[bytes, Problem], report: FsckReport) -> None:
    """Walk every tree once, newest commits first, and note whom each problem hits."""
    for record in _chunked(parts):
        try:
            chunks = decode_chunks(record, parts.records.stored(record))
        except Damaged:
            continue  # reported with its pack already
        ids = [chunk for chunk, _ in chunks]
        missing = set(ids) - set(parts.records.locate(ids))
        if missing:
            bad[record.id] = Problem("missing", record.pack, f"a chunk of {record.id.hex()} is not stored")
            report.problems.append(bad[record.id])
        for chunk in ids:
            if chunk in bad:
                bad.setdefault(record.id, bad[chunk])
    told: set[tuple[bytes, str, str]] = set()
    hits = Hits(Nodes(parts.records.node), bad.keys(), lambda ids: _unknown(parts, ids))
    for commit in commits_newest_first(parts.db):
        label = repo_label(commit.workspace, commit.repo)
        for identity, path in find_hits(hits, commit.root):
            problem = bad.get(identity)
            if problem is None:
                problem = bad[identity] = Problem("missing", None, f"{identity.hex()} is not stored or is damaged")
                report.problems.append(problem)
            if (identity, label, path) not in told:
                told.add((identity, label, path))
                problem.paths.append((label, commit.id, path))


def _chunked(parts: Parts) -> Iterator[Record]:
    with parts.db.read() as tx:
        ids = [row[0] for row in tx.stream("SELECT id FROM record WHERE kind = :kind", {"kind": int(Kind.CHUNKS)})]
    for batch in batches(ids):
        yield from parts.records.locate(batch).values()


def _unknown(parts: Parts, ids: list[bytes]) -> set[bytes]:
    return set(ids) - parts.records.known(ids)
