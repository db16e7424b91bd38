"""Walk every address of the portal: which there are, and what may stand in them.

`own`, `foreign` and `missing` say whose thing an address names; a new kind of argument needs a line in `NAMES` or
`ROWS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal import clock
from portal.domain import posts
from portal.domain.accounts import sessions
from portal.domain.actors import SYSTEM
from portal.domain.directory import confirming, proposals, surveys
from portal.domain.permissions import Role
from portal.domain.towns import active_towns
from portal.domain.wayfinder import versions
from portal.domain.wayfinder.editing import Edit, draft_from
from portal.i18n import SOURCE
from portal.models.accounts import Account, Holding, RoleGrant, Session
from portal.models.county import Contact
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
SECRETS = ("Zyxgeheim", "zyxgeheim-kontakt", "Zyxfreitext", "Zyxhelfer")
"""Person data of the requests below; no page that is not meant for it ever shows one of these words."""
WITH_POSTS = {Role.CASE_MANAGER: "CMS-III-a", Role.COORDINATOR: "KS"}
NO_ID = 999_999
NAMES: dict[str, dict[str, str]] = {
    "lang": dict.fromkeys(WHOSE, SOURCE),
    "town": {OWN: "brakel", FOREIGN: "warburg", MISSING: "nirgendwo"},
    "filename": {
        OWN: "dist/manifest.json",
        FOREIGN: "../portal/keys.py",
        MISSING: "dist/nichts.css",
    },
    "key": {OWN: "CMS-III-a", FOREIGN: "CMS-II-a", MISSING: "CMS-0"},
    "service": {OWN: "notruf", FOREIGN: "notruf", MISSING: "gibt-es-nicht"},
    "programme": {OWN: "kim-cm", FOREIGN: "mbe", MISSING: "gibt-es-nicht"},
    "card": {OWN: "mbe", FOREIGN: "jmd", MISSING: "gibt-es-nicht"},
    "place": {OWN: "kreishaus", FOREIGN: "kreishaus", MISSING: "gibt-es-nicht"},
    "demarcation": {OWN: "kim-cm-mbe", FOREIGN: "kim-cm-jmd", MISSING: "gibt-es-nicht"},
    "group": {OWN: "arbeitsamt", FOREIGN: "hartz-iv", MISSING: "gibt-es-nicht"},
    "move": {OWN: "suspend", FOREIGN: "end", MISSING: "nichts"},
    "language": {OWN: "uk", FOREIGN: "ar", MISSING: "xx"},
    "topic": {OWN: "debt", FOREIGN: "work", MISSING: "nichts"},
    "section": {OWN: "rule", FOREIGN: "hint", MISSING: "nichts"},
    "line": {OWN: "R05", FOREIGN: "H25a", MISSING: "R77"},
    "step": {OWN: "sperren", FOREIGN: "sperren", MISSING: "nichts"},
    "token": dict.fromkeys(WHOSE, "kein-gueltiges-token"),
}
"""What may stand in an address for an argument that names something by a word."""


@dataclass(frozen=True)
class World:
    """A county in which every kind of thing exists: somebody's own and somebody else's."""

    things: Mapping[str, Mapping[str, Any]]
    visitors: Mapping[str, Callable[[], StrictClient]]

    def values(self, rule: Rule, whose: str) -> dict[str, Any]:
        """Return what to put into an address so that it names something of one's own, of others, or nothing."""
        return {argument: self.things[argument][whose] for argument in rule.arguments}

    def path(self, rule: Rule, whose: str = OWN, **values: str) -> str:
        """Return an address."""
        filled = {**(rule.defaults or {}), **self.values(rule, whose), **values}
        _host, path = rule.build(filled, append_unknown=False)
        return path


def rules(app: Flask) -> list[Rule]:
    """Return every address, in a steady order."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def asked(rule: Rule) -> Iterator[str]:
    """Return the methods an address answers to."""
    return (method for method in METHODS if method in rule.methods)


def build_world(app: Flask) -> World:
    """Make people of every role, and requests whose person data can be recognised anywhere."""
    people = {role: make_account(role) for role in Role if role not in WITH_POSTS}
    people |= {role: make_account(role, position=post) for role, post in WITH_POSTS.items()}
    owner = people[Role.CASE_MANAGER]
    other = make_account(Role.CASE_MANAGER, position="CMS-II-a")
    own, foreign = _request("brakel"), _request("warburg")
    visitors: dict[str, Callable[[], StrictClient]] = {
        NOBODY: lambda: browser(app),
        WITH_CODE: lambda: opened(app, own),
        HALF: lambda: signed_in(app, owner, second_factor=False),
    }
    visitors |= {role: partial(signed_in, app, account) for role, account in people.items()}
    things = {
        "ref": {OWN: own.ref, FOREIGN: foreign.ref, MISSING: "HX-AAAA-AA"},
        "account_id": {OWN: owner.id, FOREIGN: other.id, MISSING: NO_ID},
        **{f"{name}_id": _ids(make, owner, other) for name, make in ROWS.items()},
        "link": {
            **dict.fromkeys(WHOSE, "kein-gueltiger-link"),
            OWN: confirming.link_token("notruf"),
        },
        "version": {OWN: 1, FOREIGN: _proposed_rules(other), MISSING: NO_ID},
        "proposal": {OWN: _proposal(), FOREIGN: _proposal(), MISSING: "HXV-AAAA-AA"},
        **NAMES,
    }
    return World(things, visitors)


def _ids(make: Callable[[Account], int], owner: Account, other: Account) -> dict[str, int]:
    return {OWN: make(owner), FOREIGN: make(other), MISSING: NO_ID}


def _proposal() -> str:
    return proposals.suggest("notruf", {}, "Bitte prüfen", "", network="198.51.100")


def _proposed_rules(account: Account) -> int:
    held = versions.current(clock.today())
    edit = Edit("parameter", "pension_age", "value", 68)
    content = draft_from(held.content, [edit])
    return versions.propose(
        account, content, source="Demo", note="", valid_from=clock.today()
    ).version


def _survey(_account: Account) -> int:
    """Begin a survey of a town that has none yet."""
    surveyed = {one.town for one in surveys.surveys(SYSTEM)}
    town = next(town.slug for town in active_towns() if town.slug not in surveyed)
    return surveys.begin(SYSTEM, town)


def _absence(account: Account) -> int:
    day = clock.today() + timedelta(days=100)
    return posts.record_absence(account.id, by=account, first_day=day, last_day=day).id


def _session(account: Account) -> int:
    sessions.open_for_account(account, complete=True, second_factor=True)
    return Session.get(Session.account == account).id


ROWS: dict[str, Callable[[Account], int]] = {
    "absence": _absence,
    "contact": lambda _account: Contact.select().first().id,
    "grant": lambda account: RoleGrant.get(RoleGrant.account == account).id,
    "holding": lambda account: Holding.get(Holding.account == account).id,
    "session": _session,
    "survey": _survey,
}
"""How to come by a row of somebody's for an argument such as `absence_id`."""


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
