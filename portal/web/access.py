"""Closed by default: a view says who may call it, and one guard reads that.

Marks are kept on the view function; `access_of` reads them for the guard and for the committed access table.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.domain.errors import NotAllowed
from portal.domain.permissions import Permission, may

View = TypeVar("View", bound=Callable[..., Any])
MARK = "portal_access"
PUBLIC = "public"
REQUESTER = "requester"
SIGNED_IN = "signed in"
STATIC = "static"


def public(view: View) -> View:
    """Let everybody call this view."""
    return _marked(view, PUBLIC)


def requester(view: View) -> View:
    """Let only somebody call this view who entered a return code."""
    return _marked(view, REQUESTER)


def signed_in(view: View) -> View:
    """Let everybody with a complete sign-in call this view."""
    return _marked(view, SIGNED_IN)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only people with a permission call this view."""
    return lambda view: _marked(view, permission)


def _marked(view: View, mark: str) -> View:
    setattr(view, MARK, mark)
    return view


def access_of(app: Flask, endpoint: str) -> str | None:
    """Return who may call an endpoint, or nothing if its view does not say."""
    return STATIC if endpoint == STATIC else getattr(app.view_functions[endpoint], MARK, None)


def setup_access(app: Flask) -> None:
    """Guard every request."""
    app.before_request(guard)


def guard() -> ResponseReturnValue | None:
    """Refuse whoever the view's mark does not name."""
    if request.endpoint is None:
        return None  # Flask answers 404 or 405 itself
    mark = access_of(current_app, request.endpoint)
    if mark in {PUBLIC, STATIC}:
        return None
    if mark is None:
        raise RuntimeError(f"{request.endpoint} does not say who may call it")
    if mark == REQUESTER:
        return None if requester_id() else _to_sign_in("intake.enter_code")
    if not current_user.is_authenticated:
        return _to_sign_in("accounts.sign_in", next=request.path)
    if mark != SIGNED_IN and not may(current_user.account, Permission(mark)):
        raise NotAllowed
    return None


def requester_id() -> int | None:
    """Return the request whose return code this visitor entered."""
    request_id: int | None = getattr(g, "requester_id", None)
    return request_id


def _to_sign_in(endpoint: str, **values: str) -> ResponseReturnValue:
    """Lead to where one signs in; what was typed is kept on the page that says so."""
    if request.method != "GET":
        abort(401)
    address = url_for(endpoint, **values)  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)
