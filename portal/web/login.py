"""Who is here: Flask-Login knows the person, our own sessions know for how long.

Only `current_user` of Flask-Login is used. It is read from the session's row with every request, so whatever ended
the session or changed a role counts at once. Whoever still owes the second factor is nobody yet.
"""

from flask import Flask, Request
from flask_login import LoginManager, UserMixin, current_user

from portal.domain.accounts import Account, sessions
from portal.domain.errors import NotAllowed
from portal.web.sessions import visitor


class SignedIn(UserMixin):
    """A person with a complete sign-in, as templates see them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.name = account.name

    def get_id(self) -> str:
        """Return the account's number."""
        return str(self.account.id)


def setup_login(app: Flask) -> None:
    """Let Flask-Login ask our sessions, and nothing else: no own cookie, no protection of a cookie we do not use."""
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_signed_in)
    manager.init_app(app)


def _signed_in(_request: Request) -> SignedIn | None:
    row = visitor().row
    if row is None or row.account is None or not sessions.is_complete(row):
        return None
    return SignedIn(row.account)


def current_account() -> Account:
    """Return who is signed in; raise NotAllowed for anybody else."""
    account: Account | None = getattr(current_user, "account", None)
    if account is None:
        raise NotAllowed
    return account


def half_signed_in() -> Account | None:
    """Return who gave the password and still owes the second factor."""
    row = visitor().row
    return None if row is None or sessions.is_complete(row) else row.account
