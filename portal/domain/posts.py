"""Posts: who holds them from when to when, who stands in, and who is away.

Requests follow the post, so every change here moves them at once (`portal.domain.duty` asks anew each day). The
fallback post answers when no other does: once somebody holds it, it is never left without a holder.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from portal import clock
from portal.domain.actors import Actor
from portal.domain.changes import change
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.grants import may_at, may_hold, with_grants
from portal.domain.permissions import Permission, require
from portal.models.accounts import Absence, Account, Holding
from portal.models.county import Organisation, StaffPosition

KINDS_WITH_REQUESTS = frozenset({"CMS", "KS"})
"""Posts whose holder works on requests; the others (assistance, immigration office) may be held by anybody."""

EARLIEST, LATEST = date(2015, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Post:
    """A post with those who hold it or stand in, today or from a later day on."""

    position: StaffPosition
    holders: tuple[Holding, ...]
    substitutes: tuple[Holding, ...]

    def holders_on(self, day: date) -> tuple[Holding, ...]:
        """Return who holds it on a day."""
        return tuple(holding for holding in self.holders if covers(holding, day))

    def substitutes_on(self, day: date) -> tuple[Holding, ...]:
        """Return who stands in on a day."""
        return tuple(holding for holding in self.substitutes if covers(holding, day))


def covers(holding: Holding, day: date) -> bool:
    """Tell whether a holding counts on a day; its last day is one of its days."""
    return holding.valid_from <= day and (holding.valid_to is None or holding.valid_to >= day)


def all_posts() -> list[Post]:
    """Return every post, by key, with whoever holds it today or later."""
    held = _holdings_from(clock.today())
    positions = StaffPosition.select(StaffPosition, Organisation).left_outer_join(Organisation)
    return [_post(position, held) for position in positions.order_by(StaffPosition.key)]


def post(key: str) -> Post:
    """Return one post with whoever holds it today or later; raise NotFound."""
    found = next((known for known in all_posts() if known.position.key == key), None)
    if found is None:
        raise NotFound
    return found


def eligible(position: StaffPosition, *, by: Actor) -> list[Account]:
    """Return whom somebody could give a post to, by name."""
    people = Account.select().where(Account.active.is_set()).order_by(Account.name, Account.id)
    return [
        person
        for person in with_grants(people)
        if _is_eligible(person, position) and _may_appoint(by, person, position)
    ]


def holders_and_substitutes() -> list[Account]:
    """Return everybody who holds a post or stands in, today or later, by name."""
    people = {holding.account_id: holding.account for holding in _holdings_from(clock.today())}
    return sorted(people.values(), key=lambda person: (person.name, person.id))


def appoint(
    position_key: str,
    *,
    by: Actor,
    account_id: int,
    substitute: bool = False,
    valid_from: date,
    valid_to: date | None = None,
) -> Holding:
    """Give somebody a post, or let them stand in, from a day on."""
    require(by, Permission.POSITIONS_MANAGE)
    _check_days(valid_from, valid_to, field="valid_to")
    position = post(position_key).position
    account = _account(account_id)
    if not _is_eligible(account, position):
        raise RuleBroken("Die Rollen dieser Person passen nicht zu dieser Stelle.", field="account")
    if not _may_appoint(by, account, position):
        raise RuleBroken(
            "Das muss eine zweite Person tun: Niemand benennt sich selbst.", field="account"
        )
    with change(by=by, action="accounts:post:appoint", subject=position) as entry:
        # of two at once, the second sees the first
        StaffPosition.locked(StaffPosition.id == position.id)
        _refuse_overlap(position, account, valid_from, valid_to)
        holding: Holding = Holding.create(
            position=position,
            account=account,
            substitute=substitute,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        entry.changed(
            account=account.id, substitute=substitute, valid_from=valid_from, valid_to=valid_to
        )
        if position.is_fallback and not substitute and not _is_held_for_good(position, valid_from):
            raise RuleBroken(
                "Diese Stelle fängt alle anderen auf und braucht jemanden ohne Enddatum.",
                field="valid_to",
            )
    return holding


def end_holding(holding_id: int, *, by: Actor, last_day: date) -> None:
    """Say on which day somebody holds a post or stands in for the last time."""
    require(by, Permission.POSITIONS_MANAGE)
    holding = _holding(holding_id)
    _check_days(holding.valid_from, last_day, field="last_day")
    with change(by=by, action="accounts:post:end", subject=holding.position) as entry:
        with keeping_fallback_held():
            Holding.update(valid_to=last_day).where(Holding.id == holding.id).execute()
        entry.changed(account=holding.account_id, valid_to=(holding.valid_to, last_day))


def cancel_holding(holding_id: int, *, by: Actor) -> None:
    """Take an appointment back that has not begun."""
    require(by, Permission.POSITIONS_MANAGE)
    holding = _holding(holding_id)
    if holding.valid_from <= clock.today():
        raise RuleBroken("Das gilt schon. Nennen Sie einen letzten Tag.")
    with change(by=by, action="accounts:post:cancel", subject=holding.position) as entry:
        with keeping_fallback_held():
            holding.delete_instance()
        entry.changed(account=holding.account_id, valid_from=(holding.valid_from, None))


@contextmanager
def keeping_fallback_held() -> Iterator[None]:
    """Refuse a change, inside it, that leaves a held fallback post without a holder on some day from now on."""
    fallback = StaffPosition.locked(StaffPosition.is_fallback.is_set())
    was_held = fallback is not None and _is_held_for_good(fallback, clock.today())
    yield
    if fallback is not None and was_held and not _is_held_for_good(fallback, clock.today()):
        raise RuleBroken(
            "Danach wäre niemand für die Stelle da, die alle anderen auffängt. Benennen Sie erst jemanden."
        )


def absences_of(account: Account) -> list[Absence]:
    """Return somebody's absences that are not over, the next first."""
    mine = Absence.select().where(Absence.account == account, Absence.last_day >= clock.today())
    return list(mine.order_by(Absence.first_day))


