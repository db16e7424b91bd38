"""What of `intake` waits for somebody today."""

from portal.domain.intake.inbox import waiting_count
from portal.domain.intake.overview import overdue_elsewhere
from portal.domain.permissions import Permission, may
from portal.domain.waiting import Waiting
from portal.models.accounts import Account

ENDPOINT = "intake.list_requests"
WAITING = (("stand", "waiting"),)
ALL = (("stand", "all"),)


def waiting_requests(account: Account) -> list[Waiting]:
    """Return the requests that wait for an account, and for coordinators what is late anywhere."""
    items = []
    if may(account, Permission.INTAKE_WORK):
        items += _own(waiting_count(by=account))
    if may(account, Permission.INTAKE_FIGURES):
        items += _elsewhere(overdue_elsewhere(by=account))
    return [item for item in items if item.count]


def _own(counts: dict[str, int]) -> list[Waiting]:
    overdue, on_time = counts["overdue"], counts["waiting"] - counts["overdue"]
    return [
        Waiting(
            _requests(overdue, "wartet schon zu lange", "warten schon zu lange")
            + " auf den ersten Kontakt.",
            ENDPOINT,
            overdue,
            urgent=True,
            values=WAITING,
        ),
        Waiting(
            _requests(on_time, "wartet", "warten") + " auf den ersten Kontakt.",
            ENDPOINT,
            on_time,
            values=WAITING,
        ),
        Waiting(
            _requests(counts["news"], "hat", "haben") + " eine neue Nachricht.",
            ENDPOINT,
            counts["news"],
            values=ALL,
        ),
    ]


def _elsewhere(late: int) -> list[Waiting]:
    text = _requests(late, "ist", "sind") + " im Kreis überfällig."
    return [Waiting(text, "intake.overview", late, urgent=True)]


def _requests(count: int, does: str, do: str) -> str:
    return f"1 Anfrage {does}" if count == 1 else f"{count} Anfragen {do}"
