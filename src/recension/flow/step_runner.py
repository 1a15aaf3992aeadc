"""Runs one Python function as a step: ``python step_runner.py FILE.py NAME``.

Executed inside the step's own environment, where Recension need not be installed, so it uses the standard library
only. Where things are comes in through the environment: ``RECENSION_INPUTS`` and ``RECENSION_PARAMETERS`` are JSON
objects, ``RECENSION_OUT`` is a folder. A module ``recension`` with just the decorator is put in place when the real
one is missing, because the step's module imports it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import types
from pathlib import Path


def _unmarked(**_: object) -> object:
    return lambda function: function


def _stand_in() -> None:
    if importlib.util.find_spec("recension") is not None:
        return
    for name in ("recension", "recension.flow", "recension.flow.step"):
        module = types.ModuleType(name)
        module.pipeline = _unmarked  # type: ignore[attr-defined]
        module.__path__ = []
        sys.modules[name] = module


def main(file: str, name: str) -> None:
    """Import ``file`` from the working directory and call its function ``name``."""
    sys.path[0] = str(Path.cwd())
    _stand_in()
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    inputs = {key: Path(path) for key, path in json.loads(os.environ["RECENSION_INPUTS"]).items()}
    parameters = json.loads(os.environ["RECENSION_PARAMETERS"])
    getattr(module, name)(inputs, Path(os.environ["RECENSION_OUT"]), **parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
