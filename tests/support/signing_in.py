"""Sessions made by the domain's own verbs: tests of an area need not walk through the sign-in."""

import secrets

from flask import Flask

from portal.domain.accounts import sessions
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest
from portal.web.sessions import CSRF_TOKEN
from tests.support.browser import StrictClient, browser


def signed_in(app: Flask, account: Account, *, second_factor: bool = True) -> StrictClient:
    """Return a browser in which somebody is completely signed in."""
    return _with_session(
        app,
        sessions.open_for_account(
            account, complete=True, second_factor=second_factor, data=fresh_session()
        ),
    )


def opened(app: Flask, request: IntakeRequest) -> StrictClient:
    """Return a browser in which a request's return code was entered."""
    return _with_session(app, sessions.open_for_request(request.id, data=fresh_session()))


def fresh_session() -> dict[str, str]:
    """Return what a session carries from its first moment."""
    return {CSRF_TOKEN: secrets.token_hex(20)}


def _with_session(app: Flask, token: str) -> StrictClient:
    client = browser(app)
    client.set_cookie(app.session_interface.signed_in_cookie, token)
    return client
