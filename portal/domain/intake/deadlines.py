"""The promise of a first contact within some working days, and what it means for one request."""

from datetime import date

from portal import clock
from portal.domain.intake.states import WAITING_FOR_CONTACT
from portal.domain.towns import county_setting
from portal.domain.workdays import add_working_days
from portal.models.intake import IntakeRequest


def promised_days() -> int:
    """Return within how many working days the county promises a first contact."""
    days: int = county_setting("first_contact_days")
    return days


def contact_due(request: IntakeRequest, days: int) -> date:
    """Return the last day on which the first contact keeps the promise."""
    return add_working_days(clock.local(request.received_at).date(), days)


def waits_for_contact(request: IntakeRequest) -> bool:
    """Tell whether nobody has reached the person yet; one taken up again was reached before."""
    return request.state in WAITING_FOR_CONTACT and request.first_contact_at is None


def is_overdue(request: IntakeRequest, days: int) -> bool:
    """Tell whether the first contact is late."""
    return waits_for_contact(request) and contact_due(request, days) < clock.today()
