"""Who answers today: holder → substitute → fallback post (the coordination office) and never nobody.

Requests belong to posts, not to people; who answers is asked anew each day. So nothing has to be moved when somebody
falls ill, leaves or starts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from portal.domain.grants import may_at, with_grants
from portal.domain.permissions import Permission
from portal.models.accounts import Absence, Account, Holding
from portal.models.county import StaffPosition


class Reason(StrEnum):
    """One step of the answer to "Why is this mine?"."""

    HOLDER = auto()
    HOLDER_ABSENT = auto()
    VACANT = auto()
    SUBSTITUTE = auto()
    SUBSTITUTE_ABSENT = auto()
    FALLBACK = auto()
    LAST_RESORT = auto()
    """Everybody is absent: it stays with the fallback post until somebody is back."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who holds a post on a day and who stands in; people are present or absent."""

    holders: tuple[tuple[Account, bool], ...] = ()
    substitutes: tuple[tuple[Account, bool], ...] = ()

    @property
    def everybody(self) -> tuple[Account, ...]:
        """Return holders and substitutes, present or not."""
        return tuple(account for account, _present in (*self.holders, *self.substitutes))


@dataclass(frozen=True, slots=True)
class Duty:
    """The answer: the post that answers, the people, and why they."""

    position: StaffPosition
    accounts: tuple[Account, ...]
    reasons: tuple[Reason, ...]


Staffings = dict[int, Staffing]


def choose(position: StaffPosition, fallback: StaffPosition, staffings: Staffings) -> Duty:
    """Decide who answers for a post; there is always a post that owns the answer."""
    accounts, reasons = _present_at(staffings.get(position.id, Staffing()))
    if accounts:
        return Duty(position, accounts, reasons)
    if position.id != fallback.id:
        reasons = (*reasons, Reason.FALLBACK)
        accounts, more = _present_at(staffings.get(fallback.id, Staffing()))
        if accounts:
            return Duty(fallback, accounts, reasons)
        reasons = (*reasons, *more)
    last = staffings.get(fallback.id, Staffing()).everybody
    return Duty(fallback, last, (*reasons, Reason.LAST_RESORT))


def _present_at(staffing: Staffing) -> tuple[tuple[Account, ...], tuple[Reason, ...]]:
    holders = _present(staffing.holders)
    if holders:
        return holders, (Reason.HOLDER,)
    why = Reason.HOLDER_ABSENT if staffing.holders else Reason.VACANT
    substitutes = _present(staffing.substitutes)
    if substitutes:
        return substitutes, (why, Reason.SUBSTITUTE)
    return (), (why, Reason.SUBSTITUTE_ABSENT) if staffing.substitutes else (why,)


def _present(people: Iterable[tuple[Account, bool]]) -> tuple[Account, ...]:
    return tuple(account for account, present in people if present)


def staffings(day: date) -> Staffings:
    """Return the staffing of every post on a day; only people who may work on its requests count."""
    absent = {
        absence.account_id
        for absence in Absence.select().where(Absence.first_day <= day, Absence.last_day >= day)
    }
    people: dict[tuple[int, bool], list[tuple[Account, bool]]] = defaultdict(list)
    for holding in _holdings_on(day):
        person = (holding.account, holding.account_id not in absent)
        people[holding.position_id, holding.substitute].append(person)
    return {
        position_id: Staffing(tuple(people[position_id, False]), tuple(people[position_id, True]))
        for position_id in {position_id for position_id, _substitute in people}
    }


def _holdings_on(day: date) -> list[Holding]:
    query = (
        Holding.select(Holding, Account, StaffPosition)
        .join(Account)
        .switch(Holding)
        .join(StaffPosition)
        .where(
            Holding.valid_from <= day,
            Holding.valid_to.is_null() | (Holding.valid_to >= day),
            Account.active.is_set(),
        )
        .order_by(Holding.id)
    )
    holdings = list(query)
    with_grants(holding.account for holding in holdings)
    return [
        holding
        for holding in holdings
        if may_at(holding.account, Permission.INTAKE_WORK, holding.position)
    ]


def fallback_position() -> StaffPosition:
    """Return the post that answers when no other does."""
    return StaffPosition.get(StaffPosition.is_fallback.is_set())


def on_duty(position: StaffPosition, day: date) -> Duty:
    """Return who answers for a post on a day."""
    return choose(position, fallback_position(), staffings(day))


def duties_of(account: Account, day: date) -> dict[int, Duty]:
    """Return, by post, what an account may handle on a day: own posts always, others while standing in."""
    fallback, all_staffings = fallback_position(), staffings(day)
    duties = {
        position.id: choose(position, fallback, all_staffings)
        for position in StaffPosition.select()
    }
    return {
        position_id: duty
        for position_id, duty in duties.items()
        if account in duty.accounts or _holds(account, all_staffings.get(position_id))
    }


def _holds(account: Account, staffing: Staffing | None) -> bool:
    return staffing is not None and any(account == held for held, _present in staffing.holders)