def all_absences(*, by: Actor) -> list[Absence]:
    """Return everybody's absences that are not over, the next first."""
    require(by, Permission.POSITIONS_MANAGE)
    query = Absence.select(Absence, Account).join(Account).where(Absence.last_day >= clock.today())
    return list(query.order_by(Absence.first_day, Absence.id))


def record_absence(account_id: int, *, by: Actor, first_day: date, last_day: date) -> Absence:
    """Note that somebody is away: oneself, or anybody for those who manage posts; no reason is asked."""
    account = _account(account_id)
    _require_own_or_manage(by, account)
    _check_days(first_day, last_day, field="last_day")
    with change(by=by, action="accounts:absence:record", subject=account) as entry:
        Account.locked(Account.id == account.id)
        if any(
            first_day <= other.last_day and other.first_day <= last_day
            for other in Absence.select().where(Absence.account == account)
        ):
            raise RuleBroken(
                "An einem dieser Tage ist die Person schon abwesend.", field="first_day"
            )
        absence: Absence = Absence.create(account=account, first_day=first_day, last_day=last_day)
        entry.changed(account=account.id, first_day=first_day, last_day=last_day)
    return absence


def remove_absence(absence_id: int, *, by: Actor) -> None:
    """Take an absence back; raise NotFound for somebody else's, as if there were none."""
    absence = Absence.get_or_none(Absence.id == absence_id)
    if absence is None:
        raise NotFound
    try:
        _require_own_or_manage(by, absence.account)
    except NotAllowed as error:
        raise NotFound from error
    with change(by=by, action="accounts:absence:remove", subject=absence.account) as entry:
        absence.delete_instance()
        entry.changed(
            account=absence.account_id,
            first_day=(absence.first_day, None),
            last_day=(absence.last_day, None),
        )


def _holdings_from(day: date) -> list[Holding]:
    query = (
        Holding.select(Holding, Account)
        .join(Account)
        .where(Holding.valid_to.is_null() | (Holding.valid_to >= day), Account.active.is_set())
        .order_by(Holding.valid_from, Holding.id)
    )
    return list(query)


def _post(position: StaffPosition, held: Iterable[Holding]) -> Post:
    mine = [holding for holding in held if holding.position_id == position.id]
    return Post(
        position,
        tuple(holding for holding in mine if not holding.substitute),
        tuple(holding for holding in mine if holding.substitute),
    )


def _is_eligible(account: Account, position: StaffPosition) -> bool:
    if position.is_fallback or position.kind in KINDS_WITH_REQUESTS:
        return may_at(account, Permission.INTAKE_WORK, position)
    return may_hold(account, position)


def _may_appoint(by: Actor, account: Account, position: StaffPosition) -> bool:
    """Tell whether this needs no second person: whoever invites people must not reach requests by one invention.

    Somebody has to begin: the fallback post may be taken by oneself as long as nobody ever held it.
    """
    if by != account:
        return True
    return (
        position.is_fallback and not Holding.select().where(Holding.position == position).exists()
    )


def _is_held_for_good(position: StaffPosition, day: date) -> bool:
    """Tell whether somebody who may do the work holds a post on every day from one on."""
    held = _post(position, _holdings_from(day)).holders
    with_grants(one.account for one in held)
    holders = [one for one in held if may_at(one.account, Permission.INTAKE_WORK, position)]
    while True:
        ends = [holding.valid_to for holding in holders if covers(holding, day)]
        if not ends:
            return False
        if None in ends:
            return True
        day = max(end for end in ends if end) + timedelta(days=1)


def _refuse_overlap(
    position: StaffPosition, account: Account, valid_from: date, valid_to: date | None
) -> None:
    same = Holding.select().where(Holding.position == position, Holding.account == account)
    for other in same:
        begins_before_end = valid_to is None or other.valid_from <= valid_to
        if begins_before_end and (other.valid_to is None or valid_from <= other.valid_to):
            raise RuleBroken("Diese Person hat die Stelle in dieser Zeit schon.", field="account")


def _check_days(first: date, last: date | None, *, field: str) -> None:
    if not all(EARLIEST <= day <= LATEST for day in (first, last or first)):
        raise RuleBroken("Bitte prüfen Sie das Jahr.", field=field)
    if last is not None and last < first:
        raise RuleBroken("Das Ende liegt vor dem Beginn.", field=field)


def _account(account_id: int) -> Account:
    account: Account | None = Account.get_or_none(
        (Account.id == account_id) & Account.active.is_set()
    )
    if account is None:
        raise NotFound
    return account


def _holding(holding_id: int) -> Holding:
    found = (
        Holding.select(Holding, StaffPosition)
        .join(StaffPosition)
        .where(Holding.id == holding_id)
        .first()
    )
    if found is None:
        raise NotFound
    holding: Holding = found
    return holding


def _require_own_or_manage(by: Actor, account: Account) -> None:
    if by != account:
        require(by, Permission.POSITIONS_MANAGE)
