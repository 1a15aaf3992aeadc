"""Checking what is staged: its bytes lie in the row, whole, or are stored."""

from __future__ import annotations

from blake3 import blake3

from recension.store.fsck_report import FsckReport, Problem
from recension.store.parts import Parts
from recension.store.rows import repo_label


def check_staged(parts: Parts, report: FsckReport) -> None:
    """Count staged changes, and note those whose bytes are missing or damaged; bytes are read in a full check only."""
    held = "s.bytes" if report.full else "NULL"
    with parts.db.read() as tx:
        report.staged = tx.execute("SELECT COUNT(*) FROM staged").scalar()
        rows = tx.stream(
            f"SELECT r.workspace, r.name, s.branch, s.path, s.blob, s.bytes IS NOT NULL, {held}, "
            "EXISTS(SELECT 1 FROM record c WHERE c.id = s.blob) FROM staged s JOIN repo r ON r.id = s.repo "
            "WHERE s.blob IS NOT NULL ORDER BY s.repo, s.branch, s.path"
        )
        for workspace, name, branch, path, blob, in_row, data, stored in rows:
            place = (repo_label(workspace, name), branch, bytes(path).decode())
            identity = bytes(blob)
            if not in_row and not stored:
                message = f"staged: {identity.hex()} is not stored or is damaged"
                report.problems.append(Problem("missing", None, message, [place]))
            elif data is not None and blake3(bytes(data)).digest() != identity:
                message = f"staged bytes do not match their hash: {identity.hex()}"
                report.problems.append(Problem("record", None, message, [place]))
