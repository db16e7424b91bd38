"""What staff see of services: all states, what is to be checked, and what may be done with each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from peewee import Expression, ModelSelect, fn

from portal import clock
from portal.domain.actors import Actor
from portal.domain.directory import presenting
from portal.domain.directory.codes import PROPOSAL_OPEN, PUBLIC_STATES, State
from portal.domain.directory.demarcations import lines_for
from portal.domain.directory.drafts import ContactEntry, PlaceEntry, ServiceDraft
from portal.domain.directory.hours import hours_text
from portal.domain.directory.moving import may_edit, moves_for
from portal.domain.directory.records import (
    Record,
    by_keys,
    is_for_town,
    is_public,
    load,
    services,
)
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.directory.views import ServiceDetail
from portal.domain.errors import NotFound
from portal.domain.paging import page_within
from portal.domain.permissions import Permission, require
from portal.i18n import SOURCE
from portal.models.county import Organisation
from portal.models.directory import Service, ServiceProposal, ServiceTown

PAGE_SIZE = 25
GROUPS: dict[str, frozenset[State]] = {
    "all": frozenset(State) - {State.ENDED},
    "new": frozenset({State.SUBMITTED, State.IN_EDITING}),
    "public": PUBLIC_STATES,
    "needs_check": frozenset({State.NEEDS_CHECK}),
    "suspended": frozenset({State.SUSPENDED}),
    "ended": frozenset({State.ENDED}),
}
"""What the list can be narrowed to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceFilters:
    """What the list is narrowed to; empty means all."""

    group: str = "all"
    town: str = ""
    organisation: str = ""
    topic: str = ""
    text: str = ""
    mine: bool = False
    """Only what one may edit."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of the list."""

    key: str
    name: str
    provider: str
    programme: str
    towns: tuple[str, ...]
    """Names; empty if county-wide."""
    state: State
    checked_on: date | None
    next_check_on: date | None
    is_stale: bool
    confirmed_by_provider: bool
    open_proposals: int
    link_problem: str
    demo: bool
    may_edit: bool


