"""What coordinators see of all requests: numbers, states and ages, never who asked."""

from dataclasses import dataclass

from portal import clock
from portal.domain.duty import duties_of
from portal.domain.errors import NotAllowed
from portal.domain.intake.deadlines import is_overdue, promised_days
from portal.domain.intake.states import OPEN, State
from portal.domain.permissions import Permission, may
from portal.domain.workdays import working_days_between
from portal.models.accounts import Account
from portal.models.county import StaffPosition, Town
from portal.models.intake import IntakeRequest


@dataclass(frozen=True, slots=True)
class Anonymous:
    """One request without the person."""

    ref: str
    town: str
    post: str
    post_id: int
    state: State
    age: int
    """Working days since it arrived."""
    is_overdue: bool


def overview(*, by: Account) -> tuple[Anonymous, ...]:
    """Return every open request of the county, the oldest first."""
    if not may(by, Permission.INTAKE_FIGURES):
        raise NotAllowed
    query = (
        IntakeRequest.select(IntakeRequest, Town, StaffPosition)
        .join(Town)
        .switch(IntakeRequest)
        .join(StaffPosition)
        .where(IntakeRequest.state.in_(sorted(OPEN)))
        .order_by(IntakeRequest.received_at)
    )
    days = promised_days()
    return tuple(_anonymous(request, days) for request in query)


def _anonymous(request: IntakeRequest, days: int) -> Anonymous:
    arrived = clock.local(request.received_at).date()
    return Anonymous(
        ref=request.ref,
        town=request.town.name,
        post=request.position.title,
        post_id=request.position_id,
        state=State(request.state),
        age=working_days_between(arrived, clock.today()),
        is_overdue=is_overdue(request, days),
    )


def overdue_elsewhere(*, by: Account) -> int:
    """Return how many requests wait too long for a first contact that are not this person's own to handle."""
    own = duties_of(by, clock.today())
    return sum(row.is_overdue and row.post_id not in own for row in overview(by=by))
