"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from portal import clock

MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=clock.LOCAL_ZONE)


class TestClock:
    """The time as tests see it."""

    __test__ = False

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Let time pass."""
        self.moment += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Go to a moment; a naive one is meant as the offices' own time."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL_ZONE)
        self.moment = aware.astimezone(UTC)
