"""Opening hours: how they are written and read, and whether somebody is there now.

All times are those on the clock of the county's offices: nine stays nine when the clocks change. An end at 00:00 is the
end of the day, written "24:00".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Any

from portal import clock
from portal.domain.directory.views import Opening, OpenNow, OpenState
from portal.domain.errors import RuleBroken

DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
LONG_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
WEEKDAYS = {
    name.casefold(): number for names in (DAYS, LONG_DAYS) for number, name in enumerate(names)
} | {"sonnabend": 5}
LONGEST_TEXT = 500
MOST_OPENINGS = 40
MIDNIGHT = time(0)
WHOLE_DAY = timedelta(days=1)
DAYS_AHEAD = 7
"""So far a change of "open now" is looked for."""

_DASH = r"\s*(?:[-\u2010-\u2015]|bis)\s*"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}\s*(?:Uhr)?", re.IGNORECASE)
_ENTRY = re.compile(r"(?P<days>[^\d]+?)[\s:]*(?P<times>\d.*)", re.DOTALL)
_LIST = re.compile(r"\s*(?:,|\+|\bund\b)\s*", re.IGNORECASE)
_RANGE = re.compile(_DASH, re.IGNORECASE)

EXAMPLE = "Schreiben Sie die Zeiten zum Beispiel so: Mo–Do 09:00–12:00; Di 14:00–16:00"


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which it is closed for a while; an open end is not known yet."""

    first: date | None = None
    last: date | None = None
    note: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether it is closed on a day for this reason."""
        if self.first is None and self.last is None:
            return False
        return (self.first or day) <= day <= (self.last or day)


def parse_hours(text: str, *, field: str = "hours") -> tuple[Opening, ...]:
    """Read hours as people write them; raise RuleBroken with what is wrong."""
    if len(text) > LONGEST_TEXT:
        raise RuleBroken("Die Öffnungszeiten sind zu lang.", field=field)
    entries = (entry.strip() for entry in re.split(r"[;\n]", text))
    openings = [opening for entry in entries if entry for opening in _entry(entry, field)]
    if len(openings) > MOST_OPENINGS:
        raise RuleBroken("Das sind zu viele Öffnungszeiten.", field=field)
    return _without_overlap(sorted(openings), field)


def _entry(entry: str, field: str) -> list[Opening]:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise RuleBroken(f"„{entry[:40]}“ ist nicht lesbar. {EXAMPLE}", field=field)
    days = _days(found["days"], field)
    spans = [_span(part, field) for part in _LIST.split(found["times"].strip())]
    return [Opening(day, opens, closes) for day in days for opens, closes in spans]


def _days(text: str, field: str) -> list[int]:
    days: list[int] = []
    for part in _LIST.split(text.strip(" \t:.")):
        ends = [WEEKDAYS.get(name.strip(" .").casefold()) for name in _RANGE.split(part.strip())]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2:  # noqa: PLR2004 - a range has two ends
            raise RuleBroken(f"„{part.strip()[:40]}“ ist kein Wochentag. {EXAMPLE}", field=field)
        if last < first:
            raise RuleBroken(f"„{part.strip()[:40]}“ ist keine Folge von Wochentagen.", field=field)
        days += range(first, last + 1)
    return days


def _span(text: str, field: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise RuleBroken(f"„{text.strip()[:40]}“ ist keine Zeit von bis. {EXAMPLE}", field=field)
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if opens is None or closes is None or opens == _DAY:
        raise RuleBroken(f"„{text.strip()[:40]}“: Diese Uhrzeit gibt es nicht.", field=field)
    if closes <= opens:
        raise RuleBroken(f"„{text.strip()[:40]}“: Das Ende liegt vor dem Beginn.", field=field)
    return _time(opens), _time(closes)


_HOUR = 60
_DAY = 24 * _HOUR


def _minutes(hours: str, minutes: str | None) -> int | None:
    """Return a time as minutes of the day, up to the last midnight; None if no clock shows it."""
    if int(minutes or 0) >= _HOUR:
        return None
    total = int(hours) * _HOUR + int(minutes or 0)
    return total if total <= _DAY else None


def _time(minutes: int) -> time:
    return time(minutes // _HOUR % 24, minutes % _HOUR)


def _closing(opening: Opening) -> timedelta:
    """Return how long after the day's beginning an opening ends."""
    return WHOLE_DAY if opening.closes == MIDNIGHT else _since_midnight(opening.closes)


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _without_overlap(openings: Sequence[Opening], field: str) -> tuple[Opening, ...]:
    for one, other in pairwise(openings):
        if one.weekday == other.weekday and _since_midnight(other.opens) < _closing(one):
            both = hours_text([one]), hours_text([other])
            raise RuleBroken(
                "Diese Zeiten überschneiden sich: {} und {}.".format(*both), field=field
            )
    return tuple(openings)


