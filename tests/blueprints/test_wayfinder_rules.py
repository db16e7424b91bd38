"""The upkeep of the Wegweiser's rules, as case managers and coordinators do it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.domain.permissions import Role
from portal.domain.wayfinder.versions import State, current
from portal.models.wayfinder import RuleSet
from tests.support.browser import Answer, StrictClient
from tests.support.clock import TestClock

People = Callable[[Role], StrictClient]
PENSION = "/wegweiser/regeln/1/parameter/pension_age"
RULE = "/wegweiser/regeln/1/rule/R05"


@pytest.fixture
def people(make_account: Callable[..., Any], sign_in: Callable[..., StrictClient]) -> People:
    return lambda role: sign_in(make_account(role))


def propose(client: StrictClient, path: str = PENSION, **entries: str) -> Answer:
    form = client.get(path).form().fill(**{"reason": "Demo-Gesetz vom 01.02.2027", **entries})
    return form.submit()


def test_a_proposal_shows_what_it_would_change_and_holds_once_a_second_person_releases_it(
    people: People, clock: TestClock
) -> None:
    proposed = propose(people(Role.CASE_MANAGER), value="68").follow()
    assert "Vorschlag" in proposed.main_text
    assert "Sozialamt" in proposed.main_text, "the dry run names who is asked instead"
    assert "erprobten Antworten ändern sich" in proposed.main_text
    assert current(clock().date()).version == 1

    coordinator = people(Role.COORDINATOR)
    form = coordinator.get("/wegweiser/regeln/2").form().fill(note="Geprüft")
    released = form.submit("decision", "release").follow()
    assert "freigegeben" in released.main_text
    edition = current(clock().date())
    assert edition.version == 2
    assert edition.rules.on(clock().date()).parameters.pension_age == 68


def test_nobody_releases_their_own_proposal(people: People, clock: TestClock) -> None:
    coordinator = people(Role.COORDINATOR)
    page = propose(coordinator, value="68").follow()
    assert "Freigeben" not in page.main_text
    token = coordinator.get(PENSION).form().values["csrf_token"]
    answer = coordinator.post(
        "/wegweiser/regeln/2", data={"csrf_token": token, "decision": "release"}
    )
    assert answer.status_code == 403
    assert current(clock().date()).version == 1


def test_a_rejected_proposal_changes_nothing(people: People, clock: TestClock) -> None:
    propose(people(Role.CASE_MANAGER), value="68")
    form = people(Role.COORDINATOR).get("/wegweiser/regeln/2").form()
    assert "abgelehnt" in form.submit("decision", "reject").follow().main_text
    assert current(clock().date()).version == 1


def test_dates_texts_and_the_first_place_of_a_rule_can_be_proposed(
    people: People, clock: TestClock
) -> None:
    ends = clock().date() + timedelta(days=30)
    propose(
        people(Role.COORDINATOR),
        RULE,
        primary="KIM_CM",
        valid_to=ends.isoformat(),
        text_de="Demo-Begründung",
        starts=ends.isoformat(),
    )
    row = RuleSet.get(RuleSet.version == 2)
    rule = next(rule for rule in row.content["rule"] if rule["key"] == "R05")
    assert (rule["primary"], rule["valid_to"]) == ("KIM_CM", ends.isoformat())
    assert row.content["texts"]["de"]["rules"]["R05"] == "Demo-Begründung"
    assert (row.state, row.valid_from) == (State.PROPOSED, ends)


@pytest.mark.parametrize(
    ("path", "entries", "field"),
    [
        (PENSION, {"value": "siebenundsechzig"}, "value"),
        (PENSION, {"value": "9999"}, "value"),
        (PENSION, {"value": "68", "reason": ""}, "reason"),
        (PENSION, {"value": "68", "starts": "2020-01-01"}, "starts"),
        ("/wegweiser/regeln/1/parameter/intkurs_stop", {"value": "2027-02-30"}, "value"),
        (RULE, {"valid_from": "2027-05-01", "valid_to": "2027-04-01"}, "valid_to"),
        (RULE, {"text_de": ""}, "text_de"),
        (RULE, {"text_en": "Since {nothing}"}, "text_en"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(
    people: People, path: str, entries: dict[str, str], field: str
) -> None:
    answer = propose(people(Role.COORDINATOR), path, remark="Demo-Anmerkung", **entries)
    assert answer.status_code == 422
    assert set(answer.errors) == {field}
    assert answer.form().values["remark"][0].strip() == "Demo-Anmerkung"
    assert RuleSet.select().count() == 1


def test_a_proposal_without_a_change_is_no_proposal(people: People) -> None:
    for path in (PENSION, RULE):
        answer = propose(people(Role.COORDINATOR), path)
        assert answer.status_code == 422
        assert "Sie haben nichts geändert." in answer.main_text


@pytest.mark.parametrize(
    "path",
    [
        "/wegweiser/regeln/99",
        "/wegweiser/regeln/1/rule/R77",
        "/wegweiser/regeln/1/nichts/R05",
        "/wegweiser/regeln/99/rule/R05",
    ],
)
def test_what_does_not_exist_is_missing(people: People, path: str) -> None:
    assert people(Role.COORDINATOR).get(path).status_code == 404


def test_the_report_names_what_is_missing_and_what_is_double(
    people: People, clock: TestClock, make_service: Callable[..., Any]
) -> None:
    client = people(Role.ASSISTANT)
    row = f"{current(clock().date()).texts('de').code('SCHULDEN')} Brakel"
    assert row in report(client)[0]
    for number, provider in enumerate(("mbe", "jmd")):
        make_service(
            "brakel", name=f"Demo {number}", organisation=provider, wayfinder_codes=("SCHULDEN",)
        )
    missing, double = report(client)
    assert row not in missing
    assert row in double


def report(client: StrictClient) -> tuple[str, str]:
    text = client.get("/wegweiser/regeln/luecken").main_text
    missing, _between, double = text.partition("Mehrere sind zuständig")
    return missing, double


def test_readers_see_rules_in_words_but_propose_nothing(people: People) -> None:
    page = people(Role.STEERING_MEMBER).get("/wegweiser/regeln/1")
    assert "ab 27 Jahren" in page.main_text
    assert "Ändern:" not in page.main_text
    assert people(Role.STEERING_MEMBER).get(PENSION).status_code == 403


def test_days_among_the_parameters_are_written_as_people_read_them(people: People) -> None:
    page = people(Role.STEERING_MEMBER).get("/wegweiser/regeln/1")
    assert "datetime" not in page.text
    assert "1. Januar 2015" in page.main_text


@pytest.mark.parametrize(
    ("role", "sees_the_way"), [(Role.STEERING_MEMBER, True), (Role.ADMIN, False)]
)
def test_the_way_to_the_rules_is_shown_to_whoever_may_read_them(
    people: People, role: Role, sees_the_way: bool
) -> None:
    page = people(role).get("/wegweiser/fachlich")
    links = {link.get("href") for link in page.document.iter("a")}
    assert ({"/wegweiser/regeln", "/wegweiser/regeln/luecken"} <= links) is sees_the_way


def test_the_menu_marks_the_area_on_the_pages_behind_its_first_one(people: People) -> None:
    client = people(Role.STEERING_MEMBER)
    for path, mark in (("/wegweiser/fachlich", "page"), ("/wegweiser/regeln/1", "true")):
        links = client.get(path).document.iter("a")
        marked = {a.get("aria-current") for a in links if a.get("href") == "/wegweiser/fachlich"}
        assert mark in marked
