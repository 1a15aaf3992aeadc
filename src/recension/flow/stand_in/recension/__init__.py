"""What a step has of Recension: ``get`` and the decorator ``pipeline``."""

import json
import os
import pkgutil
import socket
from pathlib import Path
from typing import Any

__all__ = ["get", "pipeline"]
__path__ = pkgutil.extend_path(__path__, __name__)

_LONGEST = 100  # a socket's address holds 108 bytes


def pipeline(**_: Any) -> Any:
    """Mark a function as a step; inside of one there is nothing left to do."""
    return lambda function: function


def get(address: str, **_: Any) -> Path:
    """A read-only folder with the files of ``[workspace/]repo@ref[:/folder]``, or one file when the path names one.

    The step's output is recorded as made from it. The name of one of the step's inputs, without ``@ref``, gives that
    input's folder.

    Raises:
        LookupError: there is no such repo, ref or path.
        ValueError: it is no address, or names what this step writes.
        RuntimeError: the engine cannot answer.
    """
    name, _colon, path = address.partition(":")
    inputs = json.loads(os.environ.get("RECENSION_INPUTS", "{}"))
    if name in inputs:
        found = Path(inputs[name], path.lstrip("/"))
        if not os.path.lexists(found):
            raise LookupError(f"{path}: no such path in input {name!r}")
        return found
    door = os.environ.get("RECENSION_STEP_SOCKET")
    if not door:
        raise RuntimeError("there is no engine to ask: RECENSION_STEP_SOCKET is not set")
    answer = _ask(Path(door), {"get": address})
    if "path" in answer:
        return Path(door).parent / str(answer["path"])
    kinds = {"not-found": LookupError, "invalid": ValueError}
    raise kinds.get(answer["error"], RuntimeError)(answer["message"])


def _ask(door: Path, question: Any) -> Any:
    folder = os.open(door.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as line:
            short = str(door) if len(os.fsencode(door)) < _LONGEST else f"/proc/self/fd/{folder}/{door.name}"
            line.connect(short)
            line.sendall(json.dumps(question).encode() + b"\n")
            with line.makefile("rb") as answer:
                return json.loads(answer.readline() or b'{"error": "gone", "message": "the engine has gone"}')
    finally:
        os.close(folder)
