"""The settings of a home: where its database and its objects are, when they are not in the home itself.

``settings.yaml`` in the home holds them. Secrets do not stand there: PostgreSQL and the object stores take theirs from
the environment, under the names that all their programs know.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import msgspec
import msgspec.yaml

from recension.errors import Damaged, Invalid, Unavailable
from recension.store.backends.local import LocalBackend

SETTINGS: Final = "settings.yaml"
_DATABASE_SECRET: Final = re.compile(r"//[^/@]*:[^/@]*@|[?&](?:password|sslpassword)=", re.IGNORECASE)
_OBJECTS_SECRET: Final = re.compile(
    r"//[^/]*@|[?&][^=&]*(?:secret|token|password|access_key|account_key)[^=&]*=", re.IGNORECASE
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a home keeps things.

    Attributes:
        database: the URL of a PostgreSQL database; None: a file in the home.
        objects: the URL of a bucket, or the path of a folder; None: a folder in the home.
        links: the URLs of the buckets' prefixes and folders that may be imported over HTTP without copying them.
        backends: origins (``http://host:port``) of models that may be asked although they are not on the public
            internet.
        events_days: for how long the server keeps events that everybody has dealt with; the newest 10,000 stay anyway.
    """

    database: str | None = None
    objects: str | None = None
    links: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    events_days: Annotated[float, msgspec.Meta(ge=0)] = 7.0


_DECODER: Final = msgspec.json.Decoder(Settings)
"""Made at import: two threads that decode a kind of struct for the first time, at once, get in each other's way."""


def read_settings(home: Path) -> Settings:
    """The settings of a home; the default ones when it has none.

    Raises:
        Damaged: the file says nothing intelligible.
    """
    file = home / SETTINGS
    try:
        return _DECODER.decode(msgspec.json.encode(msgspec.yaml.decode(file.read_bytes())))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise Unavailable(f"cannot be read: {error.strerror}", where=str(file), hint="check its permissions") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError) as error:
        text = " ".join(str(error).split())
        raise Damaged(
            f"not the settings of a home: {text}", where=str(file), hint="database: URL, objects: URL"
        ) from error


def write_settings(home: Path, settings: Settings) -> None:
    """Keep the settings in the home, durably.

    Raises:
        Invalid: a URL holds a secret.
    """
    refuse_secrets(settings)
    LocalBackend(home).put(SETTINGS, msgspec.yaml.encode(settings))


def refuse_secrets(settings: Settings) -> None:
    """Make sure that what is kept in a file is nothing that has to be kept from its readers.

    Raises:
        Invalid: a URL holds a secret.
    """
    if settings.database and _DATABASE_SECRET.search(settings.database):
        raise Invalid(
            "a password does not belong into a URL", where="database", hint="set PGPASSWORD, or use ~/.pgpass"
        )
    if any(_OBJECTS_SECRET.search(url) for url in (settings.objects or "", *settings.links)):
        hint = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what your service calls them"
        raise Invalid("a secret does not belong into a URL", where="objects", hint=hint)
