"""Services: submitted, edited, moved on, and read by staff, each within one's scope."""

from portal.domain.actors import SYSTEM, Actor
from portal.domain.changes import change
from portal.domain.directory.codes import State
from portal.domain.directory.drafts import Checked, ContactEntry, PlaceEntry, ServiceDraft, checked
from portal.domain.directory.moving import is_provider, may_edit, move, moves_for, town_ids
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.directory.staff import (
    ServiceFilters,
    StaffList,
    StaffRow,
    StaffService,
    staff_list,
    staff_service,
)
from portal.domain.directory.storing import check_version, create, locked_service, store, subject_of
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.permissions import Permission, may, require
from portal.models.accounts import Account
from portal.models.directory import Service

__all__ = [
    "ContactEntry",
    "PlaceEntry",
    "ServiceDraft",
    "ServiceFilters",
    "StaffList",
    "StaffRow",
    "StaffService",
    "edit",
    "may_edit",
    "move",
    "moves_for",
    "staff_list",
    "staff_service",
    "submit",
]


def submit(by: Actor, draft: ServiceDraft, key: str = "") -> Service:
    """Add a service: submitted by those who may not publish, in editing by those who may."""
    require(by, Permission.DIRECTORY_EDIT)
    entries = checked(draft)
    _check_scope(scope_of(by), entries)
    publishes = by is SYSTEM or (isinstance(by, Account) and may(by, Permission.DIRECTORY_PUBLISH))
    state = State.IN_EDITING if publishes else State.SUBMITTED
    with change(by=by, action="directory:service:submit") as entry:
        entry.changed(state=state, organisation=draft.organisation)
        service = create(key, draft.name, state, entries, entry)
        entry.about(subject_of(service.key))
    return service


def edit(by: Actor, key: str, draft: ServiceDraft, version: int) -> Service:
    """Write what a form says into a service; refuse if somebody else changed it since `version`."""
    require(by, Permission.DIRECTORY_EDIT)
    entries = checked(draft)
    with change(by=by, action="directory:service:edit", subject=subject_of(key)) as entry:
        service = locked_service(key)
        if not may_edit(by, service):
            raise NotAllowed
        check_version(service, version)
        _check_scope(scope_of(by), entries, before=service)
        store(service, entries, entry, by_provider=is_provider(by))
    return service


def _check_scope(scope: Scope, entries: Checked, before: Service | None = None) -> None:
    """Refuse to give a service away, to take somebody else's, or to decide for other towns than one's own."""
    if scope.everything:
        return
    _check_answers(entries, before)
    organisation, towns = entries.columns["organisation"], {town.id for town in entries.towns}
    if not scope.holds_service(organisation.id, towns):
        field = "organisation" if scope.organisations else "towns"
        raise RuleBroken("Das dürfen Sie nur für Ihren eigenen Bereich eintragen.", field=field)
    if organisation.id in scope.organisations:
        return
    had = town_ids(before) if before else set()
    if (towns ^ had) - scope.towns:
        raise RuleBroken("Andere Städte trägt die Koordinierungsstelle ein.", field="towns")


def _check_answers(entries: Checked, before: Service | None) -> None:
    """Refuse to put oneself behind an answer of the Wegweiser: that is for those who look at all services."""
    had = set(before.wayfinder_codes) if before else set()
    if set(entries.columns["wayfinder_codes"]) != had:
        raise RuleBroken(
            "Hinter welcher Antwort des Wegweisers ein Angebot steht, trägt die Koordinierungsstelle ein.",
            field="wayfinder_codes",
        )
