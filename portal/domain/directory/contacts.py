"""Contacts: functions one can call or write to, never persons; one contact for many services and places."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from peewee import fn

from portal import clock
from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.directory.checks import LONGEST_LINE, check_codes, cleaned
from portal.domain.directory.hours import hours_text, parse_hours, to_rows
from portal.domain.directory.records import reach_of
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.directory.touching import touch_services_of_contact
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Permission, require
from portal.domain.searchable import Kind, touch
from portal.domain.towns import county_setting
from portal.models.county import Contact, Organisation
from portal.models.directory import ContactHours, Service, ServiceContact


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactDraft:
    """What a form says about a contact: the organisation's key, own hours as text."""

    organisation: str
    function_title: str
    phone: str = ""
    mail: str = ""
    public: bool = True
    hours: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact with the services it answers for, as staff see it."""

    id: int
    draft: ContactDraft
    organisation_name: str
    services: tuple[tuple[str, str], ...]
    """Keys and names."""
    may_edit: bool


def contacts_list(by: Actor, organisation: str = "") -> list[ContactRow]:
    """Return contacts with where they are used, by organisation and function."""
    require(by, Permission.DIRECTORY_READ)
    query = _joined().order_by(fn.LOWER(Organisation.name), Contact.function_title, Contact.id)
    return _rows(by, query.where(Organisation.key == organisation) if organisation else query)


def staff_contact(by: Actor, contact_id: int) -> ContactRow:
    """Return one contact; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    found = _rows(by, _joined().where(Contact.id == contact_id))
    if not found:
        raise NotFound
    return found[0]


def add(by: Actor, draft: ContactDraft) -> int:
    """Add a contact and return its id."""
    require(by, Permission.DIRECTORY_EDIT)
    values, reach = _checked(draft)
    _require_scope(scope_of(by), values["organisation"])
    with change(by=by, action="directory:contact:add") as entry:
        contact: Contact = Contact.create(**values)
        _store_reach(contact, reach)
        entry.about(f"contact:{contact.id}")
        touch(entry, Kind.ORGANISATION, draft.organisation)
    contact_id: int = contact.id
    return contact_id


def edit(by: Actor, contact_id: int, draft: ContactDraft) -> None:
    """Write what a form says into a contact; all its services follow."""
    require(by, Permission.DIRECTORY_EDIT)
    values, reach = _checked(draft)
    with change(by=by, action="directory:contact:edit", subject=f"contact:{contact_id}") as entry:
        contact = Contact.locked(Contact.id == contact_id)
        if contact is None:
            raise NotFound
        scope = scope_of(by)
        if not scope.holds_organisation(contact.organisation):
            raise NotAllowed
        _require_scope(scope, values["organisation"])
        before = contact.organisation.key
        changed = [name for name, value in values.items() if getattr(contact, name) != value]
        for name in changed:
            setattr(contact, name, values[name])
        contact.save()
        _store_reach(contact, reach)
        entry.changed(fields=sorted(changed))
        touch_services_of_contact(entry, contact.id)
        for key in sorted({before, draft.organisation}):
            touch(entry, Kind.ORGANISATION, key)


def _joined() -> Any:
    return Contact.select(Contact, Organisation).join(Organisation)


def _rows(by: Actor, query: Iterable[Contact]) -> list[ContactRow]:
    contacts = list(query)
    ids = [contact.id for contact in contacts]
    used, reach, scope = _used(ids), reach_of(ids), scope_of(by)
    mine = {
        one.id: scope.holds_organisation(one)
        for one in {contact.organisation_id: contact.organisation for contact in contacts}.values()
    }
    return [
        ContactRow(
            contact.id,
            _draft(contact, *reach[contact.id]),
            contact.organisation.name,
            tuple(used.get(contact.id, ())),
            mine[contact.organisation_id],
        )
        for contact in contacts
    ]


def _draft(contact: Contact, hours: Any, languages: tuple[str, ...]) -> ContactDraft:
    return ContactDraft(
        organisation=contact.organisation.key,
        function_title=contact.function_title,
        phone=contact.phone,
        mail=contact.mail,
        public=contact.public,
        hours=hours_text(hours),
        languages=languages,
    )


def _used(ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = ServiceContact.select(ServiceContact, Service).join(Service).order_by(Service.name)
    for row in rows.where(ServiceContact.contact.in_(ids)):
        service = row.service.key, row.service.name
        if service not in found.setdefault(row.contact_id, []):
            found[row.contact_id].append(service)
    return found


def _require_scope(scope: Scope, organisation: Organisation) -> None:
    if not scope.holds_organisation(organisation):
        raise RuleBroken(
            "Das dürfen Sie nur für Ihren eigenen Bereich eintragen.", field="organisation"
        )


def _checked(draft: ContactDraft) -> tuple[dict[str, Any], dict[str, Any]]:
    organisation = Organisation.get_or_none(Organisation.key == draft.organisation)
    if organisation is None:
        raise RuleBroken("Diese Organisation gibt es nicht.", field="organisation")
    check_codes(draft.languages, county_setting("languages"), field="languages")
    values = {
        "organisation": organisation,
        "function_title": cleaned(
            draft.function_title, field="function_title", longest=LONGEST_LINE, required=True
        ),
        "phone": cleaned(draft.phone, field="phone", longest=LONGEST_LINE),
        "mail": _mail(draft.mail),
        "public": draft.public,
    }
    return values, {
        "hours": to_rows(parse_hours(draft.hours)),
        "languages": list(dict.fromkeys(draft.languages)),
    }


def _mail(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise RuleBroken("Diese E-Mail-Adresse ist nicht vollständig.", field="mail") from error


def _store_reach(contact: Contact, reach: dict[str, Any]) -> None:
    ContactHours.delete().where(ContactHours.contact == contact).execute()
    if any(reach.values()):
        ContactHours.create(contact=contact, checked_on=clock.today(), **reach)
