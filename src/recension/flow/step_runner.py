"""Runs one Python function as a step: ``python step_runner.py FILE.py NAME``.

Executed inside the step's own environment, where Recension need not be installed, so it uses the standard library
only. Where things are comes in through the environment: ``RECENSION_INPUTS`` and ``RECENSION_PARAMETERS`` are JSON
objects, ``RECENSION_OUT`` is a folder. What the step's module imports as ``recension`` is on the module path.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def main(file: str, name: str) -> None:
    """Import ``file`` from the working directory and call its function ``name``."""
    sys.path[0] = str(Path.cwd())
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    inputs = {key: Path(path) for key, path in json.loads(os.environ["RECENSION_INPUTS"]).items()}
    parameters = json.loads(os.environ["RECENSION_PARAMETERS"])
    getattr(module, name)(inputs, Path(os.environ["RECENSION_OUT"]), **parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
