"""People and requests to test with, made by the domain's own verbs."""

from collections.abc import Callable, Sequence
from itertools import count

from portal import clock
from portal.domain import posts
from portal.domain.accounts import invitations, people, scopes
from portal.domain.actors import SYSTEM
from portal.domain.duty import on_duty
from portal.domain.intake import answers as codes
from portal.domain.intake.answers import Answers
from portal.domain.intake.handling import make_move, withdraw
from portal.domain.intake.receiving import receive
from portal.domain.intake.states import LIMIT_OF_TRIES, OUTCOMES, Move, State
from portal.domain.permissions import Permission, Role, may
from portal.models.accounts import Account
from portal.models.county import Organisation, StaffPosition
from portal.models.intake import IntakeRequest

PASSWORD = "Vier grüne Fahrräder tanzen"
_numbers = count(1)

TO_CONTACTED = (Move.TRIAGE, Move.CONTACT)
PATHS: dict[State, tuple[Move, ...]] = {
    State.RECEIVED: (),
    State.IN_TRIAGE: (Move.TRIAGE,),
    State.CONTACTED: TO_CONTACTED,
    State.APPOINTMENT: (*TO_CONTACTED, Move.APPOINT),
    State.NO_SHOW: (*TO_CONTACTED, Move.APPOINT, Move.MISS),
    State.INTAKE_DONE: (*TO_CONTACTED, Move.FINISH_INTAKE),
    State.CLOSED: (*TO_CONTACTED, Move.FINISH_INTAKE, Move.CLOSE),
    State.CASE_OPENED: (*TO_CONTACTED, Move.FINISH_INTAKE, Move.OPEN_CASE),
    State.DUPLICATE: (Move.TRIAGE, Move.MARK_DUPLICATE),
    State.OUT_OF_AREA: (Move.TRIAGE, Move.MARK_OUT_OF_AREA),
    State.UNREACHABLE: (Move.TRIAGE, *[Move.TRY_CONTACT] * LIMIT_OF_TRIES, Move.GIVE_UP),
    State.WITHDRAWN: (Move.WITHDRAW,),
}
"""The shortest way to each state."""

MakeAccount = Callable[..., Account]
MakeRequest = Callable[..., IntakeRequest]


def make_account(
    role: Role | Sequence[Role] = (),
    *,
    position: str = "",
    substitute: bool = False,
    organisation: str = "",
    name: str = "",
    mail: str = "",
    password: str = "",
) -> Account:
    """Invite somebody, with a role and (by key) a post to hold or to stand in for.

    Without a password the invitation stays open: `sign_in` needs none.
    """
    number = next(_numbers)
    roles = [role] if isinstance(role, Role) else list(role)
    scope = _scope(position, organisation)
    account, token = people.invite(
        by=SYSTEM,
        mail=mail or f"person-{number}@example.org",
        name=name or f"Person {number}",
        roles=[people.WantedRole(one, _fitting(one, scope)) for one in roles],
    )
    if password:
        invitations.accept(token, password=password)
    if position:
        posts.appoint(
            position,
            by=SYSTEM,
            account_id=account.id,
            substitute=substitute,
            valid_from=clock.today(),
        )
    return Account.get_by_id(account.id)


def _scope(position: str, organisation: str) -> scopes.Scope:
    if position:
        row = StaffPosition.get(StaffPosition.key == position)
        return scopes.Scope(scopes.ScopeKind.POSITION, row.id)
    if organisation:
        row = Organisation.get(Organisation.key == organisation)
        return scopes.Scope(scopes.ScopeKind.ORGANISATION, row.id)
    return scopes.WHOLE_COUNTY


def _fitting(role: Role, scope: scopes.Scope) -> scopes.Scope:
    if scope.kind in scopes.KINDS_OF_ROLE[role]:
        return scope
    if role in scopes.ALWAYS_LIMITED:
        return scopes.Scope(scopes.ScopeKind.ORGANISATION, Organisation.select().first().id)
    return scopes.WHOLE_COUNTY


def make_answers(town: str, **answers: object) -> Answers:
    """Fill in the public form; every call is a new form."""
    number = next(_numbers)
    filled: dict[str, object] = {
        "display_name": f"Beispiel {number}",
        "contact": f"beispiel-{number}@example.org",
        "language": "de",
        "spoken_language": "de",
        "submission_key": f"{number:022d}",
        "consent": True,
        "age_band": codes.AGE_BANDS[-1],
    }
    return Answers(town=town, **{**filled, **answers})


def make_request(
    town: str, *, state: State = State.RECEIVED, by: Account | None = None, **answers: object
) -> IntakeRequest:
    """Send the public form and bring the request into a state by allowed moves only."""
    request = receive(make_answers(town, **answers)).request
    for move in PATHS[state]:
        if move is Move.WITHDRAW:
            withdraw(request.id)
            continue
        outcomes = sorted(OUTCOMES.get(move, ()))
        who = by or somebody_on_duty(request)
        make_move(
            by=who, reference=request.ref, move=move, outcome=outcomes[0] if outcomes else None
        )
    return IntakeRequest.get_by_id(request.id)


def somebody_on_duty(request: IntakeRequest) -> Account:
    """Return who answers for a request today; appoint a coordinator where nobody does."""
    duty = on_duty(request.position, clock.today())
    able = [account for account in duty.accounts if may(account, Permission.INTAKE_WORK)]
    if able:
        return able[0]
    fallback = StaffPosition.get(StaffPosition.is_fallback.is_set())
    return make_account(Role.COORDINATOR, position=fallback.key)
