"""Forms for the upkeep of the rules; staff pages are German."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from blueprints.wayfinder import labels
from portal.domain.wayfinder.codes import RESOLVED, VALIDITIES
from portal.domain.wayfinder.editing import Edit, TextEdit
from portal.domain.wayfinder.texts import LONGEST_TEXT
from portal.domain.wayfinder.versions import LONGEST_NOTE
from portal.i18n import LOCALES, format_date
from portal.web.forms import PortalForm, options

TEXT = "text_"
TOO_LONG = "Bitte schreiben Sie höchstens %(max)d Zeichen."
DAYS = ("valid_from", "valid_to", "checked_on", "next_check_on")


class ProposalForm(PortalForm):
    """What every proposal says: why, and from when on it shall hold."""

    reason = StringField(
        "Quelle der Änderung",
        [InputRequired("Nennen Sie die Quelle."), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        description="Zum Beispiel ein Gesetz, ein Erlass oder ein Beschluss mit Datum.",
    )
    remark = TextAreaField(
        "Anmerkung", [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)], render_kw={"rows": 3}
    )
    starts = DateField("Soll gelten ab", [InputRequired("Nennen Sie einen Tag.")])

    def edits(self, section: str, line: str, before: Mapping[str, Any]) -> list[Edit | TextEdit]:
        """Return what was changed in a line."""
        raise NotImplementedError


class ParameterForm(ProposalForm):
    """One figure or day of the county."""

    value = StringField(
        "Wert",
        [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        description="Eine Zahl, ein Tag (2027-01-31) oder ein Zeitraum (2027-01-01/2027-12-31); leer: noch nicht.",
    )
    source = StringField("Beleg", [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)])

    def edits(self, section: str, line: str, before: Mapping[str, Any]) -> list[Edit | TextEdit]:
        """Return what was changed in a parameter."""
        text = self.value.data or ""
        value = int(text) if text.isascii() and text.isdigit() else text
        given = {"value": value, "source": self.source.data or ""}
        return [
            Edit(section, line, field, new)
            for field, new in given.items()
            if new != written(before.get(field))
        ]


class LineForm(ProposalForm):
    """When a line holds, whom it names, and what people read."""

    status = SelectField("Gültigkeit", choices=options(labels.VALIDITIES.items()))
    valid_from = DateField("Gilt ab", [Optional()])
    valid_to = DateField("Gilt bis", [Optional()])
    checked_on = DateField("Geprüft am", [Optional()])
    next_check_on = DateField("Nächste Prüfung", [Optional()])
    primary = SelectField("Erste Anlaufstelle", validate_choice=False)
    source = StringField("Beleg", [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)])

    def offer(self, codes: Mapping[str, str]) -> None:
        """Fill in where a rule may lead."""
        self.primary.choices = options((*codes.items(), *RESOLVED.items()))

    def texts(self) -> list[tuple[str, Field]]:
        """Return the fields of the texts, by language."""
        return [(code, self[f"{TEXT}{code}"]) for code in LOCALES]

    def edits(self, section: str, line: str, before: Mapping[str, Any]) -> list[Edit | TextEdit]:
        """Return what was changed in a line and its texts."""
        names = ("status", *DAYS, "source", *(("primary",) if section == "rule" else ()))
        given = {name: plain(self[name].data) for name in names}
        found: list[Edit | TextEdit] = [
            Edit(section, line, name, value)
            for name, value in given.items()
            if value != (before.get(name) or (VALIDITIES[0] if name == "status" else ""))
        ]
        place = labels.TEXT_SECTIONS[section]
        for code, field in self.texts():
            if (field.data or "") != (field.object_data or ""):
                found.append(TextEdit(code, place, line, field.data or ""))
        return found


for _code, _known in LOCALES.items():
    setattr(
        LineForm,
        f"{TEXT}{_code}",
        TextAreaField(
            f"Text ({_known.name})",
            [Optional(), Length(max=LONGEST_TEXT, message=TOO_LONG)],
            render_kw={"rows": 3, "lang": _code, "dir": _known.direction},
        ),
    )


class DecisionForm(PortalForm):
    """A second person's word on a proposal."""

    note = TextAreaField(
        "Begründung",
        [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        render_kw={"rows": 3},
    )


def plain(value: Any) -> str:
    """Return a value as the rules' file would write it; nothing for none."""
    return value.isoformat() if isinstance(value, date) else str(value or "")


def said(value: Any) -> str:
    """Return a parameter's value as people read it; nothing for none."""
    if isinstance(value, tuple):
        return " bis ".join(map(said, value))
    if isinstance(value, date):
        return str(format_date(value, "long"))
    return "" if value is None else str(value)


def written(value: Any) -> Any:
    """Return a parameter's value as a form shows it."""
    if isinstance(value, list):
        return "/".join(map(str, value))
    return "" if value is None else value
