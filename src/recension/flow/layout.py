"""Putting a datum's files on disk, and taking what it wrote from there."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from recension.errors import Invalid
from recension.flow.sandbox import Place
from recension.flow.work import InputRef
from recension.ids import BlobId, CommitId, check_path
from recension.store import EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Commit, Entry, Store, Upload
from recension.store.content_types import content_type_of

_READ_ONLY: Final = 0o555
_MAX_LINKS: Final = 40


LookUp = Callable[[CommitId], Commit]
"""``Store.commit``, remembered by whoever asks for the same few commits many times."""


def lay_out(
    store: Store, place: Place, inputs: tuple[InputRef, ...], files: Mapping[str, BlobId], look_up: LookUp
) -> None:
    """Write a datum's inputs and the declared files below ``place``, which is emptied first."""
    shutil.rmtree(place.root, ignore_errors=True)
    place.files.mkdir(parents=True)
    fresh_output(place)
    for path, blob in files.items():
        _write(store, place.files / path, blob, 0o755)
    for ref in inputs:
        (place.pfs / ref.name).mkdir(exist_ok=True)
        for entry in entries_of(store, ref, look_up):
            if ref.empty_files:
                target = place.pfs / ref.name / entry.path[1:]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            else:
                lay_out_entry(store, entry, place.pfs / ref.name)


def lay_out_entry(store: Store, entry: Entry, folder: Path) -> None:
    """Write one file of a commit below ``folder``, read-only."""
    target = folder / entry.path[1:]
    if entry.mode == LINK_MODE:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(store.open_blob(entry.blob).decode())
    else:
        _write(store, target, entry.blob, entry.mode & _READ_ONLY)


def fresh_output(place: Place) -> None:
    """Empty the folders that a step writes to."""
    for folder in (place.out, place.tmp):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def entries_of(store: Store, ref: InputRef, look_up: LookUp) -> Iterator[Entry]:
    """The files that a datum sees of an input, in path order; ``paths`` are sorted and do not overlap."""
    commit = look_up(ref.commit)
    for path in ref.paths:
        yield from store.walk(commit, prefix=path)


def _write(store: Store, target: Path, blob: BlobId, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for piece in store.read_blob(blob):
            file.write(piece)
    target.chmod(mode)


def collect(place: Place, upload: Upload) -> list[Entry]:
    """The files below ``/pfs/out``, as entries whose content is in ``upload``.

    A symbolic link to a file or folder below ``/pfs`` counts as a copy of it. Empty folders leave no trace.

    Raises:
        Invalid: a name is no path of the store, or something is neither a file, nor a folder, nor such a link.
    """
    found: list[Entry] = []
    pending = [(place.out, "")]
    while pending:
        folder, path = pending.pop()
        with os.scandir(folder) as listing:
            members = sorted(listing, key=lambda member: member.name)
        for member in members:
            inner = f"{path}/{_checked(member.name)}"
            target = _resolved(place, Path(member.path), inner) if member.is_symlink() else Path(member.path)
            kind = target.stat().st_mode
            if stat.S_ISDIR(kind):
                if member.is_symlink() and target.is_relative_to(place.out):
                    raise Invalid("the link leads to a folder of the output", where=f"/pfs/out{inner}")
                pending.append((target, inner))
            elif stat.S_ISREG(kind):
                blob, size = upload.add_file(target)
                mode = EXECUTABLE_MODE if kind & stat.S_IXUSR and target.is_relative_to(place.out) else FILE_MODE
                found.append(Entry(check_path(inner), blob, size, mode, content_type_of(inner)))
            else:
                raise Invalid("it is neither a file nor a folder", where=f"/pfs/out{inner}")
    return found


def _checked(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise Invalid(f"the name {os.fsencode(name)!r} is not UTF-8", where="/pfs/out") from None
    return name


def _resolved(place: Place, link: Path, inner: str) -> Path:
    """Where a link leads, by the paths that the step sees; never outside of the datum's own folders."""
    target = link
    for _ in range(_MAX_LINKS):
        if not target.is_symlink():
            break
        text = str(target.readlink())
        if text == "/pfs" or text.startswith("/pfs/"):
            text = str(place.pfs) + text[len("/pfs") :]
        target = Path(os.path.normpath(target.parent / text))
        if not target.is_relative_to(place.pfs):
            raise Invalid("the link leads out of /pfs", where=f"/pfs/out{inner}", hint="copy the file instead")
    if not target.exists():
        raise Invalid("the link leads nowhere", where=f"/pfs/out{inner}")
    return target
