"""The form of a service: its shape; the rules stand in `portal.domain.directory.drafts`."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional

from blueprints.directory.upkeep import draft_of, texts, values_of, with_empty
from portal import clock
from portal.domain.actors import Actor
from portal.domain.directory import choosing
from portal.domain.directory.checks import LONGEST_BODY, LONGEST_LINE, LONGEST_TEXT, LONGEST_URL
from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.directory.services import ContactEntry, PlaceEntry, ServiceDraft
from portal.domain.towns import active_towns, county_setting
from portal.domain.wayfinder import versions
from portal.i18n import SOURCE
from portal.web import words
from portal.web.forms import MultiCheckbox, PortalForm, options

EMPTY_LINES = 2
MOST_LINES = 30
TOO_LONG = "Bitte schreiben Sie höchstens %(max)d Zeichen."
MISSING = "Bitte füllen Sie dieses Feld aus."
HOURS_HINT = "Zum Beispiel: Mo–Do 09:00–12:00; Di 14:00–16:00"


def line(label: str, *, longest: int = LONGEST_LINE, required: bool = False, hint: str = "") -> Any:
    """Return a field for one line."""
    first = InputRequired(MISSING) if required else Optional()
    return StringField(label, [first, Length(max=longest, message=TOO_LONG)], description=hint)


def text(label: str, *, longest: int = LONGEST_TEXT, required: bool = False, hint: str = "") -> Any:
    """Return a field for several lines."""
    first = InputRequired(MISSING) if required else Optional()
    return TextAreaField(
        label,
        [first, Length(max=longest, message=TOO_LONG)],
        description=hint,
        render_kw={"rows": 4},
    )


def day(label: str) -> Any:
    """Return a field for a day that may stay empty."""
    return DateField(label, [Optional()])


class Lines(FieldList):
    """Fields that repeat; what is wrong with some of them is said once."""

    def validate(self, form: BaseForm, extra_validators: Sequence[Any] = ()) -> bool:
        """Check each field, and note what was said."""
        is_right: bool = super().validate(form, extra_validators)
        self.errors = list(dict.fromkeys(error for field in self for error in field.errors))
        return is_right


class ServiceForm(PortalForm):
    """Everything about a service; lines with places and contacts may stay empty."""

    version = HiddenField()
    organisation = SelectField("Träger", [InputRequired("Bitte wählen Sie, wer das anbietet.")])
    programme = SelectField("Programm", [Optional()])
    name = line("Name", required=True)
    description = text("Beschreibung", required=True)
    for_whom = text("Für wen")
    not_for = text("Nicht für wen")
    otherwise = text("Sonst", hint="Wohin gehen Menschen, für die das Angebot nicht ist?")
    topics = MultiCheckbox("Themen", [Optional()])
    legal_circles = MultiCheckbox("Rechtskreise", [Optional()])
    wayfinder_codes = MultiCheckbox(
        "Antworten des Wegweisers",
        [Optional()],
        description="Hinter welchen Antworten steht dieses Angebot?",
    )
    age_min = IntegerField("Alter von", [Optional()])
    age_max = IntegerField("Alter bis", [Optional()])
    county_wide = BooleanField("Für den ganzen Kreis")
    towns = MultiCheckbox(
        "Städte", [Optional()], description="Nur, wenn nicht für den ganzen Kreis"
    )
    languages = MultiCheckbox("Sprachen", [Optional()])
    interpreter = SelectField("Dolmetschen")
    cost = SelectField("Kosten")
    cost_note = line("Hinweis zu den Kosten")
    access = SelectField("Zugang")
    capacity_note = line("Hinweis zu Plätzen", hint="Zum Beispiel: Warteliste bis Januar")
    url = line("Internetadresse", longest=LONGEST_URL, hint="Beginnt mit https://")
    places = Lines(SelectField("Ort", [Optional()]), "Orte", max_entries=MOST_LINES)
    hours = Lines(
        StringField("Zeiten dort", description=HOURS_HINT), "Zeiten", max_entries=MOST_LINES
    )
    contacts = Lines(SelectField("Kontakt", [Optional()]), "Kontakte", max_entries=MOST_LINES)
    contact_places = Lines(
        SelectField("An welchem Ort", [Optional()]), "Orte der Kontakte", max_entries=MOST_LINES
    )
    closed_from = day("Geschlossen von")
    closed_to = day("Geschlossen bis")
    closed_note = line("Grund der Schließung")
    valid_from = day("Gültig von")
    valid_to = day("Gültig bis")
    checked_on = day("Geprüft am")
    next_check_on = day("Nächste Prüfung")

    def offer(self, by: Actor, current: ServiceDraft | None = None) -> None:
        """Fill in what can be chosen; what a service has already stays possible."""
        organisations = choosing.organisations(by)
        if current and current.organisation not in dict(organisations):
            organisations = choosing.all_organisations()
        if len(organisations) > 1:
            organisations = with_empty(organisations, "Bitte wählen")
        self.organisation.choices = options(organisations)
        self.programme.choices = options(with_empty(choosing.programmes(), "kein Programm"))
        self.topics.choices = options(texts(words.TOPICS))
        self.wayfinder_codes.choices = options(_answers())
        self.legal_circles.choices = options(texts(words.LEGAL_CIRCLES))
        self.towns.choices = options((town.slug, town.name) for town in active_towns())
        self.languages.choices = options(
            (code, words.language_name(code, SOURCE)) for code in county_setting("languages")
        )
        self.interpreter.choices = options(texts(words.INTERPRETER))
        self.cost.choices = options(texts(words.COST))
        self.access.choices = options(texts(words.ACCESS))
        places, contacts = choosing.places(), choosing.contacts()
        _offer_each(self.places, with_empty(places, "kein Ort"))
        _offer_each(self.contacts, with_empty(contacts, "kein Kontakt"))
        _offer_each(self.contact_places, with_empty(places, "an allen Orten"))

    def place_lines(self) -> list[tuple[Any, Any]]:
        """Return the fields of each place side by side."""
        return list(zip(self.places, self.hours, strict=False))

    def contact_lines(self) -> list[tuple[Any, Any]]:
        """Return the fields of each contact side by side."""
        return list(zip(self.contacts, self.contact_places, strict=False))

    def draft(self) -> ServiceDraft:
        """Return what the form says."""
        return draft_of(
            self,
            ServiceDraft,
            places=tuple(
                PlaceEntry(place, hours or "")
                for place, hours in zip_longest(self.places.data, self.hours.data, fillvalue="")
                if place
            ),
            contacts=tuple(
                ContactEntry(int(contact), place or "")
                for contact, place in zip_longest(
                    self.contacts.data, self.contact_places.data, fillvalue=""
                )
                if contact
            ),
        )


def _answers() -> list[tuple[str, str]]:
    """Return what the Wegweiser may answer, in the words of the rules that hold."""
    if not versions.exist():
        return [(code, code) for code in WAYFINDER_CODES]
    own = versions.current(clock.today()).texts(SOURCE)
    return [(code, own.code(code)) for code in WAYFINDER_CODES]


def _offer_each(lines: Lines, choices: Sequence[tuple[str, str]]) -> None:
    for field in lines:
        field.choices = options(choices)


def service_form(draft: ServiceDraft | None = None, version: int = 0) -> ServiceForm:
    """Return the form, filled with a service or empty, with some empty lines for places and contacts."""
    # Nobody promises that somebody interprets by leaving a field as it is.
    values = values_of(draft) if draft else {"interpreter": "unknown"}
    places: tuple[PlaceEntry, ...] = draft.places if draft else ()
    contacts: tuple[ContactEntry, ...] = draft.contacts if draft else ()
    empty = [""] * EMPTY_LINES
    return ServiceForm(
        data=values
        | {
            "version": str(version),
            "places": [one.place for one in places] + empty,
            "hours": [one.hours for one in places] + empty,
            "contacts": [str(one.contact) for one in contacts] + empty,
            "contact_places": [one.place for one in contacts] + empty,
        }
    )


class TranslationForm(PortalForm):
    """The words of a service or card in another language."""

    name = line("Name", longest=LONGEST_BODY)
    title = line("Titel", longest=LONGEST_BODY)
    description = text("Beschreibung", longest=LONGEST_BODY)
    for_whom = text("Für wen", longest=LONGEST_BODY)
    not_for = text("Nicht für wen", longest=LONGEST_BODY)
    otherwise = text("Sonst", longest=LONGEST_BODY)
    body = text("Text", longest=LONGEST_BODY)
    is_checked = BooleanField(
        "Eine Person hat diese Übersetzung mit dem deutschen Text verglichen."
    )

    def keep(self, names: Sequence[str]) -> None:
        """Leave only the words that the thing has."""
        for name in [*self._fields]:
            if name not in {*names, "is_checked", "csrf_token"}:
                del self[name]


class ReasonForm(PortalForm):
    """Why a service is suspended or ended; shown on its page."""

    reason = line("Grund", longest=300)
