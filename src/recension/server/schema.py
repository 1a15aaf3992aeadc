"""Tables of the people and robots who may sign in.

A secret is one of three things, all kept the same way: as the hash of 32 random bytes that only the holder has.
A ``link`` signs a person in once; a ``session`` is the cookie that a link was traded for; a ``token`` is a robot's.
"""

from __future__ import annotations

from typing import Final

from recension.db import Migration

MIGRATIONS: Final = (
    Migration(
        "server",
        1,
        """
        CREATE TABLE account (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            simulated INTEGER NOT NULL DEFAULT 0,
            disabled_us BIGINT,
            created_us BIGINT NOT NULL
        );
        CREATE TABLE account_role (
            account INTEGER NOT NULL,
            workspace TEXT NOT NULL,
            role TEXT NOT NULL,
            PRIMARY KEY (account, workspace, role)
        );
        CREATE TABLE account_grant (
            account INTEGER NOT NULL,
            workspace TEXT NOT NULL,
            repo TEXT NOT NULL,
            level TEXT NOT NULL,
            PRIMARY KEY (account, workspace, repo)
        );
        CREATE TABLE account_secret (
            hash BLOB PRIMARY KEY,
            account INTEGER NOT NULL,
            kind TEXT NOT NULL,
            label TEXT NOT NULL,
            created_us BIGINT NOT NULL,
            expires_us BIGINT,
            used_us BIGINT
        );
        CREATE INDEX account_secret_account ON account_secret (account, kind);
        """,
    ),
    # All that these tables need of the store is in commits.
    Migration("server", 2, "INSERT INTO needed_content(room, kind, query) VALUES('server', 'nothing', '');"),
)
