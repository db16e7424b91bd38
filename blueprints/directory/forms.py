"""Forms of `directory` for everybody: what may be said about a service, field by field."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.domain.directory.checks import LONGEST_LINE, LONGEST_TEXT, LONGEST_URL
from portal.domain.directory.proposable import DAYS, HOURS, MAIL, PHONE
from portal.i18n import _, _l, locale
from portal.web import words
from portal.web.forms import MultiCheckbox, PortalForm, options

LONGEST_NOTE = 900
"""Shorter than the domain allows: a mark may be put before it."""
TOO_LONG = _l("Bitte schreiben Sie höchstens %(max)d Zeichen.")
TRAP = "website"


def _line(label: Any, *, longest: int = LONGEST_LINE, **options: Any) -> StringField:
    return StringField(label, [Optional(), Length(max=longest, message=TOO_LONG)], **options)


def _text(label: Any, *, longest: int = LONGEST_TEXT, **options: Any) -> TextAreaField:
    shown = {"rows": 3, "dir": "auto"}
    validators = [Optional(), Length(max=longest, message=TOO_LONG)]
    return TextAreaField(label, validators, render_kw=shown, **options)


def _day(label: Any) -> DateField:
    return DateField(label, [Optional()])


def _choice(label: Any, texts: Mapping[str, Any]) -> SelectField:
    return SelectField(label, choices=options(texts.items()))


class CorrectionForm(PortalForm):
    """What somebody says should be different; the names of its fields are those of the domain's values."""

    note = _text(
        _l("Was stimmt nicht?"),
        longest=LONGEST_NOTE,
        description=_l("Ein Satz genügt. Bitte schreiben Sie nichts über einzelne Menschen."),
    )
    name = StringField(
        _l("Name des Angebots"),
        [
            InputRequired(_l("Das Angebot braucht einen Namen.")),
            Length(max=LONGEST_LINE, message=TOO_LONG),
        ],
    )
    description = _text(_l("Worum geht es?"))
    for_whom = _text(_l("Für wen"))
    not_for = _text(_l("Für wen nicht"))
    otherwise = _text(_l("Wohin sonst?"))
    languages = MultiCheckbox(_l("Sprachen"), [Optional()])
    interpreter = _choice(_l("Übersetzung"), words.INTERPRETER)
    cost = _choice(_l("Kosten"), words.COST)
    cost_note = _line(_l("Zu den Kosten"))
    access = _choice(_l("Zugang"), words.ACCESS)
    capacity_note = _line(_l("Plätze"))
    url = _line(_l("Internet"), longest=LONGEST_URL, render_kw={"dir": "ltr"})
    age_min = IntegerField(_l("Alter von"), [Optional()])
    age_max = IntegerField(_l("Alter bis"), [Optional()])
    closed_from = _day(_l("Geschlossen ab"))
    closed_to = _day(_l("Geschlossen bis"))
    closed_note = _line(_l("Warum geschlossen?"))
    valid_to = _day(_l("Das Angebot endet am"))
    website = StringField(
        _l("Bitte leer lassen"), render_kw={"autocomplete": "off", "tabindex": "-1"}
    )

    def changes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields say, for every value that can be corrected."""
        said = {name: self[name].data for name in values if name in self}
        return said | {"languages": in_order(said["languages"], values["languages"])}

    def more(self) -> Iterable[Any]:
        """Return the fields that this service has beside the ones that all have: hours, phones, addresses."""
        return [
            field for name, field in self._fields.items() if name.startswith((HOURS, PHONE, MAIL))
        ]


def in_order(chosen: Iterable[str], before: Iterable[str]) -> list[str]:
    """Return codes in the order they stood in before, new ones last: another order is no change."""
    kept = set(chosen)
    return list(dict.fromkeys((*(code for code in before if code in kept), *chosen)))


class SuggestionForm(CorrectionForm):
    """The same for everybody, who may want an answer."""

    sender_mail = StringField(
        _l("Ihre E-Mail-Adresse, wenn Sie eine Antwort möchten"),
        [Optional(), Length(max=LONGEST_LINE, message=TOO_LONG)],
        description=_l("Wir löschen sie nach der Antwort."),
        render_kw={"dir": "ltr", "autocomplete": "email"},
    )


def correction_form(
    kind: type[CorrectionForm],
    values: Mapping[str, Any],
    places: Mapping[str, str],
    languages: Iterable[str],
) -> Any:
    """Return a form for the values of one service, filled with what they say now."""
    fields = {
        name: _extra(name, places) for name in values if name.startswith((HOURS, PHONE, MAIL))
    }
    form = type(kind.__name__, (kind,), fields)(
        data={name: _typed(name, value) for name, value in values.items()}
    )
    known = dict.fromkeys((*languages, *values["languages"]))
    form.languages.choices = options(
        (code, words.language_name(code, locale().code)) for code in known
    )
    return form


def _extra(name: str, places: Mapping[str, str]) -> StringField:
    """Return the field of a value that only some services have."""
    thing = name.partition(":")[2]
    if name.startswith(HOURS):
        example = "Mo–Do 09:00–12:00; Di 14:00–16:00"
        label = _("Öffnungszeiten: %(place)s", place=places.get(thing, thing))
        return _line(label, longest=500, description=example)
    label = _("Telefon") if name.startswith(PHONE) else _("E-Mail")
    return _line(label, render_kw={"dir": "ltr"})


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in DAYS and value else value
