"""What a worker adds to an answer: that they were not sure, and what they want to say about it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recension.errors import Invalid

FLAGS: Final = ("unclear",)
MOST_COMMENTS: Final = 200
MOST_CHARACTERS: Final = 4000


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a whole task, or on one region of the answer; ``region`` is its id."""

    text: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Remarks:
    """Flags and comments, in the order they were made."""

    flags: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()

    def body(self) -> dict[str, Any]:
        """As JSON; what is empty is left out."""
        said = [{"text": each.text} | ({"region": each.region} if each.region else {}) for each in self.comments]
        return ({"flags": list(self.flags)} if self.flags else {}) | ({"comments": said} if said else {})

    def text(self) -> str | None:
        """As it is stored; ``None`` when there are none."""
        body = self.body()
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")) if body else None


NO_REMARKS: Final = Remarks()


def remarks_of(text: str | None) -> Remarks:
    """Remarks as they were stored."""
    if text is None:
        return NO_REMARKS
    body: Mapping[str, Any] = json.loads(text)
    comments = tuple(Comment(each["text"], each.get("region")) for each in body.get("comments", ()))
    return Remarks(tuple(body.get("flags", ())), comments)


def checked_remarks(flags: Sequence[str], comments: Sequence[Comment]) -> Remarks:
    """Remarks in canonical form: each flag once, no empty comment.

    Raises:
        Invalid: an unknown flag, or comments that are too many or too long.
    """
    for flag in flags:
        if flag not in FLAGS:
            raise Invalid(f"there is no flag {flag!r}", where="flags", hint=f"known: {', '.join(FLAGS)}")
    kept = tuple(Comment(each.text.strip(), each.region or None) for each in comments if each.text.strip())
    if len(kept) > MOST_COMMENTS:
        raise Invalid(f"over {MOST_COMMENTS} comments", where="comments", hint="say it in fewer")
    if any(len(each.text) > MOST_CHARACTERS for each in kept):
        raise Invalid(f"a comment of over {MOST_CHARACTERS} characters", where="comments", hint="say it in fewer words")
    return Remarks(tuple(flag for flag in FLAGS if flag in flags), kept)
