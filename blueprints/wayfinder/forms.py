"""Forms of `wayfinder`: their shape; what the answers mean stands in `portal.domain.wayfinder`."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from blueprints.wayfinder import labels
from portal.domain.topics import WAYFINDER_TOPICS
from portal.domain.wayfinder import PublicInputs
from portal.domain.wayfinder.inputs import MOST_BODIES, MOST_MONTHS, OLDEST, Inputs
from portal.i18n import _l
from portal.web.forms import MultiCheckbox, PortalForm, options
from portal.web.words import TOPICS

ELSEWHERE = "-"
"""Stands for every town that is not of this county."""
ALWAYS_GIVEN = ("age", "status", "months", "town", "topics")


def _whole(highest: int) -> NumberRange:
    return NumberRange(0, highest, f"Geben Sie eine ganze Zahl von 0 bis {highest} an.")


def _years(label: str) -> DecimalField:
    message = "Geben Sie eine Zahl von Jahren an."

    def is_finite(_form: Any, field: DecimalField) -> None:
        if field.data is not None and not field.data.is_finite():
            raise StopValidation(message)  # NumberRange cannot compare every kind of "not a number"

    return DecimalField(label, [Optional(), is_finite, NumberRange(0, OLDEST, message)])


class CaseForm(PortalForm):
    """The staff's version: everything that rules may ask about."""

    town = SelectField("Stadt", [InputRequired("Wählen Sie eine Stadt.")])
    zue = BooleanField("Wohnt in einer Landesunterkunft (ZUE)")
    age = IntegerField(
        "Alter in vollendeten Jahren",
        [InputRequired("Geben Sie das Alter an."), _whole(OLDEST)],
        description="Am 27. Geburtstag: 27.",
    )
    unaccompanied = BooleanField("Unter 18 und ohne Eltern oder Sorgeberechtigte hier")
    status = SelectField(
        "Aufenthalt",
        [InputRequired("Wählen Sie, was über den Aufenthalt bekannt ist.")],
        choices=options(labels.STATUSES.items()),
        default="unclear",
        description="Fragen Sie nur, was Sie wirklich brauchen. Nichts davon wird gespeichert.",
    )
    months = IntegerField(
        "Monate in Deutschland", [InputRequired("Geben Sie die Monate an."), _whole(MOST_MONTHS)]
    )
    status_months = IntegerField("Monate mit diesem Aufenthalt", [Optional(), _whole(MOST_MONTHS)])
    topics = MultiCheckbox(
        "Worum geht es?",
        [Optional()],
        choices=options((code, TOPICS[code]) for code in WAYFINDER_TOPICS),
    )
    danger = SelectField("Akute Gefahr?", choices=options(labels.DANGERS.items()), default="")
    benefits = MultiCheckbox("Leistungen", [Optional()], choices=options(labels.BENEFITS.items()))
    case_mgmt = SelectField(
        "Gibt es schon ein Fallmanagement?",
        choices=options(labels.CASE_MANAGERS.items()),
        default="",
    )
    criteria = MultiCheckbox(
        "Warum ist der Fall komplex?", [Optional()], choices=options(labels.CRITERIA.items())
    )
    bodies = IntegerField(
        "Wie viele Stellen sind beteiligt?", [Optional(), _whole(MOST_BODIES)], default=1
    )
    consent = RadioField(
        "Ist die Person einverstanden, dass Sie mit anderen Stellen sprechen?",
        choices=options((("yes", "ja"), ("no", "nein"))),
        default="yes",
    )
    ua_first = DateField("Ukraine: erste Erlaubnis nach § 24 vom", [Optional()])
    duldung_months = IntegerField("Monate mit Duldung", [Optional(), _whole(MOST_MONTHS)])
    school_years = _years("Jahre in einer deutschen Schule")
    minor_child = BooleanField("Lebt mit einem minderjährigen Kind zusammen")
    lawful_years = _years("Jahre rechtmäßig in Deutschland")
    german_spouse = BooleanField("Mit einer Person mit deutscher Staatsangehörigkeit verheiratet")
    as_of = DateField(
        "Stand", [Optional()], description="Ein anderer Tag als heute zeigt, was dann gilt."
    )

    def offer(self, towns: Iterable[Any]) -> None:
        """Fill in the county's towns."""
        self.town.choices = options(
            (
                ("", "Bitte wählen"),
                *((town.slug, town.name) for town in towns),
                (ELSEWHERE, "Stadt außerhalb des Kreises"),
            )
        )

    def inputs(self, today: date) -> Inputs:
        """Return what was entered; raise EntryError naming the field."""
        given = {name: _plain(value) for name, value in self.data.items() if name not in NOT_ASKED}
        known = {
            name: value
            for name, value in given.items()
            if name in ALWAYS_GIVEN or value not in (None, "", [])
        }
        known["topics"] = list(self.topics.data or ())
        known["consent"] = self.consent.data != "no"
        return Inputs.from_json(known, today=today)


NOT_ASKED = frozenset({"csrf_token", "consent"})


def _plain(value: Any) -> Any:
    """Return a value as JSON would hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if hasattr(value, "as_tuple") else value


class PublicForm(PortalForm):
    """The public version: no status, no money, no exact age."""

    town = SelectField(
        _l("In welcher Stadt wohnen Sie?"), [InputRequired(_l("Bitte wählen Sie Ihre Stadt."))]
    )
    zue = RadioField(
        _l("Wohnen Sie in einer Landesunterkunft (ZUE)?"),
        choices=options((("no", _l("Nein")), ("yes", _l("Ja")))),
        default="no",
    )
    age_band = RadioField(
        _l("Wie alt ist die Person, die Hilfe braucht?"),
        [InputRequired(_l("Bitte wählen Sie das Alter."))],
        choices=options(labels.AGE_BANDS.items()),
    )
    topics = MultiCheckbox(
        _l("Worum geht es?"),
        [Optional()],
        choices=options(labels.PUBLIC_TOPICS.items()),
        description=_l("Sie können mehrere Themen wählen."),
    )
    several_offices = RadioField(
        _l("Helfen Ihnen schon mehrere Ämter gleichzeitig?"),
        choices=options((("no", _l("Nein")), ("yes", _l("Ja")))),
        default="no",
    )
    years = RadioField(
        _l("Wie lange sind Sie in Deutschland?"),
        choices=options(labels.YEARS.items()),
        default="not_said",
    )
    asked = HiddenField()

    def offer(self, towns: Iterable[Any]) -> None:
        """Fill in the county's towns."""
        self.town.choices = options(
            (
                ("", _l("Bitte wählen")),
                *((town.slug, town.name) for town in towns),
                (ELSEWHERE, _l("Andere Stadt")),
            )
        )

    @property
    def own_town(self) -> str:
        """The slug of the town that was chosen; empty for one outside of the county."""
        return "" if self.town.data in (ELSEWHERE, None) else self.town.data

    def inputs(self, today: date) -> PublicInputs:
        """Return what was entered."""
        return PublicInputs(
            town=self.town.data,
            age_band=self.age_band.data,
            as_of=today,
            topics=frozenset(self.topics.data or ()),
            zue=self.zue.data == "yes",
            several_offices=self.several_offices.data == "yes",
            years=self.years.data,
        )
