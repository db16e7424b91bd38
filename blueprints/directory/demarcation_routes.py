"""Upkeep of demarcations: their versions, proposed by one person and released by another."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import DemarcationForm
from blueprints.directory.upkeep import draft_of, is_saved, upkeep_page, values_of
from portal import clock
from portal.domain.directory import demarcations
from portal.domain.directory.demarcations import OWN, DemarcationDraft, Version
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.permissions import Permission, may
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page

INTRO = "Eine neue Fassung gilt erst, wenn eine zweite Person sie freigibt. Die bisherige endet am Tag davor."


@pages.get("/verzeichnis/abgrenzungen")
@requires(Permission.DIRECTORY_READ)
def staff_demarcations() -> ResponseReturnValue:
    """Show what is agreed with each programme and legal circle, and what waits for its release."""
    account = current_account()
    return page(
        "directory/staff_demarcations.html",
        rows=demarcations.matrix(clock.today()),
        waiting=demarcations.open_versions(account),
        staff=staff_labels,
        may_propose=_may_propose(),
    )


def _may_propose() -> bool:
    account = current_account()
    return may(account, Permission.DEMARCATION_EDIT) or may(account, Permission.RULES_PROPOSE)


@pages.route("/verzeichnis/abgrenzungen/neu", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_READ)
def add_demarcation() -> ResponseReturnValue:
    """Propose a demarcation between two programmes."""
    offered = {"a": OWN, "b": request.args.get("programm", ""), "valid_from": clock.today()}
    return _propose_page(DemarcationForm(data=offered), "Abgrenzung vorschlagen")


@pages.route("/verzeichnis/abgrenzungen/<demarcation>/neue-fassung", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_READ)
def next_demarcation(demarcation: str) -> ResponseReturnValue:
    """Propose the next version of a demarcation."""
    newest = demarcations.history(current_account(), demarcation)[0]
    values = values_of(newest.draft) | {"valid_from": clock.today(), "agreed_on": None}
    return _propose_page(DemarcationForm(data=values), "Neue Fassung vorschlagen", demarcation)


def _propose_page(form: DemarcationForm, heading: str, key: str = "") -> ResponseReturnValue:
    if not _may_propose():
        raise NotAllowed
    form.offer()
    if request.method == "POST" and is_saved(
        form,
        lambda: demarcations.propose(current_account(), draft_of(form, DemarcationDraft), key),
    ):
        flash("Vorgeschlagen. Eine zweite Person muss die Fassung freigeben.", "success")
        return redirect(url_for("directory.staff_demarcations"), 303)
    back = url_for("directory.staff_demarcations")
    return upkeep_page(form, heading=heading, intro=INTRO, label="Vorschlagen", back=back)


@pages.get("/verzeichnis/abgrenzungen/<demarcation>")
@requires(Permission.DIRECTORY_READ)
def staff_demarcation(demarcation: str) -> ResponseReturnValue:
    """Show all versions of a demarcation."""
    return _history_page(demarcation)


def _history_page(key: str, status: int = 200, *, refusal: object = "") -> ResponseReturnValue:
    account = current_account()
    versions = demarcations.history(account, key)
    return page(
        "directory/staff_demarcation.html",
        status,
        key=key,
        versions=versions,
        refusal=refusal,
        staff=staff_labels,
        may_propose=_may_propose() and not any(map(_is_open, versions)),
        may_reject=_may_propose() or may(account, Permission.RULES_RELEASE),
    )


def _is_open(version: Version) -> bool:
    return version.state is demarcations.State.PROPOSED


@pages.post("/verzeichnis/abgrenzungen/<demarcation>/freigeben")
@requires(Permission.RULES_RELEASE)
def release_demarcation(demarcation: str) -> ResponseReturnValue:
    """Release the version that somebody else proposed."""
    try:
        demarcations.release(current_account(), demarcation)
    except RuleBroken as broken:
        return _history_page(demarcation, 422, refusal=broken.message)
    flash("Die Fassung ist freigegeben.", "success")
    return redirect(url_for("directory.staff_demarcation", demarcation=demarcation), 303)


@pages.post("/verzeichnis/abgrenzungen/<demarcation>/ablehnen")
@requires(Permission.DIRECTORY_READ)
def reject_demarcation(demarcation: str) -> ResponseReturnValue:
    """Reject an open version, or take one's own back."""
    demarcations.reject(current_account(), demarcation)
    flash("Der Vorschlag ist abgelehnt.", "success")
    return redirect(url_for("directory.staff_demarcation", demarcation=demarcation), 303)
