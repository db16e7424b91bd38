"""Upkeep of places and contacts: many services may share one."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import ContactForm, PlaceForm
from blueprints.directory.upkeep import draft_of, is_saved, upkeep_page, values_of
from portal.domain.directory import contacts, places
from portal.domain.directory.contacts import ContactDraft
from portal.domain.directory.places import PlaceDraft
from portal.domain.errors import NotAllowed
from portal.domain.permissions import Permission, may
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page


@pages.get("/verzeichnis/orte")
@requires(Permission.DIRECTORY_READ)
def list_places() -> ResponseReturnValue:
    """Show all places with the services given there."""
    return page(
        "directory/staff_places.html",
        places=places.places_list(current_account()),
        staff=staff_labels,
        may_add=may(current_account(), Permission.DIRECTORY_EDIT),
    )


@pages.route("/verzeichnis/orte/neu", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def add_place() -> ResponseReturnValue:
    """Add a place."""
    form = PlaceForm(data={"barrier_free": "unknown"})
    form.offer()
    if request.method == "POST" and is_saved(
        form, lambda: places.add(current_account(), draft_of(form, PlaceDraft))
    ):
        flash("Der Ort ist angelegt.", "success")
        return redirect(url_for("directory.list_places"), 303)
    return upkeep_page(form, heading="Ort anlegen", back=url_for("directory.list_places"))


@pages.route("/verzeichnis/orte/<place>", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def edit_place(place: str) -> ResponseReturnValue:
    """Edit a place; all services there follow."""
    shown = places.staff_place(current_account(), place)
    if not shown.may_edit:
        raise NotAllowed
    form = PlaceForm(data=values_of(shown.draft))
    form.offer()
    if request.method == "POST" and is_saved(
        form, lambda: places.edit(current_account(), place, draft_of(form, PlaceDraft))
    ):
        flash("Gespeichert.", "success")
        return redirect(url_for("directory.list_places"), 303)
    return upkeep_page(
        form,
        heading=f"Ort: {shown.draft.name}",
        intro=_shared(shown.services),
        back=url_for("directory.list_places"),
    )


def _shared(services: tuple[tuple[str, str], ...]) -> str:
    names = ", ".join(name for _key, name in services)
    return f"Was Sie hier ändern, gilt für: {names}." if names else ""


@pages.get("/verzeichnis/kontakte")
@requires(Permission.DIRECTORY_READ)
def list_contacts() -> ResponseReturnValue:
    """Show all contacts with the services they answer for."""
    return page(
        "directory/staff_contacts.html",
        contacts=contacts.contacts_list(current_account()),
        staff=staff_labels,
        may_add=may(current_account(), Permission.DIRECTORY_EDIT),
    )


@pages.route("/verzeichnis/kontakte/neu", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def add_contact() -> ResponseReturnValue:
    """Add a contact."""
    form = ContactForm(data={"public": True})
    form.offer(current_account())
    if request.method == "POST" and is_saved(
        form, lambda: contacts.add(current_account(), draft_of(form, ContactDraft))
    ):
        flash("Der Kontakt ist angelegt.", "success")
        return redirect(url_for("directory.list_contacts"), 303)
    return upkeep_page(form, heading="Kontakt anlegen", back=url_for("directory.list_contacts"))


@pages.route("/verzeichnis/kontakte/<int:contact_id>", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def edit_contact(contact_id: int) -> ResponseReturnValue:
    """Edit a contact; all its services follow."""
    shown = contacts.staff_contact(current_account(), contact_id)
    if not shown.may_edit:
        raise NotAllowed
    form = ContactForm(data=values_of(shown.draft))
    form.offer(current_account(), shown.draft.organisation)
    if request.method == "POST" and is_saved(
        form, lambda: contacts.edit(current_account(), contact_id, draft_of(form, ContactDraft))
    ):
        flash("Gespeichert.", "success")
        return redirect(url_for("directory.list_contacts"), 303)
    return upkeep_page(
        form,
        heading=f"Kontakt: {shown.draft.function_title}",
        intro=_shared(shown.services),
        back=url_for("directory.list_contacts"),
    )
