"""Label documents: what a project publishes about one item, as canonical JSON.

Pure. Equal labels give equal bytes, whatever the order in which answers came: keys are sorted, annotations stand by
worker and then in the order of the log, numbers are rounded, and nothing of the clock or of chance is written for
simulated workers. The format is described in ``docs/reference/label-documents.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from blake3 import blake3

from recension.clock import iso
from recension.crowd.predictions import Prediction
from recension.crowd.remarks import NO_REMARKS, Remarks
from recension.crowd.verdicts import Verb, Verdict
from recension.ids import MAX_PATH_BYTES
from recension.label.canonical import canonical_json
from recension.label.item import encode_key

Status = Literal["open", "settled", "stale", "excluded"]

FOLDER: Final = "/items"
_JSON_FOLDER: Final = re.compile(r"\.json=*$")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One person's answer to one task.

    Args:
        seq: its place in the answer log.
        spent_us: time spent; of a simulated worker the simulated time, ``None`` when there is none.
        guideline: hash of the guideline the worker had in front of them.
        withdrawn: the worker took it back; it stays, and does not count.
        excluded: its worker was banned and the project excludes such answers; it stays, and does not count.
        remarks: flags and comments of its worker.
        review: what a reviewer said of it.
    """

    seq: int
    worker: str
    fields: Mapping[str, object]
    spent_us: int | None
    guideline: str
    at_us: int
    simulated: bool = False
    withdrawn: bool = False
    excluded: bool = False
    remarks: Remarks = NO_REMARKS
    review: Verdict | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a vote."""
        return not (self.withdrawn or self.excluded)


@dataclass(frozen=True, slots=True)
class FieldConsensus:
    """What the votes on one field come to.

    Args:
        value: the aggregated answer; ``None`` when there is none, or for an opinion.
        confidence: from 0 to 1, rounded to six digits; ``None`` when the method has no such thing.
        votes: how many votes there were.
        distribution: answer → its probability; of an opinion and of majority vote, its share of the votes.
        tie: several answers were equally good, so none of them is the value.
    """

    value: object
    confidence: float | None
    method: str
    votes: int
    distribution: Mapping[str, float] = field(default_factory=dict)
    tie: bool = False


@dataclass(frozen=True, slots=True)
class Previous:
    """What an item was labelled before its content was edited."""

    work_id: str
    data: Mapping[str, object]
    consensus: Mapping[str, FieldConsensus]


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """One item of one input commit, with all that was said about it."""

    id: str
    path: str
    key: str | None
    region: str | None
    data: Mapping[str, object]
    work_id: str
    status: Status
    annotations: Sequence[Annotation] = ()
    predictions: Sequence[Prediction] = ()
    consensus: Mapping[str, FieldConsensus] = field(default_factory=dict)
    previous: Previous | None = None
    decision: Verdict | None = None


def item_status(*, answered: int, overlap: int, stale: bool, excluded: bool = False) -> Status:
    """``settled`` once enough valid answers are in or a reviewer has decided (``overlap`` is 0 then).

    Before that ``stale`` if an older content had labels. ``excluded`` when a lead has taken it out of the project.
    """
    if excluded:
        return "excluded"
    if answered >= overlap:
        return "settled"
    return "stale" if stale else "open"


def document(item: LabelledItem) -> bytes:
    """The item's document: one line of canonical JSON."""
    body = {
        "item": {"id": item.id, "path": item.path, "key": item.key, "data": item.data},
        "work_id": item.work_id,
        "status": item.status,
        "annotations": [_annotation(each) for each in sorted(item.annotations, key=lambda a: (a.worker, a.seq))],
        "predictions": [_prediction(each) for each in sorted(item.predictions, key=lambda p: (p.model, p.version))],
        "consensus": _consensus(item.consensus),
        "previous": None if item.previous is None else _previous(item.previous),
    }
    if item.decision is not None:
        body["decision"] = {"fields": item.decision.fields, **_by(item.decision)}
    if item.region is not None:
        body["item"] = {"id": item.id, "path": item.path, "key": item.key, "region": item.region, "data": item.data}
    return canonical_json(body) + b"\n"


def document_path(path: str, key: str | None = None, region: str | None = None) -> str:
    """Where the document of an item is published.

    ``/a/b.png`` → ``/items/a/b.png.json``, row ``k`` of ``/p.csv`` → ``/items/p.csv/k.json``. Distinct items get
    distinct paths that never put a file where another needs a folder: a folder that ends in ``.json`` gets a ``=``
    after it, and what would be too long for a path, or ``.`` or ``..``, is named by its hash after a ``=``, which no
    encoded key contains.
    """
    *folders, name = path.removeprefix("/").split("/")
    if key is not None or region is not None:
        folders, name = [*folders, name], _row_name(key)
    if region is not None:
        name += f"@{region}"
    place = "/".join([FOLDER, *(_folder(each) for each in folders), f"{name}.json"])
    if len(place.encode()) > MAX_PATH_BYTES:
        return f"{FOLDER}/={_hash(repr((path, key, region)))}.json"
    return place


def _row_name(key: str | None) -> str:
    if key is None:
        return ""
    encoded = encode_key(key)
    return f"={_hash(key)}" if encoded in {".", ".."} or len(encoded) > 200 else encoded


def _folder(name: str) -> str:
    return f"{name}=" if _JSON_FOLDER.search(name) else name


def _hash(text: str) -> str:
    return blake3(text.encode()).hexdigest()[:32]


def _annotation(each: Annotation) -> dict[str, object]:
    body: dict[str, object] = {
        "worker": each.worker,
        "fields": each.fields,
        "time_spent_s": None if each.spent_us is None else round(each.spent_us / 1_000_000, 3),
        "guideline": each.guideline,
        "simulated": each.simulated,
        "withdrawn": each.withdrawn,
        "excluded": each.excluded,
    }
    if not each.simulated:
        body["at"] = iso(each.at_us)
    if each.review is not None:
        body["review"] = {"verdict": VERDICT[each.review.verb], **_by(each.review)}
    return body | each.remarks.body()


VERDICT: Final[Mapping[Verb, Literal["accepted", "returned", "decided"]]] = {
    "accept": "accepted",
    "return": "returned",
    "decide": "decided",
}
"""A verdict as it is told."""


def _by(said: Verdict) -> dict[str, object]:
    return {"by": said.by, "at": iso(said.at_us), "comment": said.comment}


def _prediction(each: Prediction) -> dict[str, object]:
    return {
        "model": each.model,
        "version": each.version,
        "run": each.run,
        "score": each.score,
        "fields": each.fields,
        "at": iso(each.at_us),
    }


def _consensus(fields: Mapping[str, FieldConsensus]) -> dict[str, object]:
    return {
        name: {
            "value": each.value,
            "confidence": each.confidence,
            "method": each.method,
            "votes": each.votes,
            "distribution": each.distribution,
            "tie": each.tie,
        }
        for name, each in fields.items()
    }


def _previous(previous: Previous) -> dict[str, object]:
    return {
        "work_id": previous.work_id,
        "data": previous.data,
        "consensus": _consensus(previous.consensus),
    }