@dataclass(frozen=True, slots=True)
class StaffList:
    """One page of the list."""

    rows: tuple[StaffRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class StaffService:
    """Everything about one service, for whoever keeps it."""

    key: str
    version: int
    state: State
    state_reason: str
    draft: ServiceDraft
    detail: ServiceDetail
    is_public: bool
    moves: tuple[str, ...]
    may_edit: bool
    link_problem: str
    asked_on: date | None
    open_proposals: tuple[str, ...]
    """The references of what somebody says should be different."""
    locales: tuple[str, ...]
    """The languages it is translated into."""


def staff_list(by: Actor, filters: ServiceFilters, page: int = 1) -> StaffList:
    """Return services of all states, by name."""
    require(by, Permission.DIRECTORY_READ)
    query = _narrowed(services(), filters)
    if filters.mine:
        query = query.where(services_within(scope_of(by)))
    total = query.count()
    page, pages = page_within(page, total=total, size=PAGE_SIZE)
    found = load(query.order_by(fn.LOWER(Service.name), Service.key).paginate(page, PAGE_SIZE))
    return StaffList(_rows(by, found), total, page, pages)


def staff_service(by: Actor, key: str) -> StaffService:
    """Return one service with all that can be done about it; raise NotFound."""
    require(by, Permission.DIRECTORY_READ)
    found = by_keys([key])
    if not found:
        raise NotFound
    record, now = found[0], clock.now()
    service, programme = record.service, record.programme
    lines = lines_for(programme.key, clock.today()) if programme else ()
    editable = may_edit(by, service)
    return StaffService(
        key=service.key,
        version=service.version,
        state=State(service.state),
        state_reason=service.state_reason,
        draft=draft_of(record),
        detail=presenting.detail(record, locale=SOURCE, at=now, lines=lines),
        is_public=bool(by_keys([key], is_public(clock.today()))),
        moves=tuple(moves_for(by, service)),
        may_edit=editable,
        link_problem=service.link_problem,
        asked_on=service.asked_on,
        open_proposals=_open_proposals(service) if editable else (),
        locales=tuple(sorted(record.translations)),
    )


def draft_of(record: Record) -> ServiceDraft:
    """Return a service as a form holds it."""
    service = record.service
    place_keys = {at.place.id: at.place.key for at in record.places}
    same = {
        name: getattr(service, name)
        for name in ServiceDraft.__dataclass_fields__
        if name not in OF_OTHERS
    }
    lists = {name: tuple(value) for name, value in same.items() if isinstance(value, list)}
    return ServiceDraft(
        **same | lists,
        organisation=service.organisation.key,
        programme=record.programme.key if record.programme else "",
        towns=tuple(town.slug for town in record.towns),
        places=tuple(PlaceEntry(at.place.key, hours_text(at.hours)) for at in record.places),
        contacts=tuple(
            ContactEntry(one.contact.id, place_keys.get(one.place_id or 0, ""))
            for one in record.contacts
        ),
    )


OF_OTHERS = frozenset({"organisation", "programme", "towns", "places", "contacts"})
"""What of a draft stands in rows of its own."""


def _narrowed(query: "ModelSelect[Service]", filters: ServiceFilters) -> "ModelSelect[Service]":
    states = GROUPS.get(filters.group, GROUPS["all"])
    query = query.where(Service.state.in_(sorted(states)))
    if filters.town:
        query = query.where(is_for_town(filters.town))
    if filters.organisation:
        query = query.where(Organisation.key == filters.organisation)
    if filters.topic:
        query = query.where(Service.topics.holds(filters.topic))
    if filters.text:
        query = query.where(
            Service.name.contains(filters.text) | Organisation.name.contains(filters.text)
        )
    return query


def services_within(scope: Scope) -> Expression:
    """Return the condition that a service belongs to a scope."""
    if scope.everything:
        return Service.id.is_null(False)
    towns = ServiceTown.select(ServiceTown.service).where(ServiceTown.town.in_(sorted(scope.towns)))
    within: Expression = Service.organisation.in_(sorted(scope.organisations)) | (
        ~Service.county_wide.is_set() & Service.id.in_(towns)
    )
    return within


def _rows(by: Actor, found: list[Record]) -> tuple[StaffRow, ...]:
    scope, today = scope_of(by), clock.today()
    waiting = _counts_of_open_proposals([record.service.id for record in found])
    return tuple(_row(record, scope, today, waiting.get(record.service.id, 0)) for record in found)


def _row(record: Record, scope: Scope, today: date, open_proposals: int) -> StaffRow:
    service = record.service
    towns = () if service.county_wide else tuple(record.towns)
    in_scope = scope.holds_service(service.organisation_id, {town.id for town in towns})
    return StaffRow(
        key=service.key,
        name=service.name,
        provider=service.organisation.name,
        programme=record.programme.abbr if record.programme else "",
        towns=tuple(town.name for town in towns),
        state=State(service.state),
        checked_on=service.checked_on,
        next_check_on=service.next_check_on,
        is_stale=presenting.is_stale(service, today),
        confirmed_by_provider=service.checked_by_provider,
        open_proposals=open_proposals,
        link_problem=service.link_problem,
        demo=service.demo,
        may_edit=in_scope and service.state != State.ENDED,
    )


def _counts_of_open_proposals(service_ids: list[int]) -> dict[int, int]:
    rows = ServiceProposal.select(ServiceProposal.service).where(
        ServiceProposal.service.in_(service_ids), ServiceProposal.state == PROPOSAL_OPEN
    )
    return Counter(row.service_id for row in rows)


def _open_proposals(service: Service) -> tuple[str, ...]:
    rows = ServiceProposal.select().where(
        ServiceProposal.service == service, ServiceProposal.state == PROPOSAL_OPEN
    )
    return tuple(row.ref for row in rows.order_by(ServiceProposal.id))
