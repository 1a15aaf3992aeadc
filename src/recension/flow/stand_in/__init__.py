"""The package ``recension`` as a step finds it: the folder is on the module path of every step.

A step's environment need not have Recension installed, so what is here needs nothing but the standard library. Where
it is installed, its modules are found as well: only ``get`` and ``pipeline`` come from here.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""What goes on the module path."""
