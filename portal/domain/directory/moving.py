"""The moves of a service: who may make which, and what each leaves behind."""

from collections.abc import Callable
from datetime import date

from portal import clock
from portal.domain.actors import SYSTEM, Actor
from portal.domain.changes import change
from portal.domain.directory import codes
from portal.domain.directory.codes import MOVE_RULES, TRANSITIONS, Move, State
from portal.domain.directory.scope import Scope, scope_of
from portal.domain.directory.storing import check_version, locked_service, save, subject_of
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Role, may, require, roles_of
from portal.models.accounts import Account
from portal.models.directory import Service, ServiceTown

TOO_LATE = "Dieser Schritt ist jetzt nicht möglich. Bitte laden Sie die Seite neu."
LONGEST_REASON = 300


def move(
    by: Actor, key: str, move: Move | str, reason: str = "", version: int | None = None
) -> Service:
    """Move a service on; refuse what its state or the person's role does not allow."""
    wanted, why = _known_move(move), reason.strip()
    with change(by=by, action=f"directory:service:{wanted}", subject=subject_of(key)) as entry:
        service = locked_service(key)
        _refuse_move(by, service, wanted, why)
        if version is not None:
            check_version(service, version)
        before, service.state = service.state, TRANSITIONS[State(service.state)][wanted]
        service.state_reason = why
        if wanted in AFTERWARDS:
            AFTERWARDS[wanted](service, by)
        entry.changed(state=(before, service.state))
        save(service, entry)
    return service


def moves_for(by: Actor, service: Service) -> list[str]:
    """Return the moves that are open now to somebody; the pages show exactly these."""
    scope = scope_of(by)
    return [
        str(move)
        for move in TRANSITIONS[State(service.state)]
        if _may_move(by, service, move, scope)
    ]


def may_edit(by: Actor, service: Service) -> bool:
    """Tell whether a service is somebody's to edit; what has ended has to be taken up again first."""
    return service.state != State.ENDED and is_in_scope(service, scope_of(by))


def is_in_scope(service: Service, scope: Scope) -> bool:
    """Tell whether a service belongs to somebody's scope."""
    towns = () if service.county_wide else town_ids(service)
    return scope.holds_service(service.organisation_id, towns)


def town_ids(service: Service) -> set[int]:
    """Return the towns a service is for, by id."""
    return {row.town_id for row in ServiceTown.select().where(ServiceTown.service == service)}


def confirm_check(service: Service, *, on: date, by_provider: bool) -> None:
    """Note that what a service says is right, and when that has to be asked again."""
    service.checked_on = on
    service.checked_by_provider = by_provider
    service.next_check_on = on + codes.REVIEW_CYCLE
    service.asked_on = None


def is_provider(by: Actor) -> bool:
    """Tell whether somebody speaks for a provider."""
    return isinstance(by, Account) and Role.PROVIDER_EDITOR in roles_of(by)


def _known_move(move: Move | str) -> Move:
    try:
        return Move(move)
    except ValueError as error:
        raise NotFound from error


def _refuse_move(by: Actor, service: Service, move: Move, reason: str) -> None:
    rule, scope = MOVE_RULES[move], scope_of(by)
    if rule.permission is not None:
        require(by, rule.permission)
    if not is_in_scope(service, scope):
        raise NotAllowed
    if not _may_move(by, service, move, scope):
        raise RuleBroken(TOO_LATE)
    if rule.needs_reason and not reason:
        raise RuleBroken("Bitte nennen Sie den Grund.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(f"Höchstens {LONGEST_REASON} Zeichen.", field="reason")


def _may_move(by: Actor, service: Service, move: Move, scope: Scope) -> bool:
    if move not in TRANSITIONS[State(service.state)]:
        return False
    permission = MOVE_RULES[move].permission
    if by is SYSTEM:
        return True
    if permission is None or not isinstance(by, Account) or not may(by, permission):
        return False
    return is_in_scope(service, scope)


def _check(service: Service, by: Actor) -> None:
    confirm_check(service, on=clock.today(), by_provider=is_provider(by))


def _publish(service: Service, by: Actor) -> None:
    """Publishing says that somebody looked: what nobody checked yet is checked with it."""
    if service.checked_on is None:
        _check(service, by)
    elif service.next_check_on is None:
        service.next_check_on = service.checked_on + codes.REVIEW_CYCLE


AFTERWARDS: dict[Move, Callable[[Service, Actor], None]] = {
    Move.CHECK: _check,
    Move.PUBLISH: _publish,
    Move.RESUME: _publish,
}
"""What a move leaves behind beside the new state."""