def hours_text(openings: Iterable[Opening]) -> str:
    """Write hours as `parse_hours` reads them, days with the same times together."""
    times: dict[int, list[str]] = {}
    for opening in sorted(openings):
        times.setdefault(opening.weekday, []).append(_span_text(opening))
    runs = groupby(enumerate(sorted(times)), key=lambda one: (one[0] - one[1], times[one[1]]))
    return "; ".join(
        f"{_days_text([day for _place, day in run])} {', '.join(spans)}"
        for (_offset, spans), run in runs
    )


def _days_text(days: Sequence[int]) -> str:
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}–{DAYS[days[-1]]}"


def _span_text(opening: Opening) -> str:
    return f"{opening.opens:%H:%M}–{closing_text(opening)}"


def closing_text(opening: Opening) -> str:
    """Return when an opening ends, as a clock for people shows it."""
    return "24:00" if opening.closes == MIDNIGHT else f"{opening.closes:%H:%M}"


def from_rows(rows: Iterable[Sequence[Any]]) -> tuple[Opening, ...]:
    """Return hours as they are stored."""
    return tuple(
        Opening(int(day), time.fromisoformat(opens), _time_of_end(closes))
        for day, opens, closes in rows
    )


def _time_of_end(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)


def to_rows(openings: Iterable[Opening]) -> list[list[Any]]:
    """Return hours in the form in which they are stored."""
    return [[one.weekday, f"{one.opens:%H:%M}", closing_text(one)] for one in sorted(openings)]


def hours_that_count(*layers: Iterable[Opening]) -> tuple[Opening, ...]:
    """Return the first hours that say something: the contact's, the service's at the place, the place's own."""
    return next((tuple(sorted(hours)) for layer in layers if (hours := set(layer))), ())


def open_now(
    openings: Sequence[Opening],
    *,
    at: datetime,
    is_holiday: Callable[[date], bool],
    closures: Sequence[Closure] = (),
    by_appointment: bool = False,
) -> OpenNow:
    """Tell whether it is open at a moment, and when that changes within the next days.

    What is open around the clock has no holidays; anything else is closed on them.
    """
    here = clock.local(at).replace(tzinfo=None)
    closed = next((closure for closure in closures if closure.covers(here.date())), None)
    spans = _spans(openings, here.date(), is_holiday, closures)
    opens = next((start for start, _end in spans if start > here), None)
    if closed is not None:
        return OpenNow(OpenState.CLOSED_FOR_A_WHILE, _aware(opens), closed.note)
    if by_appointment:
        return OpenNow(OpenState.BY_APPOINTMENT)
    if not openings:
        return OpenNow(OpenState.UNKNOWN)
    closes = next((end for start, end in spans if start <= here < end), None)
    if closes is None:
        return OpenNow(OpenState.CLOSED, _aware(opens))
    horizon = datetime.combine(here.date() + timedelta(days=DAYS_AHEAD + 1), MIDNIGHT)
    return OpenNow(OpenState.OPEN, _aware(closes) if closes < horizon else None)


def _spans(
    openings: Sequence[Opening],
    today: date,
    is_holiday: Callable[[date], bool],
    closures: Sequence[Closure],
) -> list[tuple[datetime, datetime]]:
    """Return when it is open from today on for so many days, adjoining times as one."""
    always = _is_around_the_clock(openings)
    spans: list[tuple[datetime, datetime]] = []
    for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD + 1)):
        if (not always and is_holiday(day)) or any(one.covers(day) for one in closures):
            continue
        for opening in sorted(one for one in openings if one.weekday == day.weekday()):
            start = datetime.combine(day, opening.opens)
            end = datetime.combine(day, MIDNIGHT) + _closing(opening)
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
    return spans


def _is_around_the_clock(openings: Sequence[Opening]) -> bool:
    whole_days = {one.weekday for one in openings if one.opens == one.closes == MIDNIGHT}
    return len(whole_days) == len(DAYS)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=clock.LOCAL_ZONE)
