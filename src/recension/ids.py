"""Identifiers and names: what they look like, and how an address is read.

Distinct ids have distinct types, so that a commit id never lands where a blob id belongs.
"""

from __future__ import annotations

import os
import re
from typing import Final, NewType

from recension.errors import Invalid
from recension.slotted import frozen

CommitId = NewType("CommitId", str)
"""26 characters ``[0-9a-z]``; sorts by creation time (millisecond)."""
GlobalId = NewType("GlobalId", str)
"""The commit id that started a cascade."""
BlobId = NewType("BlobId", bytes)
"""BLAKE3-256 of the content, 32 bytes."""
NodeId = NewType("NodeId", bytes)
"""BLAKE3-256 of a manifest node's identity, 32 bytes."""

DEFAULT_WORKSPACE: Final = "default"
MAX_NAME: Final = 30
MAX_PATH_BYTES: Final = 1024

# Crockford's base 32 in lower case: no i, l, o, u, so ids survive being read aloud. The alphabet is in ASCII
# order, therefore text order is numeric order.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_COMMIT: Final = re.compile(r"[0-9a-z]{26}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_ADDRESS: Final = re.compile(
    r"(?:(?P<workspace>[^/@:]+)/)?(?P<repo>[^/@:]+)"
    r"(?:@(?P<ref>[^:^.]+)(?:(?P<back>\^+)(?P<count>\d*)|\.(?P<nth>\d+))?)?"
    r"(?::(?P<path>.*))?",
    re.DOTALL,
)


def new_commit_id(now_us: int) -> CommitId:
    """A fresh id: 48 bits of milliseconds, then 80 random bits (the layout of a ULID, in lower case)."""
    number = ((now_us // 1000) & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    return CommitId("".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)))


def is_commit_id(text: str) -> bool:
    """Whether ``text`` has the shape of a commit id."""
    return _COMMIT.fullmatch(text) is not None


def check_name(kind: str, name: str) -> str:
    """Return ``name`` when it may name a workspace, repo, branch, tag, project or pipeline.

    Raises:
        Invalid: it is empty, over 30 characters, has other characters than ``a-z0-9-``, or could be a commit id.
    """
    if len(name) > MAX_NAME or _NAME.fullmatch(name) is None or is_commit_id(name):
        raise Invalid(
            f"{name!r} cannot name a {kind}",
            where=kind,
            hint="use 1 to 30 of a-z, 0-9 and '-', starting with a letter or digit",
        )
    return name


def check_path(path: str) -> str:
    """Return ``path`` with one leading slash when it may name a file in a repo.

    Paths are compared by bytes and never normalised: what is wrong is refused, not repaired.

    Raises:
        Invalid: an empty, ``.`` or ``..`` segment, a NUL, a trailing slash, over 1,024 bytes, or not UTF-8.
    """
    rooted = path if path.startswith("/") else "/" + path
    problem = _path_problem(rooted)
    if problem is not None:
        raise Invalid(f"path {path!r} {problem}", where="path", hint="name a file like /folder/file.csv")
    return rooted


def _path_problem(rooted: str) -> str | None:
    try:
        size = len(rooted.encode())
    except UnicodeEncodeError:
        return "is not UTF-8"
    if size > MAX_PATH_BYTES:
        return f"is longer than {MAX_PATH_BYTES} bytes"
    if "\0" in rooted:
        return "contains a NUL"
    segments = rooted[1:].split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        return "has an empty, '.' or '..' segment"
    return None


@frozen
class Address:
    """``[workspace/]repo[@ref[^n or .n]][:/path]``, taken apart.

    ``ref`` is a branch, tag or commit id. ``back`` counts parents to go up from it (``^``, ``^^``, ``^3``);
    ``nth`` counts commits from the branch's start (``.0`` is the first). At most one of both is set.
    """

    workspace: str
    repo: str
    ref: str | None = None
    back: int = 0
    nth: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        """The shortest spelling that reads back to the same address."""
        text = self.repo if self.workspace == DEFAULT_WORKSPACE else f"{self.workspace}/{self.repo}"
        if self.ref is not None:
            text += f"@{self.ref}"
            text += f"^{self.back}" if self.back else ""
            text += f".{self.nth}" if self.nth is not None else ""
        return text if self.path is None else f"{text}:{self.path}"


def parse_address(text: str) -> Address:
    """Read an address.

    Raises:
        Invalid: it does not have the shape, or a name or the path in it breaks its rule.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise Invalid(f"{text!r} is no address", where="address", hint="write [workspace/]repo@ref[:/path]")
    ref = match["ref"]
    if ref is not None and not is_commit_id(ref):
        check_name("ref", ref)
    back = match["back"]
    path = match["path"]
    return Address(
        workspace=check_name("workspace", match["workspace"] or DEFAULT_WORKSPACE),
        repo=check_name("repo", match["repo"]),
        ref=ref,
        back=0 if back is None else len(back) - 1 + int(match["count"] or 1),
        nth=int(match["nth"]) if match["nth"] is not None else None,
        path=None if path is None else "/" if path in {"", "/"} else check_path(path.rstrip("/")),
    )
