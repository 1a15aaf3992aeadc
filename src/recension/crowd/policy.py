"""The policy of a project: how pages are made up, what they pay, who may work, and what happens to bad work.

The structs are the shape of these parts of a project document, and the shape in which they are stored. Unknown fields
and values out of range are refused when they are read. A new rule is a struct here and a function in ``rules``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from recension.errors import Invalid

Count = Annotated[int, Meta(ge=1, le=30_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Seconds = Annotated[float, Meta(gt=0, le=31_536_000)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$")]
"""A decimal number, written as text: money is never a float."""

OnBan = Literal["keep", "exclude", "exclude_and_reoffer"]
"""What becomes of the answers of a banned worker: they count; they do not; they do not, and others are asked."""
PayOnBan = Literal["keep", "withhold"]


class PagePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of work.

    Args:
        real: tasks of the project on a page; fewer when fewer are left.
        control: control tasks mixed in; none once a worker has had them all.
        time_limit_s: how long a page may stay open before its tasks go back to the pool.
    """

    real: Annotated[int, Meta(ge=1, le=1000)] = 5
    control: Annotated[int, Meta(ge=0, le=100)] = 0
    time_limit_s: Seconds = 600.0


class PayPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a completed page earns; skipped tasks earn nothing, so a page with skips earns its share."""

    per_page: Amount = "0"
    currency: Currency = "USD"


class TrialPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Training or exam.

    Args:
        page: tasks on one page.
        pass_percent: share of right answers needed: of first answers in training, of final ones in an exam.
    """

    page: Annotated[int, Meta(ge=1, le=1000)] = 10
    pass_percent: Percent = 80.0


class FastPages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="if", tag="fast_pages"):
    """Of the ``last`` completed pages, ``at_least`` took under ``under_s``."""

    under_s: Seconds
    last: Count
    at_least: Count
    then: Literal["ban"] = "ban"


class ControlRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="if", tag="control_rate"):
    """Of the ``last`` control answers, if there are ``at_least`` so many, ``at_most_percent`` are right.

    Args:
        field: judge this field alone; without it an answer is right when every expected field is.
    """

    last: Count
    at_most_percent: Percent
    at_least: Count = 1
    field: str | None = None
    then: Literal["ban"] = "ban"


class SkippedInRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="if", tag="skipped_in_row"):
    """The last ``at_least`` tasks were all skipped."""

    at_least: Count
    then: Literal["ban"] = "ban"


Rule = FastPages | ControlRate | SkippedInRow


class ConsensusPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How votes become one answer.

    Args:
        smoothing: added to every cell of a worker's confusion counts (``dawid_skene`` only).
    """

    method: Literal["majority", "dawid_skene"] = "majority"
    smoothing: Annotated[float, Meta(ge=0, le=1000)] = 0.0


class ReleaseCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Release after every ``count`` settled tasks."""

    count: Annotated[int, Meta(ge=1)]


Release = Literal["complete", "each", "manual"] | ReleaseCount


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the queue goes by; stored with the project in one piece.

    Args:
        overlap: how many people are asked about each task.
        undo_s: how long after a page is completed its answers can still be taken back by their author.
    """

    overlap: Count = 1
    page: PagePolicy = PagePolicy()
    pay: PayPolicy = PayPolicy()
    training: TrialPolicy | None = None
    exam: TrialPolicy | None = None
    rules: tuple[Rule, ...] = ()
    on_ban: OnBan = "keep"
    pay_on_ban: PayOnBan = "keep"
    undo_s: Annotated[float, Meta(ge=0, le=31_536_000)] = 600.0


_DECODER: Final = msgspec.json.Decoder(Policy)


def encode_policy(policy: Policy) -> str:
    """The policy as stored in ``project.policy``."""
    return msgspec.json.encode(policy, order="deterministic").decode()


def decode_policy(text: str) -> Policy:
    """Read a stored policy.

    Raises:
        Invalid: it has an unknown field or a value out of range.
    """
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise Invalid(str(error), where="policy", hint="see the reference of project documents") from None


def money(text: str) -> Decimal:
    """The amount, exactly."""
    return Decimal(text)


def spell(amount: Decimal) -> str:
    """The amount as text, without an exponent: ``Decimal('0E-2')`` is ``0.00``."""
    return f"{amount:f}"
