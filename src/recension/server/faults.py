"""Errors as HTTP: one table from error class to status, one shape of body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from recension.errors import (
    AlreadyExists,
    Busy,
    Conflict,
    Damaged,
    Forbidden,
    Invalid,
    NotFound,
    RecensionError,
    SourceChanged,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from recension.server.callers import TooManyFailures
from recension.server.routes.shapes import conflict_shape
from recension.store.three_way import MergeConflicts

STATUS: Final[Mapping[type[RecensionError], int]] = {
    TooManyFailures: 429,
    TooLarge: 413,
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Conflict: 409,
    Busy: 503,
    Unavailable: 503,
    SourceChanged: 409,
    Damaged: 500,
}
_WORDS: Final[Mapping[int, tuple[str, str]]] = {
    404: ("not-found", "there is nothing at this address"),
    405: ("invalid", "this address does not take that method"),
}


def status_of(fault: RecensionError) -> int:
    """The HTTP status of an error: that of its nearest class in the table."""
    return next((STATUS[cls] for cls in type(fault).__mro__ if cls in STATUS), 500)


def envelope(fault: RecensionError) -> dict[str, Any]:
    """The body of an error answer; of a merge that needs decisions, with every conflict."""
    body = _body(fault.code, fault.message, fault.where, fault.hint)
    if isinstance(fault, MergeConflicts):
        body["error"]["conflicts"] = [conflict_shape(each).model_dump(mode="json") for each in fault.conflicts]
    return body


def install(app: Starlette) -> None:
    """Make every error of the app answer in our shape."""
    app.add_exception_handler(RecensionError, _on_fault)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)


def _body(code: str, message: str, where: str | None = None, hint: str | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "where": where, "hint": hint}}


async def _on_fault(_request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RecensionError)
    return JSONResponse(envelope(fault), status_of(fault))


async def _on_invalid(_request: Request, fault: Exception) -> JSONResponse:
    """Name the first field that is wrong; 400, since the body parsed but breaks our rules."""
    assert isinstance(fault, RequestValidationError)
    first = fault.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse(_body("invalid", str(first["msg"]), where, "see docs/reference/http-api.md"), 400)


async def _on_http(_request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    if isinstance(fault.detail, dict):
        return JSONResponse({"error": fault.detail}, fault.status_code)
    code, message = _WORDS.get(fault.status_code, ("invalid", str(fault.detail)))
    return JSONResponse(_body(code, message), fault.status_code, headers=dict(fault.headers or {}))


async def _on_bug(_request: Request, _fault: Exception) -> JSONResponse:
    """Starlette raises the fault again after this answer, so that it is logged with its traceback."""
    return JSONResponse(_body("error", "something broke on the server", None, "see server.log in its home"), 500)
