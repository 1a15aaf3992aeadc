"""Export: the label documents of any commit of an output repo, one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator

from recension.crowd.documents import FOLDER
from recension.store import Commit, Store


def export_documents(store: Store, commit: Commit) -> Iterator[bytes]:
    """Each item's document as one line with its newline, in the order of their paths."""
    for entry in store.walk(commit, prefix=FOLDER):
        yield store.open_blob(entry.blob)
