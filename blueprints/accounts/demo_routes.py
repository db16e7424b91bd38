"""One-click entry for invented people; registered in demo mode only, elsewhere the address does not exist."""

from functools import partial

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from blueprints.accounts.own_paths import wanted_page
from portal.domain.accounts import signing_in
from portal.web.access import public
from portal.web.sessions import begin

demo_accounts = Blueprint("demo_accounts", __name__)


@demo_accounts.post("/<int:account_id>")
@public
def enter(account_id: int) -> ResponseReturnValue:
    """Sign an invented person in."""
    begin(partial(signing_in.as_demo, account_id))
    return redirect(wanted_page(), 303)
