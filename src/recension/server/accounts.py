"""Accounts and their secrets: who may sign in, and with what.

Every function works inside the caller's transaction. A secret is shown once, when it is made; afterwards only its
hash is known here, so a stolen database signs nobody in. SHA-256 without salt is right for 32 random bytes: there
is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recension.clock import Clock
from recension.db import Tx
from recension.errors import AlreadyExists, Invalid, NotFound, Unauthenticated
from recension.ids import DEFAULT_WORKSPACE, check_name
from recension.server.access import LEVELS, ROLES, Identity, Level

LINK_LIFE_US: Final = 24 * 3600 * 1_000_000
SESSION_LIFE_US: Final = 30 * 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """A person (``user``) or a program (``robot``) that may sign in."""

    id: int
    name: str
    kind: str
    simulated: bool
    disabled: bool
    created_us: int
    roles: tuple[str, ...]


def hash_secret(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def add(
    tx: Tx, clock: Clock, name: str, roles: Sequence[str], *, kind: str = "user", simulated: bool = False
) -> Account:
    """Add an account, or bring back a removed one, with exactly ``roles`` in the default workspace.

    Raises:
        Invalid: the name breaks the rule of names, or a role is unknown.
        AlreadyExists: an active account has the name.
    """
    check_name("user", name)
    _check_roles(roles)
    row = tx.execute("SELECT id, kind, disabled_us FROM account WHERE name = :name", {"name": name}).first()
    if row is not None and (row[2] is None or row[1] != kind):
        raise AlreadyExists(f"there is already an account {name!r}", hint="choose another name")
    account = tx.execute(
        "INSERT INTO account (name, kind, simulated, created_us) VALUES (:name, :kind, :simulated, :now)"
        " ON CONFLICT (name) DO UPDATE SET disabled_us = NULL RETURNING id",
        {"name": name, "kind": kind, "simulated": int(simulated), "now": clock.now_us()},
    ).scalar()
    _write_roles(tx, account, roles)
    return named(tx, name)


def set_roles(tx: Tx, name: str, roles: Sequence[str]) -> Account:
    """Give an account exactly ``roles`` in the default workspace.

    Raises:
        NotFound: there is no such account.
        Invalid: a role is unknown, or nobody would be administrator any more.
    """
    _check_roles(roles)
    account = named(tx, name)
    if "admin" not in roles:
        _keep_an_admin(tx, account)
    _write_roles(tx, account.id, roles)
    return named(tx, name)


def _check_roles(roles: Sequence[str]) -> None:
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        problem = f"unknown role {unknown[0]!r}" if unknown else "no role given"
        raise Invalid(problem, where="roles", hint=f"one or more of {', '.join(ROLES)}")


def _write_roles(tx: Tx, account: int, roles: Sequence[str]) -> None:
    tx.execute(
        "DELETE FROM account_role WHERE account = :account AND workspace = :workspace",
        {"account": account, "workspace": DEFAULT_WORKSPACE},
    )
    tx.executemany(
        "INSERT INTO account_role (account, workspace, role) VALUES (:account, :workspace, :role)",
        [{"account": account, "workspace": DEFAULT_WORKSPACE, "role": role} for role in sorted(set(roles))],
    )


def _keep_an_admin(tx: Tx, account: Account) -> None:
    admins = [other for other in accounts(tx) if "admin" in other.roles and other.kind == "user"]
    if [other.id for other in admins] == [account.id]:
        raise Invalid("this is the last administrator", where=account.name, hint="make someone else admin first")


def named(tx: Tx, name: str) -> Account:
    """The active account of that name.

    Raises:
        NotFound: there is none.
    """
    for account in accounts(tx, name=name):
        return account
    raise NotFound(f"no account {name!r}", hint="recension people list")


def accounts(tx: Tx, *, name: str | None = None) -> list[Account]:
    """Active accounts by name; only that one when ``name`` is given."""
    roles: dict[int, list[str]] = {}
    for account, role in tx.execute(
        "SELECT account, role FROM account_role WHERE workspace = :workspace", {"workspace": DEFAULT_WORKSPACE}
    ):
        roles.setdefault(account, []).append(role)
    rows = tx.execute(
        "SELECT id, name, kind, simulated, created_us FROM account"
        " WHERE disabled_us IS NULL AND (CAST(:name AS TEXT) IS NULL OR name = :name) ORDER BY name",
        {"name": name},
    )
    return [
        Account(id_, name_, kind, bool(simulated), disabled=False, created_us=created_us, roles=_ordered(roles, id_))
        for id_, name_, kind, simulated, created_us in rows
    ]


def _ordered(roles: dict[int, list[str]], account: int) -> tuple[str, ...]:
    return tuple(sorted(roles.get(account, ()), key=ROLES.index))


def remove(tx: Tx, clock: Clock, name: str) -> None:
    """Take away every way to sign in; the name stays on what the person has done.

    Raises:
        NotFound: there is no such account.
        Invalid: it is the last administrator.
    """
    account = named(tx, name)
    _keep_an_admin(tx, account)
    tx.execute("DELETE FROM account_secret WHERE account = :account", {"account": account.id})
    tx.execute("DELETE FROM account_role WHERE account = :account", {"account": account.id})
    tx.execute("DELETE FROM account_grant WHERE account = :account", {"account": account.id})
    tx.execute("UPDATE account SET disabled_us = :now WHERE id = :id", {"now": clock.now_us(), "id": account.id})


def grant(tx: Tx, name: str, *, workspace: str, repo: str, level: Level) -> None:
    """Let ``name`` read, write or administer one repo, whatever its roles."""
    if level not in LEVELS:
        raise Invalid(f"unknown level {level!r}", where="level", hint=f"one of {', '.join(LEVELS)}")
    tx.execute(
        "INSERT INTO account_grant (account, workspace, repo, level) VALUES (:account, :workspace, :repo, :level)"
        " ON CONFLICT (account, workspace, repo) DO UPDATE SET level = excluded.level",
        {"account": named(tx, name).id, "workspace": workspace, "repo": repo, "level": level},
    )


def new_link(tx: Tx, clock: Clock, name: str) -> str:
    """A secret that signs ``name`` in once, within a day; earlier unused links end."""
    account = named(tx, name)
    if account.kind != "user":
        raise Invalid(f"{name} is a robot", where="name", hint="robots have tokens, people have links")
    tx.execute(
        "DELETE FROM account_secret WHERE account = :account AND kind = 'link' AND used_us IS NULL",
        {"account": account.id},
    )
    return _keep(tx, clock, account.id, "link", label="sign-in link", life_us=LINK_LIFE_US)


def redeem_link(tx: Tx, clock: Clock, secret: str) -> str:
    """Trade a link for a session secret; the link is then used up.

    Raises:
        Unauthenticated: the link is unknown, used or too old.
    """
    row = tx.execute(
        "UPDATE account_secret SET used_us = :now"
        " WHERE hash = :hash AND kind = 'link' AND used_us IS NULL AND expires_us > :now RETURNING account",
        {"hash": hash_secret(secret), "now": clock.now_us()},
    ).first()
    if row is None:
        raise Unauthenticated(
            "this sign-in link is used up or too old", hint="ask for a new one: recension people link NAME"
        )
    return _keep(tx, clock, row[0], "session", label="browser", life_us=SESSION_LIFE_US)


def new_token(tx: Tx, clock: Clock, name: str, *, label: str) -> str:
    """A token for ``name``; one with the same label ends."""
    account = named(tx, name)
    tx.execute(
        "DELETE FROM account_secret WHERE account = :account AND kind = 'token' AND label = :label",
        {"account": account.id, "label": label},
    )
    return _keep(tx, clock, account.id, "token", label=label, life_us=None)


def end_session(tx: Tx, secret: str) -> None:
    """Sign out; signing out twice is no error."""
    tx.execute("DELETE FROM account_secret WHERE hash = :hash AND kind = 'session'", {"hash": hash_secret(secret)})


def has_signed_in(tx: Tx, name: str) -> bool:
    """Whether a link of ``name`` was ever used."""
    return (
        tx.execute(
            "SELECT 1 FROM account_secret s JOIN account a ON a.id = s.account"
            " WHERE a.name = :name AND s.kind = 'link' AND s.used_us IS NOT NULL",
            {"name": name},
        ).first()
        is not None
    )


def identify(tx: Tx, clock: Clock, secret: str, *, by_cookie: bool) -> Identity | None:
    """Who holds ``secret``: a session when it came as a cookie, a token otherwise. None: nobody known."""
    row = tx.execute(
        "SELECT a.id, a.name, a.kind, a.simulated FROM account_secret s JOIN account a ON a.id = s.account"
        " WHERE s.hash = :hash AND s.kind = :kind AND a.disabled_us IS NULL"
        " AND (s.expires_us IS NULL OR s.expires_us > :now)",
        {"hash": hash_secret(secret), "kind": "session" if by_cookie else "token", "now": clock.now_us()},
    ).first()
    if row is None:
        return None
    account, name, kind, simulated = row
    roles = tx.execute("SELECT workspace, role FROM account_role WHERE account = :account", {"account": account})
    grants = tx.execute(
        "SELECT workspace, repo, level FROM account_grant WHERE account = :account", {"account": account}
    )
    return Identity(
        account=account,
        name=name,
        kind=kind,
        simulated=bool(simulated),
        roles=frozenset((workspace, role) for workspace, role in roles),
        grants={(workspace, repo): LEVELS[level] for workspace, repo, level in grants},
        by_cookie=by_cookie,
    )


def _keep(tx: Tx, clock: Clock, account: int, kind: str, *, label: str, life_us: int | None) -> str:
    secret = secrets.token_urlsafe(32)
    now_us = clock.now_us()
    tx.execute(
        "INSERT INTO account_secret (hash, account, kind, label, created_us, expires_us)"
        " VALUES (:hash, :account, :kind, :label, :now, :expires)",
        {
            "hash": hash_secret(secret),
            "account": account,
            "kind": kind,
            "label": label,
            "now": now_us,
            "expires": None if life_us is None else now_us + life_us,
        },
    )
    return secret
