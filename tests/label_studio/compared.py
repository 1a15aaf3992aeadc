"""Tasks of Label Studio compared: equal but for numbers, dates, what follows from others, and what defaults say."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.label_studio.work import marked_pixels

MUCH = 1e-4
"""Per cent of an image's side: what rounding to a ten-thousandth of a pixel moves."""
_DEFAULTS = {"origin": "manual", "image_rotation": 0, "readonly": False, "hidden": False, "labels": []}


def differences(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], key: str, *, skipped: int
) -> list[str]:
    """What differs between two exports of tasks, paired by the end of ``data[key]``; one line each.

    Args:
        skipped: how many skipped annotations ``after`` may lack.
    """
    both = copy.deepcopy([list(before), list(after)])
    _name_pixels(both)
    ones, others = (_by_name(tasks, key) for tasks in both)
    found = [] if ones.keys() == others.keys() else [f"tasks {ones.keys() ^ others.keys()}"]
    lacking = 0
    for name in ones.keys() & others.keys():
        one, other = ones[name], others[name]
        said = [each for each in one["annotations"] if not each["was_cancelled"]]
        lacking += len(one["annotations"]) - len(said)
        found += _sets(name, said, other["annotations"], ("completed_by", "lead_time"))
        found += _sets(name, one["predictions"], other["predictions"], ("model_version", "score"))
    return found if lacking == skipped else [*found, f"{lacking} skipped annotations"]


def _name_pixels(exports: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Put the marked pixels in the place of the bytes that pack them: there are many ways to pack the same."""
    sets = [labels for tasks in exports for task in tasks for labels in (*task["annotations"], *task["predictions"])]
    values = [each["value"] for labels in sets for each in labels["result"] if each["type"] == "brushlabels"]
    for value, pixels in zip(values, marked_pixels([value["rle"] for value in values]), strict=True):
        value["rle"] = pixels


def _by_name(tasks: Iterable[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    return {task["data"][key].rpartition("/")[2] if key == "image" else task["data"][key]: task for task in tasks}


def _sets(
    name: str, ones: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], about: Iterable[str]
) -> list[str]:
    if len(ones) != len(others):
        return [f"{name}: {len(ones)} sets of labels are {len(others)}"]
    found = []
    ranked = (sorted(each, key=lambda labels: (-len(labels["result"]), str(labels["id"]))) for each in (ones, others))
    for one, other in zip(*ranked, strict=True):
        found += [f"{name}: {key} {one[key]!r} is {other[key]!r}" for key in about if one[key] != other[key]]
        found += _results(name, _by_key(one["result"]), _by_key(other["result"]))
    return found


def _by_key(results: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """Regions by id, relations by both ends, answers about the whole by their question: those have ids by chance."""
    keyed: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for each in results:
        if each["type"] == "relation":
            key: tuple[str, ...] = (each["from_id"], each["to_id"])
        elif "original_width" in each or "start" in each["value"]:
            key = (each["id"], each["from_name"])
        else:
            key = ("", each["from_name"])
            each = {name: held for name, held in each.items() if name != "id"}  # noqa: PLW2901
        assert key not in keyed, key
        keyed[key] = {**_DEFAULTS, **each}
    return keyed


def _results(
    name: str, ones: Mapping[tuple[str, ...], Mapping[str, Any]], others: Mapping[tuple[str, ...], Mapping[str, Any]]
) -> list[str]:
    found = [f"{name}: {key} is in one alone" for key in ones.keys() ^ others.keys()]
    shared = [key for key in ones if key in others]
    for key in shared:
        one, other = ones[key], others[key]
        if not _equal(one, other):
            found.append(f"{name}: {key}\n  {_short(one)}\n  {_short(other)}")
    if _regions(ones) != _regions(others):
        found.append(f"{name}: the order of regions")
    return found


def _regions(results: Mapping[tuple[str, ...], Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return [key for key, each in results.items() if each["type"].endswith("labels")]


def _equal(one: Any, other: Any) -> bool:
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(_equal, one, other))
        case bool(), _:
            return one is other
        case ((int() | float()), (int() | float())):
            return abs(one - other) <= MUCH
        case _:
            return bool(one == other)


def _short(each: Any) -> str:
    text = repr(each)
    return text if len(text) < 600 else f"{text[:600]}…"
