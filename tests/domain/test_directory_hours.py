"""Opening hours: written, read, and asked at every awkward moment."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal import clock
from portal.domain.directory.hours import (
    DAYS,
    LONGEST_TEXT,
    Closure,
    from_rows,
    hours_text,
    hours_that_count,
    open_now,
    parse_hours,
    to_rows,
)
from portal.domain.directory.views import Opening, OpenState
from portal.domain.errors import RuleBroken

MIDNIGHT = time(0)
CHRISTMAS = date(2026, 12, 25)
ALWAYS = parse_hours("Mo–So 00:00–24:00")


def no_holiday(_day: date) -> bool:
    return False


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.LOCAL_ZONE)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Opening, ...]:
    """Draw hours without overlap: on each day up to three openings between drawn minutes."""
    openings = []
    for day in range(7):
        minutes = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
        ends = zip(minutes[::2], minutes[1::2], strict=False)
        openings += [
            Opening(day, clock_time(start), clock_time(end % (24 * 60))) for start, end in ends
        ]
    return tuple(openings)


def clock_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@given(weeks())
def test_what_is_written_is_read_as_the_same(week: tuple[Opening, ...]) -> None:
    text = hours_text(week)
    if len(text) <= LONGEST_TEXT:
        assert parse_hours(text) == week
    assert from_rows(to_rows(week)) == week


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("Mo-Do 9-12; Di 14:00 - 16:00", "Mo 09:00–12:00; Di 09:00–12:00, 14:00–16:00; Mi–Do 09:00–12:00"),
        ("Mo, Mi und Fr 9.30–12 Uhr", "Mo 09:30–12:00; Mi 09:30–12:00; Fr 09:30–12:00"),
        ("Montag bis Freitag: 8 bis 16 Uhr", "Mo–Fr 08:00–16:00"),
        ("sonnabend 10–12\nSo 10–12", "Sa–So 10:00–12:00"),
        ("Mo–So 00:00–24:00", "Mo–So 00:00–24:00"),
        ("Mo 9–12, 12–14", "Mo 09:00–12:00, 12:00–14:00"),
        (" ; ", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_people_write_hours_in_many_ways(typed: str, tidy: str) -> None:
    assert hours_text(parse_hours(typed)) == tidy


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("jederzeit", "nicht lesbar"),
        ("Mo", "nicht lesbar"),
        ("9–12", "nicht lesbar"),
        ("Xy 9–12", "kein Wochentag"),
        ("Mo–Mi–Fr 9–12", "kein Wochentag"),
        ("Fr–Mo 9–12", "keine Folge"),
        ("Mo 9", "keine Zeit von bis"),
        ("Mo 12–9", "Das Ende liegt vor dem Beginn"),
        ("Mo 9–9", "Das Ende liegt vor dem Beginn"),
        ("Mo 25–26", "Uhrzeit gibt es nicht"),
        ("Mo 9:60–10", "Uhrzeit gibt es nicht"),
        ("Mo 24:00–24:00", "Uhrzeit gibt es nicht"),
        ("Mo 9–12; Mo 11–13", "überschneiden sich: Mo 09:00–12:00 und Mo 11:00–13:00"),
        ("Mo–Fr 9–12; Mi 10–11", "überschneiden sich"),
        ("Mo 0–24; Mo 23–24", "überschneiden sich"),
        ("Mo 9–12; " * 60, "zu lang"),
        ("Mo–So " + ", ".join(f"{hour}:00–{hour}:30" for hour in range(6)), "zu viele"),
    ],
)
def test_nonsense_gets_a_clear_answer(typed: str, problem: str) -> None:
    with pytest.raises(RuleBroken, match=problem) as broken:
        parse_hours(typed, field="places")
    assert broken.value.field == "places"


@given(st.text(max_size=LONGEST_TEXT + 10))
@example("Mo ١٢–١٣")
@example("Mo 9–12" + "\x00")
def test_no_text_whatever_breaks_the_reading(typed: str) -> None:
    try:
        openings = parse_hours(typed)
    except RuleBroken:
        return
    assert parse_hours(hours_text(openings)) == openings


@given(weeks(), st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.times())
def test_open_says_when_it_closes_and_closed_when_it_opens(
    week: tuple[Opening, ...], day: date, wall: time
) -> None:
    at = datetime.combine(day, wall, tzinfo=clock.LOCAL_ZONE)
    moment = clock.local(at).replace(tzinfo=None)
    answer = open_now(week, at=at, is_holiday=no_holiday)
    if not week:
        assert answer.state is OpenState.UNKNOWN
        return
    covered = any(
        one.weekday == moment.weekday()
        and one.opens <= moment.time()
        and (moment.time() < one.closes or one.closes == MIDNIGHT)
        for one in week
    )
    assert answer.state is (OpenState.OPEN if covered else OpenState.CLOSED)
    if answer.changes_at is not None:
        assert answer.changes_at.replace(tzinfo=None) > moment
        after = open_now(week, at=answer.changes_at, is_holiday=no_holiday).state
        assert {answer.state, after} == {OpenState.OPEN, OpenState.CLOSED}


@pytest.mark.parametrize(
    ("at", "state", "changes_at"),
    [
        (local(2026, 11, 23, 8, 59), OpenState.CLOSED, local(2026, 11, 23, 9, 0)),
        (local(2026, 11, 23, 9, 0), OpenState.OPEN, local(2026, 11, 23, 12, 0)),
        (local(2026, 11, 23, 11, 59, 59), OpenState.OPEN, local(2026, 11, 23, 12, 0)),
        (local(2026, 11, 23, 12, 0), OpenState.CLOSED, local(2026, 11, 27, 9, 0)),
        (local(2026, 11, 27, 12, 0), OpenState.CLOSED, local(2026, 11, 30, 9, 0)),
    ],
)
def test_at_the_minute_it_opens_and_closes(
    at: datetime, state: OpenState, changes_at: datetime
) -> None:
    answer = open_now(parse_hours("Mo 9–12; Fr 9–12"), at=at, is_holiday=no_holiday)
    assert (answer.state, answer.changes_at) == (state, changes_at)


def test_adjoining_hours_are_one_also_over_midnight() -> None:
    week = parse_hours("Mo 20–24; Di 0–2, 2–3")
    answer = open_now(week, at=local(2026, 11, 23, 21), is_holiday=no_holiday)
    assert answer.changes_at == local(2026, 11, 24, 3)


def test_around_the_clock_never_closes_and_has_no_holidays() -> None:
    answer = open_now(ALWAYS, at=local(2026, 12, 25, 3), is_holiday=lambda _day: True)
    assert (answer.state, answer.changes_at) == (OpenState.OPEN, None)


def test_holidays_are_closed_and_skipped() -> None:
    week = parse_hours("Fr–Sa 9–12")
    answer = open_now(week, at=local(2026, 12, 25, 10), is_holiday=lambda day: day == CHRISTMAS)
    assert (answer.state, answer.changes_at) == (OpenState.CLOSED, local(2026, 12, 26, 9))


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (local(2026, 3, 29, 1, 59), OpenState.CLOSED),
        (local(2026, 3, 29, 3, 0), OpenState.OPEN),  # two o'clock does not exist that day
        (local(2026, 10, 25, 2, 30), OpenState.OPEN),  # and half past two twice
        (local(2026, 10, 25, 2, 30).replace(fold=1), OpenState.OPEN),
        (local(2026, 10, 25, 4, 0), OpenState.CLOSED),
    ],
)
def test_the_clock_on_the_wall_counts_when_clocks_change(at: datetime, state: OpenState) -> None:
    week = parse_hours("So 2–4")
    assert open_now(week, at=at, is_holiday=no_holiday).state is state


def test_closed_for_a_while_says_why_and_until_when() -> None:
    closures = [Closure(date(2026, 11, 20), date(2026, 11, 24), "Umbau")]
    answer = open_now(
        parse_hours("Mo–Fr 9–12"),
        at=local(2026, 11, 23, 10),
        is_holiday=no_holiday,
        closures=closures,
    )
    assert (answer.state, answer.note) == (OpenState.CLOSED_FOR_A_WHILE, "Umbau")
    assert answer.changes_at == local(2026, 11, 25, 9)


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.none() | st.integers(-20, 20),
    st.none() | st.integers(-20, 20),
)
def test_a_closure_covers_its_days_and_an_open_end_all_that_follow(
    day: date, first: int | None, last: int | None
) -> None:
    closure = Closure(
        None if first is None else day + timedelta(days=first),
        None if last is None else day + timedelta(days=last),
    )
    expected = (first is not None or last is not None) and (first or 0) <= 0 <= (last or 0)
    assert closure.covers(day) is expected


def test_by_appointment_is_said_whatever_the_hours() -> None:
    answer = open_now(
        parse_hours("Mo 9–12"),
        at=local(2026, 11, 23, 10),
        is_holiday=no_holiday,
        by_appointment=True,
    )
    assert answer.state is OpenState.BY_APPOINTMENT


def test_the_nearest_hours_count() -> None:
    contact, service, place = (parse_hours(f"{day} 9–12") for day in DAYS[:3])
    assert hours_that_count(contact, service, place) == contact
    assert hours_that_count((), service, place) == service
    assert hours_that_count((), (), place) == place
    assert hours_that_count((), (), ()) == ()
