"""Addresses of the HTTP API."""

from __future__ import annotations

from urllib.parse import quote


def path(*segments: str | int) -> str:
    """``/api/v1`` and the segments, each escaped."""
    return "/api/v1/" + "/".join(quote(str(segment), safe="") for segment in segments)
