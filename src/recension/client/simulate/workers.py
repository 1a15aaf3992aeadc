"""Simulated workers: who they are, what they answer, and how long they take for it."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from recension.client.simulate.chance import draws
from recension.client.simulate.spec import Confusion, SimulationSpec
from recension.label import Field, Schema
from recension.label.values import paths

Kind = Literal["careful", "spammer", "fast"]
_ARRIVAL_S: Final = 5.0  # mean time between two workers who come to the project
_PACE_SPREAD: Final = 0.2  # of the logarithm, between workers
_TASK_SPREAD: Final = 0.35  # of the logarithm, between a worker's tasks
_FAST_PAGE_S: Final = (6.0, 24.0)
_OPTIONAL: Final = 0.5  # chance that a field that may stay empty is answered, where no truth says so
_BY_EYE: Final = frozenset({"regions", "relations", "ranking"})
"""Kinds that nobody can answer without looking: simulated workers leave them out."""
_DATES: Final = {
    "date-time": "2024-06-15T12:00",
    "date": "2024-06-15",
    "time": "12:00",
    "month": "2024-06",
    "year": "2024",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One simulated worker.

    Args:
        accuracy: share of right answers.
        pace_s: median seconds for a task.
        arrives_s: when they first come, in simulated seconds.
        behaves: answers training and exams rightly, whatever they do afterwards.
    """

    name: str
    kind: Kind
    accuracy: float
    pace_s: float
    arrives_s: float
    behaves: bool = False


def make_workers(spec: SimulationSpec) -> list[Profile]:
    """The crowd that a spec describes, in the order of their names."""
    order = list(range(spec.workers))
    draws(spec.seed, "kinds").shuffle(order)
    spammers, fast = (round(share * spec.workers) for share in (spec.spammers, spec.fast))
    kinds: dict[int, Kind] = dict.fromkeys(order[:spammers], "spammer")
    kinds |= dict.fromkeys(order[spammers : spammers + fast], "fast")
    patient = set(order[:spammers:2])
    arrivals = draws(spec.seed, "arrivals")
    found, arrives_s = [], 0.0
    for number in range(spec.workers):
        chance = draws(spec.seed, "worker", number)
        accuracy = min(1.0, max(0.0, spec.accuracy + chance.gauss(0, spec.spread)))
        pace_s = spec.pace_s * math.exp(chance.gauss(0, _PACE_SPREAD))
        kind = kinds.get(number, "careful")
        name = f"sim-{number + 1:03d}"
        found.append(Profile(name, kind, accuracy, pace_s, arrives_s, behaves=number in patient))
        arrives_s += arrivals.expovariate(1 / _ARRIVAL_S)
    return found


def answer(
    worker: Profile,
    schema: Schema,
    truth: Mapping[str, Any],
    *,
    confusion: Confusion,
    trial: bool,
    chance: random.Random,
) -> dict[str, Any]:
    """What the worker says about a task.

    Args:
        worker: who answers.
        schema: what is asked.
        truth: the right answers, as far as there are any.
        confusion: how careful workers err, for the fields in it.
        trial: the task is one of training or of an exam.
        chance: draws for this worker and task alone.
    """
    said: dict[str, Any] = {}
    for field in schema.fields:
        if field.kind in _BY_EYE or field.per_region or field.per_item:
            continue
        if not field.required and field.name not in truth and chance.random() >= _OPTIONAL:
            continue
        right = truth.get(field.name)
        behaves = trial and worker.behaves
        if right is None or (worker.kind == "spammer" and not behaves):
            said[field.name] = guess(field, chance)
        elif behaves:
            said[field.name] = right
        else:
            said[field.name] = _tried(worker, field, right, confusion.get(field.name, {}), chance)
    return said


def _tried(
    worker: Profile, field: Field, right: Any, rows: Mapping[str, Mapping[str, float]], chance: random.Random
) -> Any:
    """What somebody says who does their best."""
    row = rows.get(str(right))
    if row is not None:
        return chance.choices(list(row), weights=list(row.values()))[0]
    return right if chance.random() < worker.accuracy else _wrong(field, right, chance)


def seconds(worker: Profile, *, page_size: int, chance: random.Random) -> float:
    """How long the worker takes for one task of a page: log-normal around their pace, or a share of a hasty page."""
    if worker.kind == "fast":
        return chance.uniform(*_FAST_PAGE_S) / page_size
    return worker.pace_s * math.exp(chance.gauss(0, _TASK_SPREAD))


def guess(field: Field, chance: random.Random) -> Any:  # noqa: PLR0911  one line for each kind
    """Any answer that the field allows."""
    match field.kind:
        case "choice":
            return chance.choice(field.options).value
        case "choices":
            return [option.value for option in field.options if chance.random() < 0.5] or [field.options[0].value]
        case "text":
            return f"{chance.getrandbits(32):08x}"[: field.max_length]
        case "rating":
            return chance.randint(1, int(field.maximum or 1))
        case "number":
            low = field.minimum if field.minimum is not None else min(0.0, field.maximum or 0.0)
            high = field.maximum if field.maximum is not None else low + 100
            return round(chance.uniform(low, high), 2)
        case "texts":
            return [f"{chance.getrandbits(32):08x}"[: field.max_length]]
        case "taxonomy":
            return [list(chance.choice(paths(field.options, leaves_only=field.leaves_only)))]
        case "pairwise":
            return chance.choice(["left", "right", "equal"] if field.equal else ["left", "right"])
        case "date":
            return _DATES[field.parts]
        case _:
            return None


def _wrong(field: Field, right: Any, chance: random.Random) -> Any:
    """An answer that the field allows and that is not right, if there is one."""
    if field.kind == "choice":
        others = [option.value for option in field.options if option.value != right]
        return chance.choice(others) if others else right
    for _ in range(20):
        other = guess(field, chance)
        if other != right:
            return other
    return right
