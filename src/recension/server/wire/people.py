"""Shapes about people, their sign-in and their tokens."""

from __future__ import annotations

from pydantic import Field

from recension.server.wire.base import Answer, Ask


class Me(Answer):
    """The caller, as others see them."""

    name: str
    roles: list[str]
    simulated: bool


class Version(Answer):
    """The running program."""

    version: str


class MeAnswer(Answer):
    """Who the caller is and where they are."""

    user: Me
    workspace: str
    worker: bool
    server: Version


class NewSettings(Ask):
    """What a person sets for themselves: command to key, of those that are not the usual ones."""

    keys: dict[str, str] = Field(default_factory=dict, max_length=200)


class Settings(Answer):
    """What the caller has set, and when; null: never."""

    keys: dict[str, str]
    at: str | None


class User(Answer):
    """An account."""

    name: str
    roles: list[str]
    simulated: bool
    robot: bool
    at: str


class NewUser(Ask):
    """A person to add."""

    name: str
    roles: list[str] = Field(default_factory=lambda: ["annotator"])


class NewRoles(Ask):
    """What a person is to be from now on."""

    roles: list[str] = Field(min_length=1)


class UserWithLink(Answer):
    """An added person, with the link that signs them in once."""

    user: User
    link: str


class Link(Answer):
    """A link that signs a person in once, within a day."""

    link: str


class NewToken(Ask):
    """A token to make: for ``user``, or for a robot of the given name (made when missing)."""

    name: str
    user: str | None = None
    roles: list[str] = Field(default_factory=lambda: ["engineer"])


class Token(Answer):
    """A token; it is shown this once."""

    token: str


class NewGrant(Ask):
    """Leave to read, write or administer one repo."""

    repo: str
    level: str


class Done(Answer):
    """It is done."""

    ok: bool = True
