"""Media of items: files of the input commit that data names, as references to their content."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Mapping
from typing import Final

from recension.errors import Invalid, NotFound
from recension.ids import check_path
from recension.label import JSON, MediaRef, Schema, media_tags, media_to_json
from recension.label.media import MEDIA_KINDS
from recension.label.plain_text import entries
from recension.store import Commit, Entry, Store

FILE: Final = "file"
"""The column of a whole file that is the file itself, to be shown."""
_ELSEWHERE: Final = ("http://", "https://", "data:", "s3://", "gs://", "azure-blob://")
_HERE: Final = "repo://"
_UNKNOWN: Final = "application/octet-stream"


class Media:
    """What one commit holds of what a schema shows."""

    def __init__(self, store: Store, commit: Commit, schema: Schema) -> None:
        self._store = store
        self._commit = commit
        self.schema = schema
        self._tags = media_tags(schema)

    @property
    def is_shown(self) -> bool:
        """Whether the schema shows media at all."""
        return bool(self._tags)

    def of_file(self, name: str, entry: Entry) -> dict[str, JSON]:
        """A whole file as the value of a data field.

        Raises:
            Invalid: the file is of another kind than the field shows.
        """
        return media_to_json(self._ref(name, entry, ""))

    def in_row(self, data: Mapping[str, JSON], table: str) -> Mapping[str, JSON]:
        """The data of a row with the files that it names replaced by references; what lies elsewhere stays.

        Args:
            data: the row's data.
            table: path of the row's file: paths are relative to its folder, or to the repo where they begin with a
                slash or ``repo://``.

        Raises:
            Invalid: a file is not there, or of another kind than the field shows; names the field.
        """
        found = {name: data[name] for name in self._tags if name in data}
        return {**data, **{name: self._value(name, value, table) for name, value in found.items()}} if found else data

    def _value(self, name: str, value: JSON, table: str) -> JSON:
        if self._tags[name].many:
            return [self._one(name, entry, table) for entry in entries(value)]  # type: ignore[arg-type]  # JSON inside
        return self._one(name, value, table)

    def _one(self, name: str, value: JSON, table: str) -> JSON:
        if not isinstance(value, str) or not value or value.startswith(_ELSEWHERE):
            return value
        return media_to_json(self._ref(name, self._entry(name, value, table), value))

    def _entry(self, name: str, value: str, table: str) -> Entry:
        try:
            return self._store.stat(self._commit, check_path(path_of(value, table)))
        except (NotFound, Invalid):
            hint = "put the file there, or write its path from the folder of the table or, with a / first, of the repo"
            raise Invalid(f"there is no file {value!r}", where=f"{table}: {name}", hint=hint) from None

    def _ref(self, name: str, entry: Entry, path: str) -> MediaRef:
        kind = self._tags[name].kind
        given = entry.content_type.partition(";")[0].strip().lower()
        known = (mimetypes.guess_type(entry.path)[0] or _UNKNOWN) if given == _UNKNOWN else given
        if kind in MEDIA_KINDS and not known.startswith(f"{kind}/"):
            message = f"the file is shown as {kind}, and is {known}"
            raise Invalid(message, where=entry.path, hint="narrow the glob, or correct the file's content type")
        return MediaRef(entry.blob.hex(), known, entry.size, path)


def path_of(value: str, table: str) -> str:
    """The path in its repo of what a row of the file ``table`` names."""
    path = f"/{value.removeprefix(_HERE)}" if value.startswith(_HERE) else value
    absolute = posixpath.normpath(posixpath.join(posixpath.dirname(table), path))
    return "/" + absolute.lstrip("/")


def file_columns(schema: Schema, columns: Mapping[str, str]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Of items that are whole files: data fields that show the file itself, and the columns of the others.

    Media that no column is named for is the file itself.
    """
    media = media_tags(schema)
    if not media:
        return (), columns
    own = {name for name in media if columns.get(name, FILE) == FILE}
    others = columns or {name: name for name in schema.references}
    return tuple(sorted(own)), {name: column for name, column in others.items() if name not in own}
