"""The only reader of the wall clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Europe/Berlin")


def _wall_clock() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _wall_clock


def now() -> datetime:
    """Return the current moment as an aware datetime in UTC."""
    return _source().astimezone(UTC)


def today() -> date:
    """Return the current date where the county's offices are."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return a moment in the offices' own time zone."""
    return moment.astimezone(LOCAL_ZONE)


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Read the time from another source, for tests that move the clock."""
    global _source  # noqa: PLW0603 - the one switch of the one clock
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at a moment."""
    with use(lambda: moment):
        yield
