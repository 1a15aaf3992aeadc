"""Files of this machine as changes, read one by one: for commits that are gathered piece by piece."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from recension.errors import Invalid, NotFound
from recension.ids import check_path
from recension.store.model import EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Put
from recension.store.upload import Upload


def puts_of(upload: Upload, sources: Iterable[Path], into: str = "/") -> Iterator[Put]:
    """Files, which go by their names, and what folders hold, each brought into the upload.

    Raises:
        NotFound: there is no such source.
        Invalid: one is neither a file nor a folder, or cannot be kept under its name.
    """
    base = into.rstrip("/")
    for source in sources:
        if source.is_dir():
            for root, folders, names in os.walk(source):
                links = [name for name in folders if Path(root, name).is_symlink()]
                for name in sorted([*names, *links]):
                    path = Path(root, name)
                    yield _put(upload, path, check_path(f"{base}/{path.relative_to(source).as_posix()}"))
        elif source.exists():
            yield _put(upload, source.resolve(), check_path(f"{base}/{source.name}"))
        else:
            raise NotFound("there is no such file or folder", where=str(source))


def _put(upload: Upload, file: Path, path: str) -> Put:
    seen = file.lstat()
    time = seen.st_mtime_ns // 1000
    if stat.S_ISLNK(seen.st_mode):
        target = os.fsencode(file.readlink())
        return Put(path, upload.add_bytes(target), len(target), LINK_MODE, mtime_us=time)
    if not stat.S_ISREG(seen.st_mode):
        raise Invalid("is neither a file nor a folder", where=str(file))
    blob, size = upload.add_file(file)
    return Put(path, blob, size, EXECUTABLE_MODE if seen.st_mode & stat.S_IXUSR else FILE_MODE, mtime_us=time)
