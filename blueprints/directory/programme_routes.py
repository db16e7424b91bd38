"""Upkeep of programmes, legal circles and knowledge cards."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.service_routes import translation_page
from blueprints.directory.staff_forms import CardForm, ProgrammeForm
from blueprints.directory.upkeep import draft_of, is_saved, number, upkeep_page, values_of
from portal import clock
from portal.domain.directory import cards, programmes, translations
from portal.domain.directory.cards import CardDraft
from portal.domain.directory.programmes import ProgrammeDraft
from portal.domain.permissions import Permission, may
from portal.domain.searchable import Kind
from portal.i18n import LOCALES, SOURCE
from portal.web import words
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page


@pages.get("/verzeichnis/programme")
@requires(Permission.DIRECTORY_READ)
def staff_programmes() -> ResponseReturnValue:
    """Show all programmes and legal circles, also those that have ended."""
    return page(
        "directory/staff_programmes.html",
        programmes=programmes.programmes_list(clock.today()),
        staff=staff_labels,
        may_edit=may(current_account(), Permission.DEMARCATION_EDIT),
    )


@pages.route("/verzeichnis/programme/neu", methods=["GET", "POST"])
@requires(Permission.DEMARCATION_EDIT)
def add_programme() -> ResponseReturnValue:
    """Add a programme."""
    form = ProgrammeForm()
    form.offer()
    if request.method == "POST" and is_saved(
        form, lambda: programmes.add(current_account(), draft_of(form, ProgrammeDraft))
    ):
        flash("Das Programm ist angelegt.", "success")
        return redirect(url_for("directory.staff_programmes"), 303)
    return upkeep_page(form, heading="Programm anlegen", back=url_for("directory.staff_programmes"))


@pages.route("/verzeichnis/programme/<programme>", methods=["GET", "POST"])
@requires(Permission.DEMARCATION_EDIT)
def edit_programme(programme: str) -> ResponseReturnValue:
    """Edit a programme; its services follow, also when it ends."""
    shown = programmes.programme(programme, clock.today())
    form = ProgrammeForm(data=values_of(shown.draft))
    form.offer()
    if request.method == "POST" and is_saved(
        form,
        lambda: programmes.edit(current_account(), programme, draft_of(form, ProgrammeDraft)),
    ):
        flash("Gespeichert.", "success")
        return redirect(url_for("directory.staff_programmes"), 303)
    return upkeep_page(
        form,
        heading=f"Programm: {shown.abbr}",
        intro="Endet das Programm, werden auch seine Angebote nicht mehr gezeigt.",
        back=url_for("directory.staff_programmes"),
    )


@pages.get("/verzeichnis/wissen")
@requires(Permission.DIRECTORY_READ)
def staff_cards() -> ResponseReturnValue:
    """Show all knowledge cards, also those for the network only."""
    account = current_account()
    return page(
        "directory/staff_cards.html",
        cards=cards.cards_list(SOURCE, account),
        staff=staff_labels,
        words=words,
        may_edit=may(account, Permission.DEMARCATION_EDIT),
    )


@pages.route("/verzeichnis/wissen/neu", methods=["GET", "POST"])
@requires(Permission.DEMARCATION_EDIT)
def add_card() -> ResponseReturnValue:
    """Add a knowledge card."""
    form = CardForm(data={"status": "unverified", "version": "0"})
    form.offer()
    if request.method == "POST" and is_saved(
        form, lambda: cards.add(current_account(), draft_of(form, CardDraft))
    ):
        flash("Die Wissenskarte ist angelegt.", "success")
        return redirect(url_for("directory.staff_cards"), 303)
    return upkeep_page(form, heading="Wissenskarte anlegen", back=url_for("directory.staff_cards"))


@pages.get("/verzeichnis/wissen/<card>")
@requires(Permission.DIRECTORY_READ)
def staff_card(card: str) -> ResponseReturnValue:
    """Show a knowledge card, also one for the network only."""
    account = current_account()
    return page(
        "directory/staff_card.html",
        card=cards.card(card, SOURCE, account),
        translations=translations.translations(account, Kind.KNOWLEDGE_CARD, card),
        names={code: known.name for code, known in LOCALES.items()},
        staff=staff_labels,
        words=words,
        may_edit=may(account, Permission.DEMARCATION_EDIT),
    )


@pages.route("/verzeichnis/wissen/<card>/bearbeiten", methods=["GET", "POST"])
@requires(Permission.DEMARCATION_EDIT)
def edit_card(card: str) -> ResponseReturnValue:
    """Edit a knowledge card."""
    account = current_account()
    shown = cards.card(card, SOURCE, account)
    form = CardForm(data=values_of(shown.draft) | {"version": str(shown.version)})
    form.offer()
    if request.method == "POST" and is_saved(
        form,
        lambda: cards.edit(account, card, draft_of(form, CardDraft), number(form.version.data)),
    ):
        flash("Gespeichert.", "success")
        return redirect(url_for("directory.staff_card", card=card), 303)
    if form.version.errors:
        form.version.data = str(shown.version)  # whoever saves once more has read what happened
    return upkeep_page(
        form,
        heading=f"Wissenskarte: {shown.head.title}",
        back=url_for("directory.staff_card", card=card),
    )


@pages.route("/verzeichnis/wissen/<card>/sprache/<language>", methods=["GET", "POST"])
@requires(Permission.DEMARCATION_EDIT)
def translate_card(card: str, language: str) -> ResponseReturnValue:
    """Translate a knowledge card beside its German text."""
    return translation_page(
        Kind.KNOWLEDGE_CARD, card, language, url_for("directory.staff_card", card=card)
    )
