"""What a new schema makes of every field of the old one: whether the answers that it allowed still fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recension.label.fields import Field
from recension.label.schema import Schema
from recension.label.values import paths


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field.

    Args:
        fits: whether every answer that the old field allowed is one that the new field allows.
        why: what it does not allow any more, or what else is to be known.
    """

    field: str
    kind: Literal["same", "added", "removed", "changed"]
    fits: bool
    why: str = ""


def compare(old: Schema, new: Schema) -> list[FieldChange]:
    """What became of every field, of the old schema first and then those that are new."""
    before, after = {field.name: field for field in old.fields}, {field.name: field for field in new.fields}
    found = [_change(field, after.get(name)) for name, field in before.items()]
    for name, field in after.items():
        if name not in before:
            why = "it is required: answers without it do not fit" if field.required else ""
            found.append(FieldChange(name, "added", not field.required, why))
    return found


def _change(old: Field, new: Field | None) -> FieldChange:
    if new is None:
        return FieldChange(old.name, "removed", False, "answers to it have no place")
    reasons = [why for why in _narrower(old, new) if why]
    if reasons:
        return FieldChange(old.name, "changed", False, "; ".join(reasons))
    return FieldChange(old.name, "same" if old == new else "changed", True)


def _narrower(old: Field, new: Field) -> list[str]:
    """What the new field does not allow that the old one did."""
    if old.kind != new.kind:
        return [f"it was {old.kind} and is {new.kind}"]
    gone = [" > ".join(path) for path in paths(old.options) if path not in paths(new.options)]
    return [
        f"without {', '.join(gone)}" if gone else "",
        "it is required now" if new.required and not old.required else "",
        f"its minimum is {new.minimum:g}" if _over(new.minimum, old.minimum) else "",
        f"its maximum is {new.maximum:g}" if _over(old.maximum, new.maximum, absent=True) and new.maximum else "",
        f"its texts have at most {new.max_length} characters" if new.max_length < old.max_length else "",
        _listed("without the shapes", set(old.shapes) - set(new.shapes)),
        _listed("not about", set(old.of) - set(new.of)) if old.kind == "regions" else "",
        _listed("without the buckets", {b.value for b in old.buckets} - {b.value for b in new.buckets}),
        "its value is a date of another form" if old.parts != new.parts else "",
        "only one label is allowed" if old.multiple and not new.multiple else "",
        "regions need a label" if old.options and old.allow_empty and not new.allow_empty else "",
        "it has other joints" if old.joints != new.joints else "",
        "it is asked of other things" if (old.per_region, old.per_item) != (new.per_region, new.per_item) else "",
        "it is asked under other conditions" if old.when != new.when else "",
    ]


def _over(high: float | None, low: float | None, *, absent: bool = False) -> bool:
    """Whether a limit is tighter: ``None`` is no limit."""
    if absent:
        return low is not None and (high is None or high > low)
    return high is not None and (low is None or high > low)


def _listed(words: str, names: set[str]) -> str:
    return f"{words} {', '.join(sorted(names))}" if names else ""
