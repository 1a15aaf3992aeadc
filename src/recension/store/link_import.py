"""Importing what lies elsewhere without copying it: every object of a place becomes an entry that leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal, NamedTuple, Unpack

from blake3 import blake3

from recension.errors import Invalid, NotFound
from recension.ids import BlobId, check_path
from recension.slotted import replace
from recension.store.edits import Edits
from recension.store.ingest import Told
from recension.store.link_listing import Found, Listing
from recension.store.link_place import LinkPlace, link_ids, open_place
from recension.store.link_source import Listed, Source, source_url
from recension.store.links import Link
from recension.store.many_edits import Step, commit_many
from recension.store.merging import draft_of
from recension.store.model import Commit, Delete, Put
from recension.store.node import LeafRow
from recension.store.on_head import About, Place
from recension.store.tree_read import below, scan
from recension.store.writing import Draft, Writing

_SLICE: Final = 2000
_TELL: Final = 1000
_NAMED: Final = 20


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    ``commit`` is the head afterwards; ``new`` says whether it was made by it. Of ``listed`` objects, ``hashed`` were
    read. ``unfit`` are the first of those ``unfit_count`` objects that were left out because no path can name them.
    """

    commit: Commit
    new: bool
    listed: int = 0
    size: int = 0
    hashed: int = 0
    unfit_count: int = 0
    unfit: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """One import in progress."""

    store: Writing
    place: LinkPlace
    source: Source
    base: str
    told: Told | None
    listed: int = 0
    size: int = 0
    hashed: int = 0
    unfit: list[str] = field(default_factory=list)
    unfit_count: int = 0
    url: str = ""
    identify: Callable[[str, int, str], BlobId] = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.place.url
        self.identify = link_ids(self.place)


def import_links(
    store: Writing,
    source: LinkPlace,
    place: Place,
    path: str = "/",
    *,
    delete: bool = False,
    hashed: bool = False,
    skip_unfit: bool = False,
    told: Told | None = None,
    **about: Unpack[About],
) -> ImportReport:
    """Commit an entry for every object of a place; the objects stay where they are, and are read there.

    What was imported before and has not changed since keeps its entry. Memory stays bounded, whatever is listed.

    Args:
        store: the store.
        source: the bucket's prefix or folder to import.
        place: the branch; made when it is missing.
        path: the folder that takes the entries.
        delete: remove from that folder what the source does not hold.
        hashed: read every object that is new or changed, once, and keep the hash of its bytes: the entry is then the
            same as if the bytes were stored, and they are checked whenever all of them are read.
        skip_unfit: leave out objects that no path can name; otherwise the first of them is an error.
        told: hears how many objects, and bytes of them, were listed.
        about: message, author and the like.

    Raises:
        NotFound: the source is not there, or holds nothing and nothing was committed yet.
        Unavailable: it does not answer.
        Invalid: an object's name is no path, or is one of a file and of a folder.
        Forbidden: the branch is protected.
    """
    base = "" if path in {"", "/"} else check_path(path.rstrip("/"))
    run = _Run(store, source, open_place(source), base, told)
    before = store.head(*place)
    with Listing(store.home / "cache") as listing:
        _list(run, listing, skip_unfit=skip_unfit)
        draft = _draft(place, source, about)
        commit = commit_many(store, draft, lambda head: _steps(run, listing, head, delete=delete, hashed=hashed))
    if commit is None:
        raise NotFound("there is nothing to import", where=source.plain_url)
    new = before is None or commit.id != before.id
    return ImportReport(commit, new, run.listed, run.size, run.hashed, run.unfit_count, run.unfit)


def _draft(place: Place, source: LinkPlace, about: About) -> Draft:
    message = about.get("message")
    meta = {"imported": source.plain_url, **about.get("meta", {})}
    draft = draft_of(place, Edits(), f"Import {source.plain_url}" if message is None else message, "", meta)
    return replace(
        draft,
        author=about.get("author", ""),
        provenance=tuple(about.get("provenance", ())),
        global_id=about.get("global_id"),
    )


