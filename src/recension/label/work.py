"""Work identity: the same question about the same content is one task, whatever the item is called."""

from __future__ import annotations

from collections.abc import Mapping

from blake3 import blake3

from recension.label.canonical import canonical_json
from recension.label.media import identity_of, media_tags
from recension.label.references import root_in
from recension.label.schema import Schema, schema_hash


def referenced(schema: Schema, data: Mapping[str, object]) -> dict[str, object]:
    """Only the data that the schema shows.

    Raises:
        Invalid: the schema shows a field that the data lacks.
    """
    return {name: data[name] for name in (root_in(path, data) for path in schema.references)}


def work_id(project: str, schema: Schema, data: Mapping[str, object], *, known_as: str = "") -> str:
    """64 hex digits over the project, the schema's hash and the content of the fields that are shown.

    Of a stored file its bytes count, not its path. ``known_as`` stands for the schema's hash where labels were carried
    over from another schema.

    Raises:
        Invalid: the schema shows a field that the data lacks, or it is no JSON.
    """
    media = media_tags(schema)
    shown = {name: identity_of(value) if name in media else value for name, value in referenced(schema, data).items()}
    return blake3(canonical_json([project, known_as or schema_hash(schema), shown])).hexdigest()
