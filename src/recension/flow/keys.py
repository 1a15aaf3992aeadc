"""What makes two pieces of work the same: code, environment, parameters and the bytes that go in.

A datum's key is the BLAKE3 of its *preimage*, a canonical JSON text, which is kept as a blob under just that name: so
the key says what it was made of, and two keys can be compared field by field. The code part has a preimage of its own.

Not part of a key: commits, branch, job, time, pipeline name, parallelism, timeouts, sizes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from blake3 import blake3

from recension.flow.document import Plain
from recension.flow.spec import Spec
from recension.ids import BlobId

KEY_VERSION: Final = 1
MAX_LISTED_FILES: Final = 256
UNLOCKED: Final = "unlocked"
LOCKED: Final = "locked"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file as a datum sees it: its path within the input, its bytes and its mode."""

    path: str
    blob: BlobId | None  # None: the input has empty_files, so the bytes are not seen
    mode: int


@dataclass(frozen=True, slots=True)
class Preimage:
    """A key and the text it is the hash of."""

    key: BlobId
    text: bytes


def canonical(value: Plain) -> bytes:
    """The one spelling of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hashed(value: Plain) -> Preimage:
    """A value's canonical text and its hash."""
    text = canonical(value)
    return Preimage(BlobId(blake3(text).digest()), text)


def code_preimage(
    spec: Spec, files: Mapping[str, BlobId], *, lock: str | None, python: str, job: str | None = None
) -> Preimage:
    """The identity of a pipeline's code.

    Args:
        spec: the pipeline.
        files: the declared files by path.
        lock: the resolved requirements, one per line; ``None`` when none are declared.
        python: the interpreter's minor version, such as ``3.11``.
        job: set when every job starts afresh (``reprocess_spec: every_job``): no two jobs then share work.
    """
    transform = spec.transform
    identity: dict[str, Plain] = {
        "version": KEY_VERSION,
        "cmd": list(transform.cmd),
        "stdin": list(transform.stdin),
        "env": dict(transform.env),
        "err_cmd": list(transform.err_cmd),
        "err_stdin": list(transform.err_stdin),
        "accept_return_code": list(transform.accept_return_code),
        "working_dir": transform.working_dir,
        "function": transform.function,
        "files": {path: blob.hex() for path, blob in files.items()},
        "parameters": dict(spec.parameters),
        "network": transform.network,
        "salt": spec.salt,
        "python": python,
        "requirements": None if transform.requirements is None else list(transform.requirements),
        "lock": UNLOCKED if lock is None else [*lock.split("\n")],
    }
    if job is not None:
        identity["job"] = job
    return hashed(identity)


def datum_preimage(code: BlobId, inputs: Iterable[tuple[str, Sequence[InputFile]]]) -> Preimage:
    """The identity of one datum: its code and, for each input in order, the files it sees.

    More than 256 files of an input are given as their count and a hash of their list.
    """
    seen: list[Plain] = [{"name": name, **_listing(files)} for name, files in inputs]
    return hashed({"version": KEY_VERSION, "code": code.hex(), "inputs": seen})


def _listing(files: Sequence[InputFile]) -> dict[str, Plain]:
    if len(files) <= MAX_LISTED_FILES:
        return {"files": [_row(file) for file in files]}
    digest = blake3()
    for file in files:
        digest.update(canonical(_row(file)))
    return {"count": len(files), "digest": digest.hexdigest()}


def _row(file: InputFile) -> Plain:
    return [file.path, None if file.blob is None else file.blob.hex(), file.mode]


def compare_code(old: bytes, new: bytes) -> list[str]:
    """The names of the code fields in which two code preimages differ; of ``files``, which ones."""
    before, after = json.loads(old), json.loads(new)
    found: list[str] = []
    for field in sorted(before.keys() | after.keys()):
        if before.get(field) == after.get(field):
            continue
        if field == "files":
            found.extend(f"file {line}" for line in _changes(before.get(field) or {}, after.get(field) or {}))
        else:
            found.append(field)
    return found


def compare_inputs(old: bytes, new: bytes) -> list[str]:
    """What differs between the inputs of two datum preimages, one line per file."""
    before, after = _by_input(json.loads(old)), _by_input(json.loads(new))
    found: list[str] = []
    for name in [*before, *(name for name in after if name not in before)]:
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found.append(f"input {name} {'removed' if now is None else 'added'}")
        elif "files" in was and "files" in now:
            listed = ({row[0]: row[1:] for row in side["files"]} for side in (was, now))
            found.extend(f"{name}:{line}" for line in _changes(*listed))
        elif was != now:
            found.append(f"{name}: {_amount(was)} before, {_amount(now)} now, other content")
    return found


def code_of(text: bytes) -> BlobId:
    """The code key that a datum preimage names."""
    return BlobId(bytes.fromhex(json.loads(text)["code"]))


def _by_input(preimage: Mapping[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry for entry in preimage["inputs"]}


def _amount(entry: Mapping[str, Any]) -> str:
    count = entry.get("count", len(entry.get("files", ())))
    return f"{count} files"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            yield f"{path} removed"
        elif path not in before:
            yield f"{path} added"
        elif before[path] != after[path]:
            yield f"{path} changed"
