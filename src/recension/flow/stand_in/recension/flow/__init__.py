"""Where the decorator is also looked for."""

import pkgutil

from .. import pipeline  # noqa: TID252  in a step this is the package itself

__all__ = ["pipeline"]
__path__ = pkgutil.extend_path(__path__, __name__)
