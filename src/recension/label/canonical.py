"""JSON values and their one canonical spelling, over which labels are hashed and stored.

Keys sorted by code point, no blanks, UTF-8, no ``NaN``: two equal values have equal bytes.
"""

from __future__ import annotations

import json

from recension.errors import Invalid

_HINT = "use text, finite numbers, true, false, null, lists and mappings with text keys"

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
"""A value that JSON can spell."""


def canonical_json(value: object) -> bytes:
    """The canonical bytes of a JSON value, without a newline at the end.

    Raises:
        Invalid: the value holds what JSON cannot spell (``NaN``, bytes, a lone surrogate, ...).
    """
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid(f"no JSON value: {error}", hint=_HINT) from error
