"""What somebody outside may say about a service: which values, how they are compared, and how they are written back.

Values are plain (text, numbers, lists of codes, days as text), so that they can be kept and shown side by side. Beside
the service's own fields they are the hours at each place (`hours:<place>`), and the public contacts' `phone:` and
`mail:`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.domain.changes import Entry
from portal.domain.directory.checks import LONGEST_LINE, cleaned
from portal.domain.directory.drafts import PlaceEntry, ServiceDraft, checked
from portal.domain.directory.hours import hours_text, parse_hours
from portal.domain.directory.records import Record
from portal.domain.directory.staff import draft_of
from portal.domain.directory.touching import touch_services_of_contact
from portal.domain.errors import RuleBroken
from portal.i18n import _l
from portal.models.county import Contact

DAYS = frozenset({"closed_from", "closed_to", "valid_to"})
LISTS = frozenset({"languages"})
NUMBERS = frozenset({"age_min", "age_max"})
FIELDS = (
    "name",
    "description",
    "for_whom",
    "not_for",
    "otherwise",
    "languages",
    "interpreter",
    "cost",
    "cost_note",
    "access",
    "capacity_note",
    "url",
    "age_min",
    "age_max",
    "closed_from",
    "closed_to",
    "closed_note",
    "valid_to",
)
HOURS, PHONE, MAIL = "hours:", "phone:", "mail:"

CHECK_DAYS = _l(
    "Bitte prüfen Sie die Tage: Das Ende liegt vor dem Beginn oder das Jahr stimmt nicht."
)
CHECK_AGE = _l("Bitte prüfen Sie das Alter.")
MESSAGES = {
    "url": _l("Bitte geben Sie eine Adresse an, die mit https:// beginnt."),
    "hours": _l("Bitte schreiben Sie die Zeiten so: Mo–Do 09:00–12:00; Di 14:00–16:00"),
    "age_min": CHECK_AGE,
    "age_max": CHECK_AGE,
    "closed_from": CHECK_DAYS,
    "closed_to": CHECK_DAYS,
    "valid_to": CHECK_DAYS,
}
CHECK_THIS = _l("Bitte prüfen Sie diese Angabe. Vielleicht fehlt sie, oder sie ist zu lang.")

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what it said when somebody wrote, what it should say, and what it says now."""

    field: str
    before: Any
    after: Any
    now: Any

    @property
    def changed_meanwhile(self) -> bool:
        """Whether somebody else has changed it since."""
        return bool(self.before != self.now)


def values_of(record: Record) -> Values:
    """Return what may be corrected about a service, with what it says now."""
    draft = draft_of(record)
    values = {name: _plain(getattr(draft, name)) for name in FIELDS}
    values |= {f"{HOURS}{at.place.key}": hours_text(at.hours) for at in record.places}
    for contact in {one.contact.id: one.contact for one in record.contacts}.values():
        if contact.public:
            values[f"{PHONE}{contact.id}"] = contact.phone
            values[f"{MAIL}{contact.id}"] = contact.mail
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def differing(record: Record, changes: Mapping[str, Any]) -> tuple[Values, Values]:
    """Return what differs: the values before and after; what may not be corrected is left out."""
    now = values_of(record)
    after = {name: _tidy(name, changes[name]) for name in now if name in changes}
    differ = [name for name, value in after.items() if value != now[name]]
    return {name: now[name] for name in differ}, {name: after[name] for name in differ}


def _tidy(name: str, value: Any) -> Any:
    """Return a value as a form says it in its plain form."""
    if name in LISTS:
        return list(dict.fromkeys(value)) if isinstance(value, (list, tuple)) else []
    if name in NUMBERS:
        return value if isinstance(value, int) else None
    if name in DAYS:
        return _iso(value) if value else None
    text = cleaned(str(value or ""), field=name, longest=10_000)
    return _as_written(text) if name.startswith(HOURS) else text


def _iso(value: Any) -> str:
    """Return a day as it is kept; what is none stays as it is, to be refused later."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return str(value)


def _as_written(hours: str) -> str:
    """Return hours in the one way of writing them, so that only a real change counts as one."""
    try:
        return hours_text(parse_hours(hours))
    except RuleBroken:
        return hours


def check_public(record: Record, after: Mapping[str, Any]) -> None:
    """Raise RuleBroken, in the reader's language, if one of these values could never be adopted."""
    for name, value in after.items():
        try:
            if name.startswith(HOURS):
                parse_hours(value, field=name)
            elif name in FIELDS:
                checked(with_values(draft_of(record), {name: value, **_partners(after, name)}))
            else:
                cleaned(value, field=name, longest=LONGEST_LINE)
        except RuleBroken as broken:
            if broken.field in {name, *after, *_pair_of(name)}:
                key = "hours" if name.startswith(HOURS) else name
                raise RuleBroken(MESSAGES.get(key, CHECK_THIS), field=name) from broken
        except ValueError as error:
            raise RuleBroken(MESSAGES.get(name, CHECK_THIS), field=name) from error


PAIRS = (("age_min", "age_max"), ("closed_from", "closed_to"))


def _pair_of(name: str) -> tuple[str, ...]:
    """Return both ends of the range that a value is one end of."""
    return next((pair for pair in PAIRS if name in pair), ())


def _partners(after: Mapping[str, Any], name: str) -> Values:
    """Return what has to be looked at together with a value: the other end of its range."""
    return {other: after[other] for other in _pair_of(name) if other in after}


def with_values(draft: ServiceDraft, values: Mapping[str, Any]) -> ServiceDraft:
    """Return a draft in which some values are others; hours and contacts' numbers are no part of it yet."""
    own: Values = {name: _typed(name, value) for name, value in values.items() if name in FIELDS}
    places = tuple(
        PlaceEntry(one.place, values.get(f"{HOURS}{one.place}", one.hours)) for one in draft.places
    )
    return replace(draft, places=places, **own)


def _typed(name: str, value: Any) -> Any:
    if name in DAYS:
        return date.fromisoformat(value) if value else None
    return tuple(value) if name in LISTS else value


def write_contacts(record: Record, values: Mapping[str, Any], entry: Entry) -> None:
    """Write adopted phone numbers and addresses into the service's own contacts, inside a change."""
    own = {one.contact.id: one.contact for one in record.contacts if one.contact.public}
    for name, value in values.items():
        column = "phone" if name.startswith(PHONE) else "mail" if name.startswith(MAIL) else ""
        contact = own.get(int(name.partition(":")[2])) if column else None
        if contact is not None:
            tidy = cleaned(value, field=name, longest=LONGEST_LINE)
            Contact.update({column: tidy}).where(Contact.id == contact.id).execute()
            touch_services_of_contact(entry, contact.id)


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], record: Record
) -> tuple[Difference, ...]:
    """Return field by field what somebody says and what stands there now."""
    now = values_of(record)
    return tuple(Difference(name, before[name], after[name], now.get(name)) for name in after)
