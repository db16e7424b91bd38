"""What the portal remembers about a visitor between two clicks.

Whoever is signed in – by account or by return code – has a row in the database and a cookie with its random token.
Everybody else has nothing at all, until a form needs its CSRF token or the return code waits to be shown: then a small
sealed cookie carries it. Signing in starts empty: nothing from before, the CSRF token included, counts any more.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from portal import clock
from portal.config import Settings
from portal.domain.accounts import Session, sessions
from portal.domain.changes import WritersBusy
from portal.keys import SealBroken, keyring
from portal.web.device import device_name

SEAL_CONTEXT = "form-cookie"
FORM_COOKIE_LASTS = timedelta(hours=2)
LONGEST_COOKIE = 4000  # browsers drop what is longer
CSRF_TOKEN = "csrf_token"  # noqa: S105 - the name under which Flask-WTF keeps it


class OpenSession(Protocol):
    """A verb of the domain that opens a session and returns its token."""

    def __call__(self, *, device: str, data: Mapping[str, Any]) -> str:
        """Open it."""


class VisitorSession(CallbackDict[str, Any], SessionMixin):
    """Flask's `session`: what is kept about a visitor, and the row if somebody is signed in."""

    def __init__(self, data: Mapping[str, Any] | None = None, row: Session | None = None) -> None:
        super().__init__(data or {}, VisitorSession._note_change)
        self.row = row
        self.token = ""
        self.modified = False

    def _note_change(self) -> None:
        self.modified = True

    def enter(self, token: str, row: Session | None) -> None:
        """Go on as the one who was just signed in, with nothing from before."""
        self.clear()
        self.row, self.token = row, token
        self.update(sessions.data_of(row) if row else {})
        self.modified = False

    def leave(self) -> None:
        """Go on as a stranger."""
        self.clear()
        self.row, self.token = None, ""
        self.modified = True


class PortalSessions(SessionInterface):
    """Reads and writes the two cookies."""

    def __init__(self, settings: Settings) -> None:
        prefix = "__Host-" if settings.https else ""
        self.secure = settings.https
        self.demo = settings.demo
        self.signed_in_cookie = f"{prefix}sid"
        self.form_cookie = f"{prefix}form"

    def open_session(self, app: Flask, request: Request) -> VisitorSession:
        """Return the visitor's session; built files need none."""
        if request.path.startswith(f"{app.static_url_path}/"):
            return VisitorSession()
        token = request.cookies.get(self.signed_in_cookie, "")
        try:
            row = sessions.find(token, demo=self.demo) if token else None
        except WritersBusy as error:  # no page can be answered yet; the cookies stay as they are
            g.trouble_at_the_door = error
            return VisitorSession()
        if row is not None:
            g.requester_id = row.request_id
            return VisitorSession(sessions.data_of(row), row)
        return VisitorSession(_unsealed(request.cookies.get(self.form_cookie, "")))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; set a cookie only where there is something to remember."""
        visitor = cast("VisitorSession", session)
        if visitor.row is not None:
            if visitor.modified:
                sessions.keep(visitor.row, visitor)
            if visitor.token:
                self._set(response, self.signed_in_cookie, visitor.token)
                self._drop(response, self.form_cookie)
        elif visitor.modified:
            self._drop(response, self.signed_in_cookie)
            if visitor:
                self._set(response, self.form_cookie, _sealed(visitor))
            else:
                self._drop(response, self.form_cookie)

    def _set(self, response: Response, name: str, value: str) -> None:
        """Set a cookie that ends with the browser; how long it counts at most is checked here."""
        response.set_cookie(
            name, value, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )

    def _drop(self, response: Response, name: str) -> None:
        if name in request.cookies:
            response.delete_cookie(
                name, path="/", secure=self.secure, httponly=True, samesite="Lax"
            )


def setup_sessions(app: Flask) -> None:
    """Let the app remember its visitors."""
    app.session_interface = PortalSessions(app.config["SETTINGS"])
    app.before_request(tell_of_trouble)


def tell_of_trouble() -> None:
    """Answer now what happened while the session was opened: only from here on there are pages."""
    if error := g.get("trouble_at_the_door"):
        raise error


def visitor() -> VisitorSession:
    """Return the visitor's session, with what Flask does not know of it."""
    return cast("VisitorSession", session._get_current_object())  # type: ignore[attr-defined]


def begin(open_session: OpenSession) -> None:
    """Sign the visitor in: open a new session under a new token, end what was before.

    The CSRF token is made at once: two first pages side by side must not make two.
    """
    here = visitor()
    token = open_session(device=device_name(), data={CSRF_TOKEN: secrets.token_hex(20)})
    if here.row is not None:
        sessions.end(here.row)
    here.enter(token, sessions.find(token, demo=True))
    for remembered in (
        CSRF_TOKEN,
        "_login_user",
    ):  # what Flask-WTF and Flask-Login know of the old one
        g.pop(remembered, None)


def open_for_request(request_id: int) -> None:
    """Sign in whoever entered the return code of a request."""
    begin(lambda data, **_device: sessions.open_for_request(request_id, data=data))


def forget_visitor() -> None:
    """Sign the visitor out and forget everything about them."""
    here = visitor()
    if here.row is not None:
        sessions.end(here.row)
    here.leave()


def _sealed(data: Mapping[str, Any]) -> str:
    value = {"at": clock.now().isoformat(), "data": dict(data)}
    text = base64.urlsafe_b64encode(keyring().seal(value, context=SEAL_CONTEXT)).decode("ascii")
    if len(text) > LONGEST_COOKIE:
        raise ValueError("too much for a cookie: keep it in a row or on the page")
    return text


def _unsealed(text: str) -> dict[str, Any]:
    """Return what a form cookie carries; nothing, if it is not ours or too old."""
    if not text or len(text) > LONGEST_COOKIE:
        return {}
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii"))
        value = keyring().open(sealed, context=SEAL_CONTEXT)
    except (UnicodeEncodeError, binascii.Error, SealBroken):
        return {}
    age = clock.now() - datetime.fromisoformat(value["at"])
    return dict(value["data"]) if abs(age) < FORM_COOKIE_LASTS else {}
