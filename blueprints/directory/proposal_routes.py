"""What providers and visitors say should be different: shown field by field, adopted or not, answered."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import DecisionForm
from blueprints.directory.upkeep import is_saved
from portal.domain.directory import proposals
from portal.domain.directory.proposals import ProposalView
from portal.domain.permissions import Permission
from portal.web import words
from portal.web.access import requires
from portal.web.forms import options
from portal.web.login import current_account
from portal.web.render import page


@pages.get("/verzeichnis/hinweise")
@requires(Permission.DIRECTORY_EDIT)
def list_proposals() -> ResponseReturnValue:
    """Show what waits for a decision."""
    return page(
        "directory/staff_proposals.html",
        proposals=proposals.open_proposals(current_account()),
        staff=staff_labels,
        words=words,
    )


@pages.get("/verzeichnis/hinweise/<proposal>")
@requires(Permission.DIRECTORY_EDIT)
def show_proposal(proposal: str) -> ResponseReturnValue:
    """Show one suggestion beside what stands there now."""
    shown = proposals.proposal(current_account(), proposal)
    return _proposal_page(shown, _form(shown, DecisionForm(formdata=None)))


def _form(shown: ProposalView, form: DecisionForm) -> DecisionForm:
    form.adopt.choices = options(
        (one.field, words.field_name(one.field)) for one in shown.differences
    )
    return form


def _proposal_page(shown: ProposalView, form: DecisionForm) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    return page(
        "directory/staff_proposal.html",
        status,
        proposal=shown,
        form=form,
        staff=staff_labels,
        words=words,
    )


@pages.post("/verzeichnis/hinweise/<proposal>/entscheiden")
@requires(Permission.DIRECTORY_PUBLISH)
def decide_proposal(proposal: str) -> ResponseReturnValue:
    """Adopt the fields that were ticked, reject the others, answer the sender."""
    account = current_account()
    shown = proposals.proposal(account, proposal)
    form = _form(shown, DecisionForm())
    if is_saved(
        form,
        lambda: proposals.decide(account, proposal, form.adopt.data or [], form.answer.data or ""),
    ):
        flash(
            "Entschieden. Eine Antwort geht per E-Mail hinaus, wenn eine Adresse da war.", "success"
        )
        return redirect(url_for("directory.list_proposals"), 303)
    return _proposal_page(shown, form)
