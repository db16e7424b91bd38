"""Pages of `privacy`, for the data protection officer."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.privacy import labels
from blueprints.privacy.wording import wording
from portal.domain.permissions import Permission
from portal.domain.privacy.log import Filters, actors, proofs
from portal.domain.privacy.log import log as audit_log
from portal.domain.privacy.retention import RULES
from portal.domain.text import clean
from portal.web.access import requires
from portal.web.addresses import page_number
from portal.web.login import current_account
from portal.web.render import page, page_or_partial

pages = Blueprint("privacy", __name__)

LONGEST_SUBJECT = 80


def _filters() -> Filters:
    raw = request.args
    return Filters(
        chain=raw.get("art", "") if raw.get("art") in labels.CHAINS else "",
        actor=clean(raw.get("wer", ""))[:LONGEST_SUBJECT],
        subject=clean(raw.get("was", ""))[:LONGEST_SUBJECT],
        page=page_number(),
    )


@pages.get("/protokoll")
@requires(Permission.AUDIT_READ)
def log() -> ResponseReturnValue:
    """Show who changed and who read what."""
    filters, people = _filters(), actors(by=current_account())
    shown: dict[str, Any] = {"art": filters.chain, "wer": filters.actor, "was": filters.subject}
    return page_or_partial(
        "privacy/log.html",
        "privacy/_log.html",
        log=audit_log(by=current_account(), filters=filters),
        filters=filters,
        people=people,
        wording=wording(dict(people)),
        labels=labels,
        page_url=lambda number: url_for("privacy.log", seite=number, **shown),
    )


@pages.get("/loeschungen")
@requires(Permission.AUDIT_READ)
def deletions() -> ResponseReturnValue:
    """Show what is deleted when, and the proofs that it was."""
    names = {rule.name: rule.what for rule in RULES}
    found = proofs(by=current_account())
    return page("privacy/deletions.html", rules=RULES, names=names, proofs=found)
