"""Bringing linked bytes into the store: entries that lead elsewhere become ordinary ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, Unpack

from recension.errors import NotFound
from recension.ids import BlobId
from recension.slotted import replace, slotted
from recension.store.copying import as_put
from recension.store.edits import Edits
from recension.store.ingest import Told
from recension.store.link_place import noted_place
from recension.store.links import Link
from recension.store.many_edits import Step, commit_many
from recension.store.merging import draft_of
from recension.store.model import Commit, Entry
from recension.store.on_head import About, Place
from recension.store.reading import damage_in
from recension.store.upload import Upload
from recension.store.writing import Writing

_SLICE: Final = 2000


@slotted
class MaterialiseReport:
    """What was brought in: so many files, so many bytes.

    ``commit`` is the head afterwards; ``new`` says whether it was made for this. Where all links were hashed none is
    needed: their entries are those of stored bytes already, in every commit that has them.
    """

    commit: Commit
    new: bool
    files: int = 0
    size: int = 0


def materialise(
    store: Writing, place: Place, path: str = "/", *, told: Told | None = None, **about: Unpack[About]
) -> MaterialiseReport:
    """Copy the bytes that a folder or file of a branch links to into the store, each checked against its link.

    The entries become ordinary ones, in a new commit.

    Raises:
        NotFound: there is no such branch, folder or file.
        SourceChanged: a source is gone, or is not what was linked; nothing is committed.
        Unavailable: a source does not answer.
        Forbidden: the branch is protected.
    """
    store.close_staged(*place)
    head = store.head(*place)
    if head is None:
        raise NotFound("nothing was committed yet", where=f"{place.repo}@{place.branch}")
    if path not in {"", "/"} and next(store.walk(head, prefix=path), None) is None:
        raise NotFound("there is no such file or folder", where=f"{head.address}:{path}")
    report = MaterialiseReport(head, new=False)
    told_message = about.get("message")
    message = f"Materialise {path}" if told_message is None else told_message
    draft = draft_of(place, Edits(), message, about.get("author", ""), about.get("meta", {}))
    draft = replace(draft, provenance=tuple(about.get("provenance", ())), global_id=about.get("global_id"))
    commit = commit_many(store, draft, lambda at: _steps(store, at or head, path, report, told))
    assert commit is not None, "the branch has a commit"
    report.commit, report.new = commit, commit.id != head.id
    return report


def _steps(store: Writing, head: Commit, path: str, report: MaterialiseReport, told: Told | None) -> Iterator[Step]:
    """The entries of a head that have to become others; the bytes of all that are links are stored before."""
    entries = store.walk(head, prefix=path)
    while some := list(islice(entries, _SLICE)):
        links = store.records.links.of([entry.blob for entry in some])
        linked = [entry for entry in some if entry.blob in links]
        with store.upload() as upload:
            stored = [_bring(store, head, entry, upload) for entry in linked]
        for entry, blob in zip(linked, stored, strict=True):
            _note(store, links[entry.blob], blob)
            if blob != entry.blob:
                yield Step(replace(as_put(entry, entry.path), blob=blob), "changed")
        size = sum(entry.size for entry in linked)
        report.files += len(linked)
        report.size += size
        if told is not None:
            told(len(linked), size)


def _bring(store: Writing, head: Commit, entry: Entry, upload: Upload) -> BlobId:
    with damage_in(f"{head.address}:{entry.path}"):
        return upload.add_stream(store.read_blob(entry.blob))[0]


def _note(store: Writing, links: Sequence[Link], blob: BlobId) -> None:
    """Note that a source has the bytes that are stored now: importing it again then changes nothing."""
    for link in links:
        store.records.links.add(noted_place(link.place), [link._replace(blob=blob, hashed=True)], store.clock.now_us())
