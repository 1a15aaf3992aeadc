"""Models: programs that label. They are asked over Label Studio's ML-backend protocol."""

from __future__ import annotations

from recension.models.backend import Backend, Said
from recension.models.network import Network

__all__ = ["Backend", "Network", "Said"]
