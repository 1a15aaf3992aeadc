"""Signing in and out, people, robots and their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from recension.clock import iso
from recension.db import Tx
from recension.errors import Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE
from recension.server import accounts, settings
from recension.server.access import Identity, Level, Need
from recension.server.deps import At, Caller, needs, repo_name
from recension.server.site import Site
from recension.server.version import VERSION
from recension.server.wire import people as wire

router = APIRouter(tags=["people"])
Admin = Annotated[Identity, Depends(needs(Need.MANAGE_PEOPLE))]


@router.get("/login", include_in_schema=True, status_code=303)
def login(token: str, request: Request, at: At) -> Response:
    """Trade a one-time link for a cookie, then go to the first page."""
    address = request.client.host if request.client else ""
    session = at.callers.redeem(token, address=address)
    answer = RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
    answer.set_cookie(
        at.settings.cookie,
        session,
        max_age=accounts.SESSION_LIFE_US // 1_000_000,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


@router.post("/api/v1/logout")
def logout(request: Request, at: At) -> Response:
    """End the session of this cookie."""
    session = request.cookies.get(at.settings.cookie, "")
    at.db.write(lambda tx: accounts.end_session(tx, session))
    at.callers.forget()
    answer = Response(status_code=204)
    answer.delete_cookie(at.settings.cookie, path="/", httponly=True, samesite="strict")
    return answer


@router.get("/api/v1/me")
def me(who: Caller, at: At) -> wire.MeAnswer:
    """Who is asking."""
    with at.db.read() as tx:
        worker = tx.execute("SELECT 1 FROM worker WHERE name = :name", {"name": who.name}).first()
    return wire.MeAnswer(
        user=wire.Me(name=who.name, roles=who.role_names(), simulated=who.simulated),
        workspace=DEFAULT_WORKSPACE,
        worker=worker is not None,
        server=wire.Version(version=VERSION),
    )


@router.get("/api/v1/me/settings")
def own_settings(who: Caller, at: At) -> wire.Settings:
    """What the caller has set for themselves."""
    with at.db.read() as tx:
        return _settings(*settings.read_keys(tx, who.account))


@router.put("/api/v1/me/settings")
def set_own(body: wire.NewSettings, who: Caller, at: At) -> wire.Settings:
    """Set it; keys that cannot be are refused, and nothing is changed."""
    now_us = at.clock.now_us()
    at.db.write(lambda tx: settings.write_keys(tx, now_us, who.account, body.keys))
    return _settings(body.keys, now_us)


@router.get("/api/v1/users")
def users(_who: Admin, at: At) -> list[wire.User]:
    """Everyone who may sign in, by name."""
    with at.db.read() as tx:
        return [_user(account) for account in accounts.accounts(tx)]


@router.post("/api/v1/users", status_code=201)
def add_user(body: wire.NewUser, request: Request, _who: Admin, at: At) -> wire.UserWithLink:
    """Add a person; the answer holds the link to hand to them."""

    def work(tx: Tx) -> tuple[accounts.Account, str]:
        account = accounts.add(tx, at.clock, body.name, body.roles)
        return account, accounts.new_link(tx, at.clock, body.name)

    account, secret = at.db.write(work)
    at.callers.forget()
    return wire.UserWithLink(user=_user(account), link=login_link(_seen_at(request, at), secret))


@router.post("/api/v1/users/{name}/link")
def new_link(name: str, request: Request, _who: Admin, at: At) -> wire.Link:
    """Make a new sign-in link for a person; their earlier unused one ends."""
    secret = at.db.write(lambda tx: accounts.new_link(tx, at.clock, name))
    return wire.Link(link=login_link(_seen_at(request, at), secret))


@router.delete("/api/v1/users/{name}")
def remove_user(name: str, who: Admin, at: At) -> wire.Done:
    """Sign a person out everywhere and for good; what they have done keeps their name."""
    if name == who.name:
        raise Invalid("nobody removes themselves", where=name, hint="ask another administrator")
    at.db.write(lambda tx: accounts.remove(tx, at.clock, name))
    at.callers.forget()
    return wire.Done()


@router.put("/api/v1/users/{name}/roles")
def set_roles(name: str, body: wire.NewRoles, _who: Admin, at: At) -> wire.User:
    """Give a person exactly these roles, from their next request on."""
    account = at.db.write(lambda tx: accounts.set_roles(tx, name, body.roles))
    at.callers.forget()
    return _user(account)


@router.put("/api/v1/users/{name}/grants")
def grant(name: str, body: wire.NewGrant, _who: Admin, at: At) -> wire.Done:
    """Let a person read, write or administer one repo, whatever their roles."""
    workspace, repo = repo_name(body.repo)
    at.store.repo(repo, workspace=workspace)
    level = cast("Level", body.level)
    at.db.write(lambda tx: accounts.grant(tx, name, workspace=workspace, repo=repo, level=level))
    at.callers.forget()
    return wire.Done()


@router.post("/api/v1/tokens", status_code=201)
def add_token(body: wire.NewToken, _who: Admin, at: At) -> wire.Token:
    """Make a token for a person's programs, or for a robot of its own."""

    def work(tx: Tx) -> str:
        if body.user is not None:
            return accounts.new_token(tx, at.clock, body.user, label=body.name)
        ensure_robot(tx, at, body.name, body.roles)
        return accounts.new_token(tx, at.clock, body.name, label="token")

    token = at.db.write(work)
    at.callers.forget()
    return wire.Token(token=token)


def ensure_robot(tx: Tx, at: Site, name: str, roles: list[str], *, simulated: bool = False) -> accounts.Account:
    """The robot of that name, made when there is none.

    Raises:
        Invalid: the name is a person's, or a robot's of the other kind (simulated or not).
    """
    try:
        account = accounts.named(tx, name)
    except NotFound:
        return accounts.add(tx, at.clock, name, roles, kind="robot", simulated=simulated)
    kind: Literal["robot"] = "robot"
    if account.kind != kind or account.simulated != simulated:
        raise Invalid(f"{name!r} is the name of someone else", where="name", hint="choose another name")
    return account


def login_link(url: str, secret: str) -> str:
    """The address that signs in with ``secret`` at the server that people find at ``url``."""
    return f"{url}/login?token={secret}"


def _seen_at(request: Request, at: Site) -> str:
    """Where the caller's browser finds this server, which is where others do; the guard has checked the header."""
    return request.headers.get("origin") or at.settings.url


def _settings(keys: Mapping[str, str], at_us: int | None) -> wire.Settings:
    return wire.Settings(keys=dict(keys), at=None if at_us is None else iso(at_us))


def _user(account: accounts.Account) -> wire.User:
    return wire.User(
        name=account.name,
        roles=list(account.roles),
        simulated=account.simulated,
        robot=account.kind == "robot",
        at=iso(account.created_us),
    )
