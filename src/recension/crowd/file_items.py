"""The items of one file of an input, with the media that they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from recension.crowd.media import Media, file_columns
from recension.crowd.readers import Means
from recension.crowd.spec import InputSpec
from recension.label import Item, make_item
from recension.store import Commit, Entry


def items_of(means: Means, commit: Commit, entry: Entry, spec: InputSpec, media: Media) -> Iterator[Item]:
    """The items that a project takes from a file.

    Args:
        means: store and readers.
        commit: the input commit, which holds the file.
        entry: the file.
        spec: how it falls into items.
        media: what the commit holds of what the schema shows.

    Raises:
        Invalid: the file breaks its format, or is not what is shown; names the file and line.
    """
    own: tuple[str, ...] = ()
    columns: Mapping[str, str] = spec.columns
    if spec.rows is None:
        own, columns = file_columns(media.schema, columns)
    itself = {name: media.of_file(name, entry) for name in own}
    if own and not columns:
        yield make_item(entry.path, data=itself)  # nothing of its bytes is needed
        return
    content = means.store.read_stream(commit, entry.path)
    for item in means.readers.items(content, path=entry.path, rows=spec.rows, columns=columns):
        yield replace(item, data={**media.in_row(item.data, entry.path), **itself})