def _list(run: _Run, listing: Listing, *, skip_unfit: bool) -> None:
    untold, bytes_untold = 0, 0
    for found in run.source.listed():
        try:
            path = check_path(f"{run.base}/{found.key}").encode()
        except Invalid as error:
            if not skip_unfit:
                raise Invalid(
                    error.message, where=f"{run.place.plain_url}/{found.key}", hint="rename it, or leave such ones out"
                ) from error
            run.unfit_count += 1
            run.unfit += [found.key] if len(run.unfit) < _NAMED else []
            continue
        listing.add(path, found)
        run.listed += 1
        run.size += found.size
        untold, bytes_untold = untold + 1, bytes_untold + found.size
        if untold == _TELL and run.told is not None:
            run.told(untold, bytes_untold)
            untold = bytes_untold = 0
    if run.told is not None:
        run.told(untold, bytes_untold)


class _Pair(NamedTuple):
    """One path: what was found for it, and what the head has there."""

    found: Found | None
    row: LeafRow | None


def _steps(run: _Run, listing: Listing, head: Commit | None, *, delete: bool, hashed: bool) -> Iterator[Step]:
    """What has to change on a head; links are noted before they are referred to."""
    rows = iter(()) if head is None else scan(run.store.nodes, head.root, below(run.base))
    late: list[Step] = []
    pairs = _paired(listing.rows(), rows)
    while some := list(islice(pairs, _SLICE)):
        noted = _noted(run, some)
        puts: list[tuple[Step, Link]] = []
        steps: list[Step] = []
        for found, row in some:
            if found is None:
                if row is not None and delete:
                    steps.append(Step(Delete(row[0].decode()), "removed"))
                continue
            link = _link(run, found, row, noted, hashed=hashed)
            if link is not None:
                kind: Literal["added", "changed"] = "added" if row is None else "changed"
                put = Put(found.path.decode(), link.blob, link.size, mtime_us=link.mtime_us)
                steps.append(Step(put, kind))
                puts.append((steps[-1], link))
        run.store.records.links.add(run.place, [link for _, link in puts], run.store.clock.now_us())
        listing.note_hashes([(step.edit.path.encode(), link.blob) for step, link in puts if link.hashed])
        for step in steps:
            # What becomes a file where a folder is comes after all that leaves the folder.
            if delete and head and step.kind == "added" and run.store.is_folder(head, step.edit.path):
                late.append(step)
            else:
                yield step
    yield from late


def _noted(run: _Run, some: Sequence[_Pair]) -> dict[tuple[bytes, str], Link]:
    """The links that the head's entries of some paths have to objects of this service, by blob and URL."""
    blobs = [pair.row[1] for pair in some if pair.row is not None and pair.found is not None]
    with run.store.db.read() as tx:
        links = run.store.records.links.all_of(blobs, tx)
    options = run.url.partition("?")[2]
    found = (link for each in links.values() for link in each)
    return {(link.blob, link.url): link for link in found if link.place.partition("?")[2] == options}


def _link(
    run: _Run, found: Found, row: LeafRow | None, noted: dict[tuple[bytes, str], Link], *, hashed: bool
) -> Link | None:
    """The link that an object has to become; None when the head's entry leads there already."""
    listed = found.listed
    if row is not None:
        now = noted.get((row[1], source_url(run.url, listed.key)))
        if now is not None and (now.size, now.etag) == (listed.size, listed.etag) and (now.hashed or not hashed):
            return None
    if hashed:
        blob = BlobId(found.blob) if found.blob is not None else _hash(run, listed)
    else:
        blob = run.identify(listed.key, listed.size, listed.etag)
    return Link(blob, run.url, listed.key, listed.size, listed.etag, listed.mtime_us, hashed)


def _hash(run: _Run, listed: Listed) -> BlobId:
    hasher = blake3()
    for piece in run.source.read(listed, 0, listed.size):
        hasher.update(piece)
    run.hashed += 1
    return BlobId(hasher.digest())


def _paired(found: Iterator[Found], rows: Iterator[LeafRow]) -> Iterator[_Pair]:
    """Two lists in path order as one; what is of one path comes together."""
    left, right = next(found, None), next(rows, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.path < right[0]):
            yield _Pair(left, None)
            left = next(found, None)
        elif left is None or right[0] < left.path:
            yield _Pair(None, right)
            right = next(rows, None)
        else:
            yield _Pair(left, right)
            left, right = next(found, None), next(rows, None)
