"""A look at data before there is a project: what lies at a path, how it could be read, and its first items."""

from __future__ import annotations

import mimetypes
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import Final, get_args

from recension.crowd.file_items import items_of
from recension.crowd.media import Media
from recension.crowd.readers import FAULTS, Means, RowRead
from recension.crowd.spec import Format, InputSpec
from recension.errors import Invalid
from recension.label import JSON, Item, Schema, referenced, task_schema
from recension.store import Commit, Entry, compile_glob

LOOKED_AT: Final = 2000
"""Files that are looked at to say what there is; more are not counted."""
FIRST_ROWS: Final = 20
_SPECIAL: Final = re.compile(r"([*?\[\]{}()@+!\\])")
_MEANT: Final = frozenset("*?[{(")
_KEYS: Final = ("id", "key", "uid", "uuid", "item_id")
_FORMATS: Final[Mapping[str, Format]] = {f".{name}": name for name in get_args(Format)} | {".ndjson": "jsonl"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, as its first rows have it.

    Args:
        kind: ``text``, ``number``, ``flag``, ``list``, ``object``, ``image``, or ``empty``.
        distinct: no value stands there twice, and none is missing.
    """

    name: str
    kind: str
    distinct: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a path.

    Args:
        glob: takes the files that were found and others like them.
        format: of table files; ``None`` where each file is an item.
        files: the first of them.
        count: how many there are.
        more: whether there may be more than were counted.
        columns: of a table, in its order.
        rows: its first ones.
        key: the column that seems to name a row.
        problem: why the table cannot be read.
    """

    glob: str
    format: Format | None
    files: tuple[Entry, ...]
    count: int
    more: bool
    columns: tuple[Column, ...] = ()
    rows: tuple[RowRead, ...] = ()
    key: str | None = None
    problem: Invalid | None = None


def look_at(means: Means, commit: Commit, path: str, form: Format | None = None) -> Found:
    """What lies at a path: a file, a folder, or all that a glob takes.

    Args:
        means: store and readers.
        commit: where to look.
        path: of a folder the kind of file that there is most of is taken.
        form: read the files as this; without it, as their names say.

    Raises:
        Invalid: the path is no glob.
    """
    glob = path if _MEANT & set(path) else _glob_at(means, commit, path)
    files = list(islice(_matching(means, commit, glob), LOOKED_AT + 1))
    kept = tuple(files[:LOOKED_AT])
    known = form or (_format_of(kept[0].path) if kept else None)
    found = Found(glob, known, kept, len(kept), len(files) > len(kept))
    return found if known is None or not kept else _table(means, commit, found)


def first_items(means: Means, commit: Commit, spec: InputSpec, schema: Schema) -> Iterator[Item]:
    """The items that a project would take, in their order, each with the data that its people would see.

    Raises:
        Invalid: an item is not as the schema needs it; names the file and what is missing.
    """
    media = Media(means.store, commit, schema)
    for entry in _matching(means, commit, spec.glob):
        for item in items_of(means, commit, entry, spec, media):
            try:
                shown = referenced(schema, item.data)
                task_schema(schema, shown)
            except Invalid as error:
                raise Invalid(error.message, where=entry.path, hint=error.hint) from None
            yield replace(item, data={name: item.data[name] for name in shown})


def _matching(means: Means, commit: Commit, glob: str) -> Iterator[Entry]:
    """The files that a glob takes; a commit in which few do is not searched to its end."""
    compiled = compile_glob(glob)
    folder = compiled.literal_prefix.rpartition("/")[0] or "/"
    looked = islice(means.store.diff(None, commit, prefix=folder), 50 * LOOKED_AT)
    return (change.after for change in looked if change.after is not None and compiled.match(change.path))


def _glob_at(means: Means, commit: Commit, path: str) -> str:
    whole = "/" + path.strip("/")
    if whole != "/" and not means.store.is_folder(commit, whole):
        return _plain(whole)
    below = "" if whole == "/" else _plain(whole)
    endings = Counter(_ending(entry.path) for entry in islice(_matching(means, commit, f"{below}/**"), LOOKED_AT))
    if not endings:
        return f"{below}/**"
    kinds: Counter[str] = Counter()
    for ending, count in endings.items():
        kinds[_kind_of(ending)] += count
    [(kind, _)] = kinds.most_common(1)
    taken = sorted(ending for ending in endings if _kind_of(ending) == kind)
    if "" in taken:
        return f"{below}/**"
    return f"{below}/**{taken[0] if len(taken) == 1 else '{' + ','.join(taken) + '}'}"


def _plain(path: str) -> str:
    return _SPECIAL.sub(r"\\\1", path)


def _ending(path: str) -> str:
    ending = PurePosixPath(path).suffix
    return "" if _SPECIAL.search(ending) or "," in ending else ending


def _kind_of(ending: str) -> str:
    """Files of one kind are labelled together: tables of one format, or media of one sort."""
    if ending.lower() in _FORMATS:
        return _FORMATS[ending.lower()]
    sort = (mimetypes.guess_type(f"x{ending}")[0] or ending).partition("/")[0]
    return sort if sort in {"image", "audio", "video"} else ending


def _format_of(path: str) -> Format | None:
    return _FORMATS.get(PurePosixPath(path).suffix.lower())


def _table(means: Means, commit: Commit, found: Found) -> Found:
    first = found.files[0].path
    assert found.format is not None, "only tables are read"
    try:
        content = means.store.read_stream(commit, first)
        rows = tuple(islice(means.readers.rows(content, path=first, form=found.format, needs=()), FIRST_ROWS))
    except FAULTS as error:
        problem = Invalid(error.message, where=error.where, hint=error.hint)
        return replace(found, problem=problem)
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    columns = tuple(_column(name, [row.values.get(name) for row in rows]) for name in names)
    key = next((each.name for each in columns if each.name.lower() in _KEYS and each.distinct), None)
    return replace(found, columns=columns, rows=rows, key=key)


def _column(name: str, values: Sequence[JSON]) -> Column:
    filled = [value for value in values if value not in (None, "")]
    texts = {str(value) for value in filled}
    return Column(name, _kind(filled), distinct=bool(filled) and len(texts) == len(values))


def _kind(values: Sequence[JSON]) -> str:
    if not values:
        return "empty"
    return next((kind for kind, fits in _KINDS.items() if all(fits(value) for value in values)), "text")


def _is_number(value: JSON) -> bool:
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,15}(?:\.\d+)?", value) is not None


def _is_list(value: JSON) -> bool:
    return isinstance(value, list) or (isinstance(value, str) and value.lstrip().startswith("["))


def _is_object(value: JSON) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, str) and value.lstrip().startswith("{"))


def _is_image(value: JSON) -> bool:
    if not isinstance(value, str):
        return False
    path = value.partition("?")[0]
    return "\n" not in path and (mimetypes.guess_type(path)[0] or "").startswith("image/")


_KINDS: Final[Mapping[str, Callable[[JSON], bool]]] = {
    "flag": lambda value: isinstance(value, bool),
    "number": _is_number,
    "list": _is_list,
    "object": _is_object,
    "image": _is_image,
}
"""What all values of a column must be for it to be of that kind; any other is text."""
