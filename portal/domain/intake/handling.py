"""The moves of a request: guards, and what each leaves behind."""

from portal import clock
from portal.domain.actors import REQUESTER, Actor
from portal.domain.changes import change
from portal.domain.duty import duties_of
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.intake.return_codes import grouped, hash_of, new_code
from portal.domain.intake.states import (
    ENDED,
    LIMIT_OF_TRIES,
    OUTCOMES,
    TRANSITIONS,
    Move,
    Outcome,
    State,
)
from portal.domain.permissions import Permission, may
from portal.i18n import _l
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest, IntakeStep

TOO_LATE = _l("Dieser Schritt ist jetzt nicht möglich. Bitte laden Sie die Seite neu.")


def allowed_moves(request: IntakeRequest) -> tuple[Move, ...]:
    """Return the moves that are open now; the pages show exactly these."""
    return tuple(
        move
        for move in TRANSITIONS[State(request.state)]
        if _tries_allow(move, request.failed_attempts, request.no_shows)
    )


def _tries_allow(move: Move, failed_attempts: int, no_shows: int) -> bool:
    if move is Move.GIVE_UP:
        return failed_attempts + no_shows >= LIMIT_OF_TRIES
    if move is Move.CONTACT:
        return no_shows < LIMIT_OF_TRIES
    return True


def request_to_handle(
    account: Account, reference: str, *, for_change: bool = False
) -> IntakeRequest:
    """Return a request that an account may handle today; to everybody else it does not exist."""
    condition = IntakeRequest.ref == reference
    request = (
        IntakeRequest.locked(condition) if for_change else IntakeRequest.get_or_none(condition)
    )
    if request is None or not may_handle(account, request):
        raise NotFound
    return request


def may_handle(account: Account, request: IntakeRequest) -> bool:
    """Tell whether a request is an account's to handle today: by post, or standing in."""
    if not may(account, Permission.INTAKE_WORK):
        return False
    return request.position_id in duties_of(account, clock.today())


def make_move(
    *,
    by: Account,
    reference: str,
    move: Move,
    outcome: Outcome | None = None,
    seen_steps: int | None = None,
) -> IntakeRequest:
    """Move a request on; refuse what its state does not allow, or what was decided on an older state.

    `seen_steps` is how many steps the person saw: so a second click does not count twice.
    """
    with change(by=by, action=f"intake:request:{move}") as entry:
        request = request_to_handle(by, reference, for_change=True)
        if seen_steps not in {None, request.steps.count()}:
            raise RuleBroken(TOO_LATE)
        before = request.state
        _apply(request, move, outcome, by=by)
        entry.about(request)
        entry.changed(state=(before, request.state), outcome=request.outcome)
    return request


def withdraw(request_id: int) -> None:
    """Withdraw a request in the person's own name; its data is deleted by the retention rule."""
    with change(by=REQUESTER, action="intake:request:withdraw") as entry:
        request = IntakeRequest.locked(IntakeRequest.id == request_id)
        if request is None:
            raise NotFound
        _apply(request, Move.WITHDRAW, None, by=REQUESTER)
        entry.about(request)


def _apply(request: IntakeRequest, move: Move, outcome: Outcome | None, *, by: Actor) -> None:
    if move not in allowed_moves(request):
        raise RuleBroken(TOO_LATE)
    request.state = TRANSITIONS[State(request.state)][move]
    if move in OUTCOMES:
        request.outcome = _outcome(move, outcome)
    request.failed_attempts += move is Move.TRY_CONTACT
    request.no_shows += move is Move.MISS
    moment = clock.now()
    if move is Move.TRIAGE:
        request.needs_check = False  # a person looked at it and took it up
    if move is Move.CONTACT and request.first_contact_at is None:
        request.first_contact_at = moment
    if request.state in ENDED and request.closed_at is None:
        request.closed_at = moment
    if move is Move.WITHDRAW:
        request.withdrawn_at = moment
    if move is Move.REOPEN:
        request.outcome, request.closed_at = "", None
        request.failed_attempts = request.no_shows = 0
    request.save()
    note_step(request, move, by=by)


def note_step(request: IntakeRequest, move: str, *, by: Actor = REQUESTER) -> None:
    """Add a step to a request's history."""
    IntakeStep.create(
        request=request,
        move=move,
        state=request.state,
        by=by if isinstance(by, Account) else None,
        at=clock.now(),
    )


def _outcome(move: Move, chosen: Outcome | None) -> Outcome:
    possible = OUTCOMES[move]
    if len(possible) == 1:
        return next(iter(possible))
    if chosen not in possible:
        raise RuleBroken(_l("Bitte wählen Sie das Ergebnis."), field="outcome")
    return chosen


def issue_new_code(*, by: Account, reference: str) -> str:
    """Replace a lost return code and return the new one; the old one opens nothing any more."""
    code = new_code()
    with change(by=by, action="intake:request:new_code") as entry:
        request = request_to_handle(by, reference, for_change=True)
        if request.state == State.WITHDRAWN:
            raise RuleBroken(_l("Diese Anfrage wurde zurückgezogen."))
        request.code_hash, request.code_kept = hash_of(code), True
        request.save()
        entry.about(request)
    return grouped(code)
