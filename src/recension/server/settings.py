"""What people have set for themselves; it follows them to any browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from recension.db import Tx
from recension.label.commands import check_keys

_PUT: Final = """
    INSERT INTO account_setting (account, keys, at_us) VALUES (:account, :keys, :now)
    ON CONFLICT (account) DO UPDATE SET keys = excluded.keys, at_us = excluded.at_us
"""


def read_keys(tx: Tx, account: int) -> tuple[dict[str, str], int | None]:
    """Command to key, of those that are not the usual ones; and when they were set, ``None``: never."""
    row = tx.execute("SELECT keys, at_us FROM account_setting WHERE account = :account", {"account": account}).first()
    return ({}, None) if row is None else (json.loads(row[0]), row[1])


def write_keys(tx: Tx, now_us: int, account: int, keys: Mapping[str, str]) -> None:
    """Set all keys that are not the usual ones.

    Raises:
        Invalid: a key cannot be, or two commands would have the same; nothing is changed.
    """
    check_keys(keys)
    tx.execute(_PUT, {"account": account, "keys": json.dumps(dict(keys), sort_keys=True), "now": now_us})
