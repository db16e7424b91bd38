"""What a case manager sees: the list without names, one request with everything, and the reading is logged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from peewee import Expression, ModelSelect

from portal import clock
from portal.domain.changes import recorded_reading
from portal.domain.duty import Reason, duties_of
from portal.domain.errors import NotAllowed
from portal.domain.intake.deadlines import (
    contact_due,
    is_overdue,
    promised_days,
    waits_for_contact,
)
from portal.domain.intake.handling import allowed_moves, request_to_handle
from portal.domain.intake.messages import Message, messages_of
from portal.domain.intake.receiving import seal_context
from portal.domain.intake.states import ENDED, OPEN, WAITING_FOR_CONTACT, Move, State
from portal.domain.paging import page_within
from portal.domain.permissions import Permission, may
from portal.keys import keyring
from portal.models.accounts import Account
from portal.models.county import Town
from portal.models.intake import IntakeMessage, IntakeNameKey, IntakeRequest, IntakeStep

PAGE_SIZE = 25
MOST_TWINS = 5
GROUPS: dict[str, frozenset[State]] = {
    "open": OPEN,
    "waiting": WAITING_FOR_CONTACT,
    "running": OPEN - WAITING_FOR_CONTACT,
    "ended": ENDED - {State.WITHDRAWN},
    "all": frozenset(State) - {State.WITHDRAWN},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means all."""

    group: str = "open"
    town: str = ""
    language: str = ""
    channel: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; names are shown only inside a request."""

    ref: str
    town: str
    state: State
    language: str
    channel: str
    topics: tuple[str, ...]
    received_at: datetime
    due: date | None
    is_overdue: bool
    needs_check: bool
    has_news: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of the list."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Twin:
    """Another request that may come from the same person."""

    ref: str
    same_contact: bool


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """Everything about one request, for whoever handles it."""

    request: IntakeRequest
    person: dict[str, str]
    row: Row
    reasons: tuple[Reason, ...]
    moves: tuple[Move, ...]
    messages: tuple[Message, ...]
    steps: tuple[IntakeStep, ...]
    twins: tuple[Twin, ...]

    @property
    def is_ended(self) -> bool:
        """Whether nothing is left to do."""
        return self.request.state in ENDED


def inbox(*, by: Account, filters: Filters) -> Inbox:
    """Return the requests an account may handle today, the most urgent first."""
    if not may(by, Permission.INTAKE_WORK):
        raise NotAllowed
    query = _narrowed(_visible(by), filters)
    total = query.count()
    page, pages = page_within(filters.page, total=total, size=PAGE_SIZE)
    found = query.order_by(IntakeRequest.received_at).paginate(page, PAGE_SIZE)
    return Inbox(_rows(found), total, page, pages)


def _visible(account: Account) -> "ModelSelect[IntakeRequest]":
    positions = list(duties_of(account, clock.today()))
    return (
        IntakeRequest.select(IntakeRequest, Town)
        .join(Town)
        .where(IntakeRequest.position.in_(positions), IntakeRequest.state != State.WITHDRAWN)
    )


def _narrowed(
    query: "ModelSelect[IntakeRequest]", filters: Filters
) -> "ModelSelect[IntakeRequest]":
    query = query.where(IntakeRequest.state.in_(sorted(GROUPS.get(filters.group, OPEN))))
    wanted = (
        (Town.slug, filters.town),
        (IntakeRequest.language, filters.language),
        (IntakeRequest.channel, filters.channel),
    )
    for column, value in wanted:
        if value:
            query = query.where(column == value)
    return query


def _rows(requests: Iterable[IntakeRequest]) -> tuple[Row, ...]:
    found = list(requests)
    unread = {
        message.request_id
        for message in IntakeMessage.select().where(IntakeMessage.request.in_(found), _is_unread())
    }
    days = promised_days()
    return tuple(_row(request, days, request.id in unread) for request in found)


def _row(request: IntakeRequest, days: int, has_news: bool) -> Row:
    return Row(
        ref=request.ref,
        town=request.town.name,
        state=State(request.state),
        language=request.language,
        channel=request.channel,
        topics=tuple(request.topics),
        received_at=request.received_at,
        due=contact_due(request, days) if waits_for_contact(request) else None,
        is_overdue=is_overdue(request, days),
        needs_check=request.needs_check,
        has_news=has_news,
    )


def open_request(*, by: Account, reference: str) -> OpenedRequest:
    """Return one request with person data, and log that it was read and as what."""
    request = request_to_handle(by, reference)
    duty = duties_of(by, clock.today())[request.position_id]
    reasons = duty.reasons if by in duty.accounts else (Reason.HOLDER,)
    recorded_reading(by=by, subject=request, reason=" > ".join(reasons))
    person = keyring().open(request.sealed, context=seal_context(request.ref))
    if request.state == State.WITHDRAWN:
        person = dict.fromkeys(person, "")
    return OpenedRequest(
        request=request,
        person=person,
        row=_rows([request])[0],
        reasons=reasons,
        moves=allowed_moves(request),
        messages=() if request.state == State.WITHDRAWN else messages_of(request, reader=by),
        steps=tuple(request.steps.order_by(IntakeStep.id)),
        twins=_twins(request, by),
    )


def _twins(request: IntakeRequest, by: Account) -> tuple[Twin, ...]:
    """Hint at requests of this person's that are also the reader's to handle."""
    alike = _alike(request)
    found = _visible(by).where(
        IntakeRequest.id != request.id,
        (IntakeRequest.contact_hash == request.contact_hash) | IntakeRequest.id.in_(alike),
    )
    return tuple(
        Twin(other.ref, same_contact=other.contact_hash == request.contact_hash)
        for other in found.order_by(IntakeRequest.id.desc()).limit(MOST_TWINS)
    )


def _alike(request: IntakeRequest) -> list[int]:
    """Return the requests whose name holds this one's words, or the other way round."""
    own = {key.sound_hash for key in request.name_keys}
    sharing = IntakeNameKey.select(IntakeNameKey.request).where(
        IntakeNameKey.sound_hash.in_(sorted(own))
    )
    names: dict[int, set[str]] = defaultdict(set)
    for key in IntakeNameKey.select().where(IntakeNameKey.request.in_(sharing)):
        names[key.request_id].add(key.sound_hash)
    return [request_id for request_id, name in names.items() if own <= name or name <= own]


def waiting_count(*, by: Account) -> dict[str, int]:
    """Return how many of an account's requests wait for a first contact, too long for it, or for an answer."""
    waiting = _visible(by).where(IntakeRequest.state.in_(sorted(WAITING_FOR_CONTACT)))
    rows = _rows(waiting)
    unread = IntakeMessage.select(IntakeMessage.request).where(_is_unread())
    return {
        "waiting": len(rows),
        "overdue": sum(row.is_overdue for row in rows),
        "news": _visible(by).where(IntakeRequest.id.in_(unread)).count(),
    }


def _is_unread() -> Expression:
    return IntakeMessage.author.is_null() & IntakeMessage.read_at.is_null()
