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
    # What programs have sent lately: these bytes they may refer to by hash alone, and these commits are theirs.
    # It keeps nothing from being collected: what no commit takes in time is gone.
    Migration(
        "server",
        3,
        """
        CREATE TABLE sent_pack (
            account INTEGER NOT NULL,
            pack TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (account, pack)
        );
        CREATE TABLE sent_blob (
            account INTEGER NOT NULL,
            blob BLOB NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (account, blob)
        );
        CREATE INDEX sent_blob_at ON sent_blob (at_us);
        CREATE TABLE sent_commit (
            account INTEGER NOT NULL,
            send TEXT NOT NULL,
            commit_id TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (account, send)
        );
        """,
    ),
    # What people have set for themselves, as JSON.
    Migration(
        "server",
        4,
        """
        CREATE TABLE account_setting (
            account INTEGER NOT NULL PRIMARY KEY,
            keys TEXT NOT NULL,
            at_us BIGINT NOT NULL
        );
        """,
    ),
)
