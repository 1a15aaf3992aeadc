"""What is wrong with a config: every problem with its place, not only the first."""

from __future__ import annotations

from dataclasses import dataclass, field

from recension.errors import Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be honoured.

    Args:
        line: where it stands in an XML config, from 1; 0 when the config has no lines.
        tag: the tag it is about; empty when it is about none.
        message: what is wrong.
        hint: what to do.
    """

    line: int
    tag: str
    message: str
    hint: str | None = None


@dataclass(slots=True)
class Problems:
    """All that was found while one config was read.

    Args:
        where: what the config is called.
        notes: what is honoured in part, but changes no answer: style that is left out.
    """

    where: str
    found: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def error(self) -> Invalid:
        """The first problem as an error; says how many more there are."""
        first = min(self.found, key=lambda problem: problem.line)
        more = len(self.found) - 1
        hint = first.hint
        if more:
            rest = f"{more} more problem{'s' * (more > 1)} in the config"
            hint = f"{hint}; {rest}" if hint else rest
        place = f"{self.where}: line {first.line}" if first.line else self.where
        return Invalid(first.message, where=place, hint=hint)
