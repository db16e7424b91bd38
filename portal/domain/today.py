"""What waits for somebody today: each area adds its part here."""

from collections.abc import Callable

from portal.domain.directory.waiting import waiting_services
from portal.domain.intake.waiting import waiting_requests
from portal.domain.waiting import Waiting
from portal.models.accounts import Account

SOURCES: tuple[Callable[[Account], list[Waiting]], ...] = (waiting_requests, waiting_services)


def waiting_for(account: Account) -> list[Waiting]:
    """Return what waits for an account, the urgent first."""
    found = [item for source in SOURCES for item in source(account)]
    return sorted(found, key=lambda item: not item.urgent)
