r"""A home: the folder that holds one installation's database and objects, with the version of its format.

::

    format          "recension home 1\\n"
    settings.yaml   where the database and the objects are, when they are elsewhere
    recension.db    the database
    objects/        the object store
    cache/          may be deleted at any time
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.errors import AlreadyExists, Damaged, Invalid, NotFound, RecensionError, Unavailable
from recension.store.backends.local import LocalBackend

if TYPE_CHECKING:
    from recension.store.settings import Settings

FORMAT: Final = 1
_LINE: Final = re.compile(r"recension home (\d+)\n")


def create_home(home: Path, settings: Settings | None = None) -> None:
    """Lay out a new home; its folder may exist when it is empty.

    Args:
        home: the folder.
        settings: where the database and the objects are; None: in the home.

    Raises:
        AlreadyExists: there is a home.
        Invalid: the folder holds something else.
        Unavailable: it cannot be written.
    """
    if (home / "format").exists():
        raise AlreadyExists("there is a home already", where=str(home))
    try:
        home.mkdir(parents=True, exist_ok=True)
        if (home / "recension.db").exists() or any(home.iterdir()):
            raise Invalid("the folder is not empty and no home", where=str(home), hint="choose another with --home")
        if settings is not None:
            from recension.store.settings import write_settings  # noqa: PLC0415 - few homes have any

            write_settings(home, settings)
        # The line is written last and at once: a crash before leaves an empty folder, which may be tried again.
        LocalBackend(home).put("format", f"recension home {FORMAT}\n".encode())
    except OSError as error:
        raise _unavailable(error, home) from error


def check_home(home: Path) -> None:
    """Make sure that this program may use the home.

    Raises:
        NotFound: there is none.
        Invalid: it was written by a newer version.
        Damaged: its format file says nothing intelligible.
    """
    try:
        text = (home / "format").read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("there is no home here", where=str(home), hint="recension repo create NAME makes one") from None
    except OSError as error:
        raise _unavailable(error, home) from error
    except UnicodeDecodeError:
        text = ""
    match = _LINE.fullmatch(text)
    if match is None:
        raise Damaged("the format file of this home is not one", where=str(home / "format"))
    if int(match[1]) > FORMAT:
        raise Invalid(
            f"this home has format {match[1]}, newer than this program's {FORMAT}",
            where=str(home),
            hint="install a newer recension",
        )


def _unavailable(error: OSError, home: Path) -> RecensionError:
    return Unavailable(f"cannot use the home: {error.strerror}", where=str(home), hint="check its permissions")
