"""Versions of the rules: from the pack, from staff, released by a second person, tried before they hold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from portal import clock as portal_clock
from portal.domain.changes import WritersBusy
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.permissions import Role
from portal.domain.wayfinder import PublicInputs, answer, counting, public_answer, versions
from portal.domain.wayfinder.codes import CODES
from portal.domain.wayfinder.counting import Profile, count, counted
from portal.domain.wayfinder.dry_run import compare
from portal.domain.wayfinder.editing import Edit, draft_from
from portal.domain.wayfinder.gaps import NEED_NO_SERVICE, gaps_and_overlaps, providers_now
from portal.domain.wayfinder.grid import situations
from portal.domain.wayfinder.pack import read_pack
from portal.domain.wayfinder.versions import State, check, decide, install_rules, propose
from portal.models.accounts import Account
from portal.models.county import Organisation
from portal.models.privacy import AuditEntry
from portal.models.wayfinder import AnswerCount, RuleSet
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.wayfinder import DAY, HOEXTER, TOWNS, hoexter_rules, situation

SHORTER = Edit("parameter", "mbe_first_years_months", "value", 24)
"""Two years instead of three."""


@pytest.fixture
def installed(database: str) -> dict[str, Any]:
    """The content of the pack, which holds as version 1."""
    return dict(versions.current(portal_clock.today()).content)


@pytest.fixture
def proposer(database: str) -> Account:
    return make_account(Role.COORDINATOR, position="KS")


@pytest.fixture
def releaser(database: str) -> Account:
    return make_account(Role.COORDINATOR)


def proposed(by: Account, content: dict[str, Any], *edits: Edit, days: int = 0) -> int:
    """Propose a change; return its version."""
    day = portal_clock.today() + timedelta(days=days)
    draft = draft_from(content, edits or [SHORTER])
    return propose(by, draft, source="Beschluss", note="Versuch", valid_from=day).version


def months_limit(day: date) -> int:
    return versions.current_rules(day).on(day).parameters.mbe_first_years_months


# From the pack


def test_the_pack_brings_the_first_version(installed: dict[str, Any]) -> None:
    (row,) = RuleSet.select()
    assert (row.version, row.state, row.valid_from) == (1, State.RELEASED, date(2022, 1, 1))
    assert installed == read_pack(HOEXTER)
    rules = versions.current_rules(date(1999, 1, 1))
    assert rules.version == 1
    assert answer(rules, situation()) == replace(answer(hoexter_rules(), situation()), version=1)


def test_the_same_pack_brings_nothing_new(installed: dict[str, Any]) -> None:
    assert install_rules(installed) is None
    assert RuleSet.select().count() == 1


def test_a_changed_pack_holds_at_once_if_staff_changed_nothing(installed: dict[str, Any]) -> None:
    assert install_rules(draft_from(installed, [SHORTER])) == State.RELEASED
    assert months_limit(portal_clock.today()) == 24
    assert months_limit(portal_clock.today() - timedelta(days=1)) == 36


def test_a_changed_pack_is_a_proposal_if_staff_have_rules_of_their_own(
    installed: dict[str, Any], proposer: Account, releaser: Account
) -> None:
    decide(releaser, proposed(proposer, installed), release=True)
    other = draft_from(installed, [Edit("parameter", "pension_age", "value", 65)])
    assert install_rules(other) == State.PROPOSED
    assert install_rules(other) is None
    assert months_limit(portal_clock.today()) == 24
    newest = versions.editions(releaser)[0]
    assert (newest.version, newest.proposed_by) == (3, "")
    assert decide(releaser, 3, release=True).state == State.RELEASED
    assert months_limit(portal_clock.today()) == 36


def test_a_broken_pack_brings_nothing(installed: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken):
        install_rules(draft_from(installed, [Edit("rule", "R05", "primary", "NOBODY")]))
    assert RuleSet.select().count() == 1


def test_before_there_are_rules_nobody_is_answered(empty_database: str) -> None:
    assert not versions.exist()
    with pytest.raises(NotFound):
        versions.current(DAY)


# From staff


def test_two_people_make_a_version(
    installed: dict[str, Any], proposer: Account, releaser: Account
) -> None:
    number = proposed(proposer, installed, days=10)
    assert months_limit(portal_clock.today() + timedelta(days=10)) == 36
    found = decide(releaser, number, release=True, note="Geprüft")
    assert (found.state, found.proposed_by, found.decided_by) == (
        State.RELEASED,
        proposer.name,
        releaser.name,
    )
    assert found.note == "Versuch\nGeprüft"
    assert months_limit(portal_clock.today() + timedelta(days=9)) == 36
    assert months_limit(portal_clock.today() + timedelta(days=10)) == 24


def test_nobody_releases_what_they_proposed(installed: dict[str, Any], proposer: Account) -> None:
    number = proposed(proposer, installed)
    assert not versions.may_decide(proposer, versions.edition(proposer, number))
    for release in (True, False):
        with pytest.raises(NotAllowed):
            decide(proposer, number, release=release)
    assert versions.edition(proposer, number).state == State.PROPOSED


ALLOWED = {
    "read": set(Role) - {Role.ADMIN},
    "propose": {Role.CASE_MANAGER, Role.COORDINATOR, Role.PROVIDER_EDITOR},
    "release": {Role.COORDINATOR},
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_it_should(
    installed: dict[str, Any], proposer: Account, role: Role
) -> None:
    number = proposed(proposer, installed)
    positions = {Role.CASE_MANAGER: "CMS-I-a"}
    organisations = {Role.PROVIDER_EDITOR, Role.REPORTER_EXTERNAL}
    who = make_account(
        role,
        position=positions.get(role, ""),
        organisation=_an_organisation() if role in organisations else "",
    )
    assert may(lambda: versions.editions(who)) == (role in ALLOWED["read"])
    assert may(lambda: proposed(who, installed)) == (role in ALLOWED["propose"])
    assert versions.may_decide(who, versions.edition(proposer, number)) == (
        role in ALLOWED["release"]
    )
    assert may(lambda: decide(who, number, release=True)) == (role in ALLOWED["release"])


def _an_organisation() -> str:
    return str(Organisation.get(Organisation.internal == 0).key)


def may(verb: Any) -> bool:
    try:
        verb()
    except NotAllowed:
        return False
    return True


def test_a_decision_stands(installed: dict[str, Any], proposer: Account, releaser: Account) -> None:
    for release, state in ((True, State.RELEASED), (False, State.REJECTED)):
        number = proposed(proposer, installed)
        decide(releaser, number, release=release)
        for again in (True, False):
            with pytest.raises(RuleBroken):
                decide(releaser, number, release=again)
        assert versions.edition(releaser, number).state == state


def test_what_a_newer_version_overtook_is_not_released(
    installed: dict[str, Any], proposer: Account, releaser: Account
) -> None:
    first, second = proposed(proposer, installed), proposed(proposer, installed)
    decide(releaser, second, release=True)
    with pytest.raises(RuleBroken, match="neuere Fassung"):
        decide(releaser, first, release=True)
    assert decide(releaser, first, release=False).state == State.REJECTED


def test_a_release_never_reaches_into_the_past(
    installed: dict[str, Any], proposer: Account, releaser: Account, clock: TestClock
) -> None:
    number = proposed(proposer, installed)
    clock.move(days=30)
    assert decide(releaser, number, release=True).valid_from == portal_clock.today()
    with pytest.raises(RuleBroken) as caught:
        proposed(proposer, installed, days=-1)
    assert caught.value.field == "valid_from"


def test_a_proposal_is_checked_completely(installed: dict[str, Any], proposer: Account) -> None:
    with pytest.raises(RuleBroken) as caught:
        proposed(proposer, installed, Edit("rule", "R05", "valid_to", "1999-01-01"))
    assert caught.value.field == "rule[21].valid_to"
    with pytest.raises(RuleBroken):
        propose(proposer, installed, source=" ", note="", valid_from=portal_clock.today())
    with pytest.raises(NotFound):
        versions.edition(proposer, 99)
    with pytest.raises(NotFound):
        decide(proposer, 99, release=True)


def test_the_log_knows_who_did_what(
    installed: dict[str, Any], proposer: Account, releaser: Account
) -> None:
    number = proposed(proposer, installed)
    decide(releaser, number, release=True)
    entries = AuditEntry.select().where(AuditEntry.action.startswith("wayfinder:"))
    assert [(one.action, one.actor, one.subject) for one in entries] == [
        ("wayfinder:rules:install", "system", "rule_set:1"),
        ("wayfinder:rules:propose", f"account:{proposer.id}", "rule_set:2"),
        ("wayfinder:rules:release", f"account:{releaser.id}", "rule_set:2"),
    ]


# Trying a change


def changed_rules(*edits: Edit) -> Any:
    return check(draft_from(read_pack(HOEXTER), edits)).in_county(TOWNS)


def test_a_dry_run_tells_what_changes_and_shows_examples() -> None:
    result = compare(hoexter_rules(), changed_rules(Edit("rule", "R05", "primary", "FBS")), day=DAY)
    assert 10_000 < result.total < 60_000
    assert 0 < result.changed < result.total
    first = result.shifts[0]
    assert (first.old_rule, first.old_primary, first.new_rule, first.new_primary) == (
        "R05",
        "MBE",
        "R05",
        "FBS",
    )
    assert first.is_primary
    for inputs in first.examples:
        assert answer(hoexter_rules(), inputs).primary == "MBE"


def test_a_dry_run_without_a_change_changes_nothing() -> None:
    assert compare(hoexter_rules(), changed_rules(), day=DAY).shifts == ()


@pytest.mark.parametrize(
    ("edit", "shift"),
    [
        (SHORTER, ("R05", "R06")),
        (Edit("parameter", "pension_age", "value", 63), ("R22", "R22")),
        (Edit("parameter", "ua_law_in_force_from", "value", "2026-01-01"), ("R22", "R22")),
        (Edit("rule", "R04", "valid_to", "2026-01-01"), ("R04", "R99")),
        (Edit("rule", "R01", "status", "expired"), ("R01", "R07")),
    ],
)
def test_every_limit_of_a_rule_is_crossed(edit: Edit, shift: tuple[str, str]) -> None:
    result = compare(hoexter_rules(), changed_rules(edit), day=DAY)
    assert shift in {(one.old_rule, one.new_rule) for one in result.shifts}


def test_a_dry_run_estimates_how_many_were_asked_about() -> None:
    new = changed_rules(Edit("rule", "R05", "primary", "FBS"))
    asked = {Profile("R05", "language", "27_plus"): 40, Profile("R04", "language", "18_26"): 90}
    result = compare(hoexter_rules(), new, day=DAY, asked=asked)
    assert [one.asked for one in result.shifts if one.old_rule == "R05"] == [40]
    few = compare(hoexter_rules(), new, day=DAY, asked={Profile("R05", "language", "27_plus"): 2})
    assert {one.asked for one in few.shifts} == {None}


def test_the_grid_asks_each_question_once() -> None:
    asked = list(situations(DAY, "brakel", hoexter_rules()))
    assert len(set(asked)) > len(asked) * 0.95


# Counting


def test_answers_are_counted_by_month_and_kind_only(
    installed: dict[str, Any], proposer: Account, clock: TestClock
) -> None:
    rules = versions.current_rules(DAY)
    for days in (0, 1, 2, 20):
        clock.move(days=days)
        inputs = situation(topics=["debt"], town="Warburg")
        count(answer(rules, inputs), inputs)
    rows = [(row.day, row.profile, row.count) for row in AnswerCount.select()]
    assert rows == [
        (date(2026, 11, 1), "R20|debt|27_plus", 3),
        (date(2026, 12, 1), "R20|debt|27_plus", 1),
    ]
    assert counted(proposer, date(2026, 11, 1)) == {Profile("R20", "debt", "27_plus"): 4}
    assert counted(proposer, date(2026, 12, 1)) == {}


def test_the_public_page_is_counted_alike(installed: dict[str, Any]) -> None:
    asked = PublicInputs(town="brakel", age_band="12_17", as_of=DAY)
    count(public_answer(hoexter_rules(), asked), asked)
    assert AnswerCount.get().profile == "R04|none|under_18"


@pytest.mark.parametrize(
    "given",
    [
        {"status": "unclear", "topics": ["health"]},
        {"danger": "child"},
        {"unaccompanied": True, "age": 9},
    ],
)
def test_what_could_betray_somebody_is_counted_without_details(
    installed: dict[str, Any], given: dict[str, Any]
) -> None:
    inputs = situation(**given)
    count(answer(hoexter_rules(), inputs), inputs)
    _rule, topic, band = AnswerCount.get().profile.split("|")
    assert (topic, band) == ("any", "any")


def test_a_count_that_has_to_wait_is_left_out(
    installed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> Iterator[None]:
        raise WritersBusy

    monkeypatch.setattr(counting, "upkeep", busy)
    count(answer(hoexter_rules(), situation()), situation())
    assert AnswerCount.select().count() == 0


# Gaps and overlaps


def test_a_report_names_what_is_missing_and_what_is_double() -> None:
    towns = ("brakel", "hoexter")
    providers = {(code, town): frozenset({"Demo-Träger"}) for code in CODES for town in towns}
    clean = gaps_and_overlaps(hoexter_rules(), providers, towns=towns, day=DAY)
    assert (clean.gaps, clean.overlaps, clean.without_rule) == ((), (), ())
    providers["MBE", "brakel"] = frozenset()
    providers["JMD", "hoexter"] = frozenset({"Demo-Träger", "Demo-Werk"})
    found = gaps_and_overlaps(hoexter_rules(), providers, towns=towns, day=DAY)
    assert found.gaps == (("MBE", "brakel"),)
    assert found.overlaps == (("JMD", "hoexter", ("Demo-Träger", "Demo-Werk")),)


def test_a_report_names_who_no_rule_answers_and_what_waits_for_a_check() -> None:
    without = changed_rules(Edit("rule", "R04", "status", "expired"))
    report = gaps_and_overlaps(without, {}, towns=("brakel",), day=date(2026, 11, 23))
    assert len(report.gaps) == len(set(CODES) - NEED_NO_SERVICE)
    assert {12 <= inputs.age <= 26 for inputs in report.without_rule} == {True}
    assert [one.key for one in report.to_check] == ["R08", "R07"]
    assert gaps_and_overlaps(hoexter_rules(), {}, towns=("brakel",), day=DAY).to_check == ()


def test_the_report_reads_the_public_directory(installed: dict[str, Any]) -> None:
    towns = ("brakel", "warburg")
    found = providers_now(portal_clock.now(), towns)
    assert {town for _code, town in found} <= set(towns)
    assert {code for code, _town in found} <= set(CODES)
    report = gaps_and_overlaps(hoexter_rules(), found, towns=towns, day=DAY)
    assert {*report.gaps}.isdisjoint(found)
    assert all(len(names) > 1 for _code, _town, names in report.overlaps)
