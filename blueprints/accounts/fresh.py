"""Before somebody changes how they sign in, they prove again who they are."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.accounts import sessions
from portal.web.sessions import visitor

View = TypeVar("View", bound=Callable[..., Any])


def fresh(view: View) -> View:
    """Ask for the password again if it was given more than a few minutes ago."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        row = visitor().row
        if row is not None and sessions.is_fresh(row):
            return cast("ResponseReturnValue", view(*args, **kwargs))
        wanted = request.path if request.method == "GET" else url_for("accounts.me")
        return redirect(url_for("accounts.confirm", next=wanted), 303)

    return cast("View", guarded)
