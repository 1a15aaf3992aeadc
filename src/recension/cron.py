"""Times of a plan: the five fields of cron, a name for one of them, or ``@every`` with a span of time. All in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from recension.errors import Invalid
from recension.slotted import frozen

_NAMES: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_HINT: Final = "minute hour day month weekday, as in '0 3 * * *'; or @hourly, @daily, @every 1h30m"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Cron:
    """A plan. ``fields`` are those of cron; None: every ``period_us`` microseconds."""

    fields: str | None
    period_us: int = 0

    @staticmethod
    def parse(text: str) -> Cron:
        """Read a plan.

        Raises:
            Invalid: it is none, or it has no time at all (30 February).
        """
        words = text.split()
        if words[:1] == ["@every"] and len(words) == 2:
            return Cron(None, _period_us(words[1]))
        fields = _NAMES.get(text.strip().lower(), " ".join(words))
        if len(fields.split()) != 5:
            raise Invalid(f"{text!r} is no plan of times", where="cron", hint=_HINT)
        plan = Cron(fields)
        plan.after(0)
        return plan

    def after(self, at_us: int) -> int:
        """The first time of the plan later than ``at_us``, in microseconds since 1970.

        Raises:
            Invalid: there is none.
        """
        if self.fields is None:
            return at_us + self.period_us
        from cronsim import CronSim, CronSimError  # noqa: PLC0415 - few branches have a plan

        at = _EPOCH + timedelta(microseconds=at_us)
        try:
            found = next(CronSim(self.fields, at), None)
        except CronSimError as error:
            message = f"{self.fields!r} is no plan of times: {str(error).lower()}"
            raise Invalid(message, where="cron", hint=_HINT) from None
        if found is None:
            raise Invalid(f"{self.fields!r} has no time in the next 50 years", where="cron", hint=_HINT)
        return (found - _EPOCH) // timedelta(microseconds=1)


def _period_us(text: str) -> int:
    match = _EVERY.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    period = (hours * 60 + minutes) * 60 + seconds
    if not period:
        raise Invalid(f"{text!r} is no span of time", where="cron", hint="@every 1h30m, @every 10m, @every 45s")
    return period * 1_000_000
