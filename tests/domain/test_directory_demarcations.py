"""Demarcations: dated versions, two people, and a matrix that shows what is not agreed."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal.domain.actors import SYSTEM
from portal.domain.directory import demarcations
from portal.domain.directory.demarcations import OWN, State
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import GRANTS, Permission, Role
from portal.models.directory import Demarcation, Programme
from portal.models.search import SearchChange
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import (
    demarcation_draft,
    empty_directory,
    make_demarcation,
    make_programme,
)

pytestmark = pytest.mark.usefixtures("empty_directory")
with_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def kim(empty_directory: None) -> str:
    """Case management itself."""
    Programme.create(key=OWN, abbr="KIM-CM", name="Case Management")
    return OWN


def next_version(key: str, day: date, **entries: str) -> None:
    row = Demarcation.select().where(Demarcation.key == key).first()
    draft = demarcation_draft(row.a.key, row.b.key, valid_from=day, **entries)
    demarcations.propose(SYSTEM, draft, key)


def test_a_proposal_holds_for_nobody_until_somebody_else_releases_it() -> None:
    mbe = make_programme("MBE")
    one, other = (make_account(Role.COORDINATOR) for _number in range(2))
    key = demarcations.propose(one, demarcation_draft(OWN, mbe)).key
    assert key == f"{OWN}-{mbe}"
    assert demarcations.lines_for(OWN, TODAY) == ()
    with pytest.raises(RuleBroken, match="zweite Person"):
        demarcations.release(one, key)
    assert [v.may_release for v in demarcations.open_versions(one)] == [False]
    assert [v.may_release for v in demarcations.open_versions(other)] == [True]
    demarcations.release(other, key)
    (line,) = demarcations.lines_for(OWN, TODAY)
    assert (line.own, line.other, line.version) == ("KIM-CM", "MBE", 1)
    assert demarcations.open_versions(other) == []
    assert SearchChange.select().where(SearchChange.key == key).count() == 1


def test_who_may_propose_and_who_may_release() -> None:
    for role in Role:
        account, mbe = make_account(role), make_programme()
        draft = demarcation_draft(OWN, mbe)
        if GRANTS[role] & {Permission.DEMARCATION_EDIT, Permission.RULES_PROPOSE}:
            key = demarcations.propose(account, draft).key
            demarcations.reject(account, key)
        else:
            with pytest.raises(NotAllowed):
                demarcations.propose(account, draft)
        key = demarcations.propose(SYSTEM, draft, "" if role not in PROPOSERS else key).key
        if Permission.RULES_RELEASE in GRANTS[role]:
            demarcations.release(account, key)
        else:
            for verb in (demarcations.release, demarcations.reject):
                with pytest.raises(NotAllowed):
                    verb(account, key)


PROPOSERS = {
    role for role in Role if GRANTS[role] & {Permission.DEMARCATION_EDIT, Permission.RULES_PROPOSE}
}


def test_the_next_version_closes_the_one_before() -> None:
    key = make_demarcation(OWN, make_programme("MBE"), valid_from=date(2026, 1, 1))
    next_version(key, date(2026, 12, 1), interface="Neu")
    assert demarcations.demarcation(key, date(2026, 12, 1)).version == 1
    demarcations.release(SYSTEM, key)
    shown = {day: demarcations.demarcation(key, day).version for day in (TODAY, date(2026, 11, 30))}
    assert set(shown.values()) == {1}
    assert demarcations.demarcation(key, date(2026, 12, 1)).interface == "Neu"
    with pytest.raises(NotFound):
        demarcations.demarcation(key, date(2025, 12, 31))
    history = demarcations.history(SYSTEM, key)
    assert [(v.line.version, v.state, v.valid_to) for v in history] == [
        (2, State.RELEASED, None),
        (1, State.RELEASED, date(2026, 11, 30)),
    ]


@with_database
@given(st.lists(st.integers(-400, 400), min_size=1, max_size=5), st.integers(-500, 500))
def test_on_every_day_at_most_one_version_holds(starts: list[int], offset: int) -> None:
    empty_directory()
    Programme.create(key=OWN, abbr="KIM-CM", name="Case Management")
    key = make_demarcation(OWN, make_programme(), valid_from=TODAY + timedelta(days=starts[0]))
    held = [starts[0]]
    for start in starts[1:]:
        try:
            next_version(key, TODAY + timedelta(days=start))
        except RuleBroken:
            assert start <= held[-1]
            continue
        demarcations.release(SYSTEM, key)
        held.append(start)
    lines = demarcations.lines_for(OWN, TODAY + timedelta(days=offset))
    begun = [number for number, start in enumerate(held, 1) if start <= offset]
    assert [line.version for line in lines] == begun[-1:]


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"statement_a": ""}, "statement_a"),
        ({"handover_rule": " "}, "handover_rule"),
        ({"source": ""}, "source"),
        ({"interface": "x" * 3001}, "interface"),
        ({"valid_from": date(1789, 7, 14)}, "valid_from"),
    ],
)
def test_a_version_says_everything_it_has_to(entries: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        demarcations.propose(SYSTEM, demarcation_draft(OWN, make_programme(), **entries))
    assert broken.value.field == field


def test_what_does_not_fit_together_is_refused() -> None:
    mbe, jmd = make_programme("MBE"), make_programme("JMD")
    for a, b in ((OWN, OWN), (OWN, "nichts"), ("nichts", mbe)):
        with pytest.raises(RuleBroken):
            demarcations.propose(SYSTEM, demarcation_draft(a, b))
    key = demarcations.propose(SYSTEM, demarcation_draft(OWN, mbe)).key
    with pytest.raises(RuleBroken, match="gibt es schon"):
        demarcations.propose(SYSTEM, demarcation_draft(mbe, OWN))
    with pytest.raises(RuleBroken, match="schon ein Vorschlag"):
        demarcations.propose(SYSTEM, demarcation_draft(OWN, mbe), key)
    demarcations.release(SYSTEM, key)
    with pytest.raises(RuleBroken, match="denselben"):
        demarcations.propose(SYSTEM, demarcation_draft(OWN, jmd), key)
    with pytest.raises(RuleBroken, match="später beginnen"):
        next_version(key, TODAY)
    for verb in (demarcations.release, demarcations.reject):
        with pytest.raises(NotFound):
            verb(SYSTEM, key)
    with pytest.raises(NotFound):
        demarcations.propose(SYSTEM, demarcation_draft(OWN, mbe), "nichts")


def test_a_rejected_version_leaves_the_one_that_holds() -> None:
    key = make_demarcation(OWN, make_programme(), valid_from=date(2026, 1, 1))
    next_version(key, TODAY)
    demarcations.reject(SYSTEM, key)
    assert demarcations.demarcation(key, TODAY).version == 1
    next_version(key, TODAY)
    demarcations.release(SYSTEM, key)
    assert demarcations.demarcation(key, TODAY).version == 3


def test_the_matrix_shows_every_programme_of_the_day_and_where_nothing_is_agreed() -> None:
    mbe = make_programme("MBE", legal_circle="AufenthG")
    sgb2 = make_programme("SGB II", legal_circle="SGB II")
    gone = make_programme("THM", valid_to=TODAY - timedelta(days=1))
    make_demarcation(mbe, OWN, statement_a="MBE berät")
    make_demarcation(mbe, sgb2)
    rows = {row.programme: row for row in demarcations.matrix(TODAY)}
    assert set(rows) == {mbe, sgb2}
    line = rows[mbe].line
    assert line is not None
    assert (line.own, line.other, line.other_statement) == ("KIM-CM", "MBE", "MBE berät")
    assert rows[sgb2].line is None
    assert gone in {row.programme for row in demarcations.matrix(TODAY - timedelta(days=1))}
    with max_queries(2):
        demarcations.matrix(TODAY)
    by_programme = demarcations.lines_by_programme(portal_clock.now())
    own_ids = {row.key: row.id for row in Programme.select()}
    assert len(by_programme[own_ids[mbe]]) == 2
    assert by_programme[own_ids[sgb2]][0].own == "SGB II"


def test_with_a_programme_all_that_was_agreed_about_it_ends(clock: TestClock) -> None:
    gone = make_programme("THM", valid_to=TODAY)
    key = make_demarcation(OWN, gone)
    assert [line.key for line in demarcations.lines_for(OWN, TODAY)] == [key]
    clock.move(days=1)
    tomorrow = portal_clock.today()
    assert demarcations.lines_for(OWN, tomorrow) == ()
    assert demarcations.lines_by_programme(portal_clock.now()) == {}
    assert len(demarcations.history(SYSTEM, key)) == 1


def test_history_is_for_those_who_may_read_and_for_what_is_there() -> None:
    key = make_demarcation(OWN, make_programme())
    with pytest.raises(NotAllowed):
        demarcations.history(make_account(Role.ADMIN), key)
    with pytest.raises(NotFound):
        demarcations.history(SYSTEM, "nichts")
