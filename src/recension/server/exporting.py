"""Labels of chosen items as an archive in any label format."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

from recension.crowd.branches import live_branch
from recension.crowd.documents import document_path
from recension.crowd.published import last_publication
from recension.crowd.registry import Project, inputs
from recension.errors import NotFound
from recension.ids import CommitId
from recension.label import parse_item_id
from recension.label.formats import Losses, Reading, Writing, documents, format_named
from recension.label.image_header import HEAD_BYTES, image_size
from recension.server.people import publish_live
from recension.server.published_table import current_table
from recension.server.site import Site
from recension.store import Commit, Store

RAW: Final = documents.FORMAT.name
NOT_CARRIED: Final = "not-carried.txt"
_QUICK_US: Final = 20_000_000
_KEPT_IN_MEMORY: Final = 8 << 20
_PIECE: Final = 1 << 16


def export(at: Site, project: Project, branch: str, items: Sequence[str], *, form: str, agreed: bool) -> IO[bytes]:
    """A zip archive of the items' labels, from its start; what the format could not carry is listed in it.

    Args:
        at: the server.
        project: the project.
        branch: the input branch.
        items: which items.
        form: the name of a label format; ``recension`` gives the label documents as they were published.
        agreed: what people agreed on, one answer a field, instead of everybody's answers.

    Raises:
        NotFound: there is no such format, or nothing was published yet.
    """
    wanted = format_named(form)
    commit = _published(at, project, branch)
    source = _Chosen(at.store, commit, _input(at, project, branch), items)
    archive = tempfile.TemporaryFile(dir=at.settings.home)  # noqa: SIM115  closed by whoever sends it
    try:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            target = _Packed(packed)
            if form == RAW:
                _copy(source, target)
            else:
                losses = Losses()
                read = documents.CONSENSUS if agreed else documents.FORMAT
                read_items = read.read(Reading(source, project.schema, losses))
                wanted.write(read_items, Writing(target, project.schema, losses))
                _tell(losses, target)
    except BaseException:
        archive.close()
        raise
    archive.seek(0)
    return archive


def pieces(archive: IO[bytes]) -> Iterator[bytes]:
    """The archive in pieces; it is closed, and gone, at the end."""
    with archive:
        while piece := archive.read(_PIECE):
            yield piece


class _Chosen:
    """The label documents of some items, and the images they are about."""

    def __init__(self, store: Store, commit: Commit, shown: Commit | None, items: Sequence[str]) -> None:
        self._store = store
        self._commit = commit
        self._shown = shown
        ids = (parse_item_id(item) for item in items)
        self._names = sorted(
            {document_path(each.path, each.key, each.region).lstrip("/") for each in ids}, key=str.encode
        )

    def names(self) -> Iterator[str]:
        """Of every item that was published."""
        for name in self._names:
            try:
                self._store.stat(self._commit, f"/{name}")
            except NotFound:
                continue
            yield name

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One document.

        Raises:
            NotFound: it is not there.
        """
        yield io.BytesIO(self._store.read_bytes(self._commit, f"/{name}"))

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Size of an image of the input, from its header."""
        if self._shown is None:
            return None
        try:
            found = image_size(self._store.read_bytes(self._shown, f"/{name}")[:HEAD_BYTES])
        except NotFound:
            return None
        return None if found is None else (found.width, found.height)


class _Packed:
    """Files of an archive; each name once."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._zip = packed

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """A new file. An archive takes one after the other, and formats may write two at once."""
        with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as out:
            yield out
            out.seek(0)
            with self._zip.open(name, "w", force_zip64=True) as into:
                shutil.copyfileobj(out, into, _PIECE)


def _copy(source: _Chosen, target: _Packed) -> None:
    for name in source.names():
        with source.open(name) as document, target.create(name) as into:
            shutil.copyfileobj(document, into)


def _tell(losses: Losses, target: _Packed) -> None:
    lines = [f"{loss.count} x {loss.what} (first at {loss.first})\n" for loss in losses.listed()]
    if lines:
        with target.create(NOT_CARRIED) as out:
            out.write("".join(lines).encode())


def _published(at: Site, project: Project, branch: str) -> Commit:
    """The running answers, with what was said last unless that takes long to publish."""
    before = current_table(at, project, branch)
    if before is not None:
        with at.db.read() as tx:
            last = last_publication(tx, project.id, live_branch(project.spec, branch))
        if last is not None and last.took_us > _QUICK_US:
            return before
    publish_live(at, project, branch)
    found = current_table(at, project, branch)
    if found is None:
        raise NotFound("nothing was published yet", where=branch, hint="wait for the input to be taken in")
    return found


def _input(at: Site, project: Project, branch: str) -> Commit | None:
    with at.db.read() as tx:
        state = next((each for each in inputs(tx, project.id) if each.branch == branch and each.commit_id), None)
    return None if state is None else at.store.commit(CommitId(state.commit_id))
