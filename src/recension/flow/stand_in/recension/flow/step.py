"""Where the decorator is also looked for."""

from .. import pipeline  # noqa: TID252  in a step this is the package itself

__all__ = ["pipeline"]
