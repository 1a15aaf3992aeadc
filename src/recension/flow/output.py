"""The content of an output commit: the files of all datums together, as a change to what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recension.errors import Invalid
from recension.flow.datums import output_of
from recension.ids import CommitId, NodeId
from recension.store import Change, Commit, Delete, DeleteFolder, Edit, Entry, Put, Store

Outputs = Mapping[str, NodeId]
"""Root of a datum's files, by datum id."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The changes to make, and which datum wrote each path that is put."""

    edits: list[Edit]
    writers: Mapping[str, str]


def merge(
    store: Store,
    *,
    gone: Outputs,
    new: Outputs,
    tree: NodeId | None,
    standing: NodeId | None,
    name: Callable[[str], str],
) -> Merged:
    """The changes that take the outputs of ``gone`` away and bring those of ``new`` in.

    Args:
        store: where the trees are.
        gone: outputs as they were, of datums that are changed or removed.
        new: outputs of datums that are changed or added.
        tree: the earlier job's tree of datums, if there is one.
        standing: the union of all its outputs.
        name: what to call a datum in a message.

    Raises:
        Invalid: two datums wrote the same path.
    """
    edits: dict[str, Edit] = {}
    for datum, root in gone.items():
        if new.get(datum) != root:
            edits |= {entry.path: Delete(entry.path) for entry in store.tree.walk(root)}
    writers: dict[str, str] = {}
    for datum, root in new.items():
        if gone.get(datum) == root:
            continue
        for entry in store.tree.walk(root):
            other = writers.get(entry.path)
            if other is None and standing is not None and tree is not None and entry.path not in edits:
                stays = store.tree.stat(standing, entry.path) is not None
                other = _writer(store, tree, entry.path, not_one_of=gone) if stays else None
            if other is not None:
                pair = " and ".join(sorted((name(other), name(datum))))
                hint = "give the file a name of its own for each datum"
                raise Invalid(f"two datums wrote this file: {pair}", where=f"/pfs/out{entry.path}", hint=hint)
            writers[entry.path] = datum
            edits[entry.path] = _put(entry)
    return Merged(list(edits.values()), writers)


def _writer(store: Store, tree: NodeId, path: str, *, not_one_of: Outputs) -> str:
    """The datum of an earlier job that wrote ``path``: looked for from end to end, as its only use is a message."""
    for record in store.tree.walk(tree, prefix="/datums"):
        datum, output = record.path.rpartition("/")[2], output_of(record)
        if datum not in not_one_of and output is not None and store.tree.stat(output, path) is not None:
            return datum
    return "an earlier one"


def _put(entry: Entry) -> Put:
    return Put(entry.path, entry.blob, entry.size, entry.mode, entry.content_type, entry.meta)


def on_head(store: Store, edits: list[Edit], *, base: CommitId | None, head: Commit | None) -> list[Edit]:
    """The edits that, made on ``head``, give what ``edits`` give on ``base`` (``None``: on nothing)."""
    if base is None:
        return edits if head is None else [DeleteFolder("/"), *edits]
    if head is not None and head.id == base:
        return edits
    changes = store.diff(head, store.commit(base))
    return [*(_restored(change) for change in changes), *edits]


def _restored(change: Change) -> Edit:
    return Delete(change.path) if change.after is None else _put(change.after)
