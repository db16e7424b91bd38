"""Walk every address of the portal: which there are, and what may stand in them.

`own`, `foreign` and `missing` say whose thing an address names; a new kind of argument needs a line in `ARGUMENTS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.domain.permissions import Role
from portal.i18n import SOURCE
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest
from tests.support.browser import StrictClient, browser
from tests.support.people import make_account, make_request
from tests.support.signing_in import opened, signed_in

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
WHOSE = (OWN, FOREIGN, MISSING)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
NOBODY, WITH_CODE, HALF = "nobody", "with return code", "half signed in"
VISITORS = (NOBODY, WITH_CODE, HALF, *Role)
SECRETS = ("Zyxgeheim", "zyxgeheim-kontakt", "Zyxfreitext", "Zyxhelfer", "Zyxnachricht")
"""Person data of the requests below; no page that is not meant for it ever shows one of these words."""


@dataclass(frozen=True)
class World:
    """A county in which every kind of thing exists: somebody's own and somebody else's."""

    requests: Mapping[str, str]
    accounts: Mapping[str, int]
    owner: Account
    visitors: Mapping[str, Callable[[], StrictClient]]

    def values(self, rule: Rule, whose: str) -> dict[str, Any]:
        """Return what to put into an address so that it names something of one's own, of others, or nothing."""
        return {argument: ARGUMENTS[argument](self, whose) for argument in rule.arguments}


ARGUMENTS: dict[str, Callable[[World, str], Any]] = {
    "lang": lambda world, whose: SOURCE,
    "town": lambda world, whose: {OWN: "brakel", FOREIGN: "warburg", MISSING: "nirgendwo"}[whose],
    "ref": lambda world, whose: world.requests[whose],
    "filename": lambda world, whose: "dist/manifest.json" if whose == OWN else "../portal/keys.py",
    "account_id": lambda world, whose: world.accounts[whose],
    "session_id": lambda world, whose: {OWN: 1, FOREIGN: 2, MISSING: 999_999}[whose],
    "grant_id": lambda world, whose: {OWN: 1, FOREIGN: 2, MISSING: 999_999}[whose],
    "holding_id": lambda world, whose: {OWN: 1, FOREIGN: 2, MISSING: 999_999}[whose],
    "absence_id": lambda world, whose: {OWN: 1, FOREIGN: 2, MISSING: 999_999}[whose],
    "key": lambda world, whose: {OWN: "CMS-III-a", FOREIGN: "CMS-II-a", MISSING: "CMS-0"}[whose],
    "position_key": lambda world, whose: {OWN: "CMS-III-a", FOREIGN: "CMS-II-a", MISSING: "CMS-0"}[
        whose
    ],
    "token": lambda world, whose: "kein-gueltiges-token",
}


def rules(app: Flask) -> list[Rule]:
    """Return every address, in a steady order."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def asked(rule: Rule) -> Iterator[str]:
    """Return the methods an address answers to."""
    return (method for method in METHODS if method in rule.methods)


def build_world(app: Flask) -> World:
    """Make people of every role, and requests whose person data can be recognised anywhere."""
    owner = make_account(Role.CASE_MANAGER, position="CMS-III-a", name="Hanna Beispiel")
    other = make_account(Role.CASE_MANAGER, position="CMS-II-a", name="Omar Beispiel")
    coordinator = make_account(Role.COORDINATOR, position="KS")
    own, foreign = _request("brakel"), _request("warburg")
    people = {
        role: make_account(role)
        for role in Role
        if role not in {Role.CASE_MANAGER, Role.COORDINATOR}
    }
    people |= {Role.CASE_MANAGER: owner, Role.COORDINATOR: coordinator}
    visitors: dict[str, Callable[[], StrictClient]] = {
        NOBODY: lambda: browser(app),
        WITH_CODE: lambda: opened(app, own),
        HALF: lambda: signed_in(app, owner, second_factor=False),
    }
    for role, account in people.items():
        visitors[role] = lambda account=account: signed_in(app, account)
    return World(
        requests={OWN: own.ref, FOREIGN: foreign.ref, MISSING: "HX-AAAA-AA"},
        accounts={OWN: owner.id, FOREIGN: other.id, MISSING: 999_999},
        owner=owner,
        visitors=visitors,
    )


def _request(town: str) -> IntakeRequest:
    return make_request(
        town,
        display_name=f"{SECRETS[0]} {town}",
        contact=f"{SECRETS[1]}-{town}@example.org",
        free_text=f"{SECRETS[2]} {town}",
        relation="family",
        helper=f"{SECRETS[3]} {town}",
        agreed=True,
    )
