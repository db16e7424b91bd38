"""What of `intake` waits for somebody today."""

from portal.domain.intake.inbox import waiting_count
from portal.domain.intake.overview import overdue_elsewhere
from portal.domain.permissions import Permission, may
from portal.domain.waiting import Kind, Waiting
from portal.models.accounts import Account


def waiting_requests(account: Account) -> list[Waiting]:
    """Return the requests that wait for an account, and for coordinators what is late with others."""
    items = []
    if may(account, Permission.INTAKE_WORK):
        counts = waiting_count(by=account)
        items += [
            Waiting(Kind.REQUESTS_LATE, counts["overdue"], urgent=True),
            Waiting(Kind.REQUESTS_WAITING, counts["waiting"] - counts["overdue"]),
            Waiting(Kind.REQUESTS_ANSWERED, counts["news"]),
        ]
    if may(account, Permission.INTAKE_FIGURES):
        late = overdue_elsewhere(by=account)
        items.append(Waiting(Kind.REQUESTS_LATE_ELSEWHERE, late, urgent=True))
    return [item for item in items if item.count]
