"""A request arrives: stored once, sealed, and owned by a post."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.errors import NotFound, RuleBroken
from portal.domain.intake import requester
from portal.domain.intake.receiving import AlreadySent, receive, seal_context
from portal.domain.intake.states import State
from portal.keys import keyring
from portal.models.county import Town
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry
from tests.support.people import make_answers

pytestmark = pytest.mark.usefixtures("database")
NETWORK = "192.0.2.0/24"


def test_it_belongs_to_the_post_of_its_town() -> None:
    for town in Town.select():
        assert receive(make_answers(town.slug)).request.position_id == town.position_id


def test_it_carries_no_name_in_clear() -> None:
    answers = make_answers("brakel", display_name="Zauberlehrling", contact="geheim@example.org")
    receive(replace(answers, free_text="Drachenfels"))
    row = IntakeRequest.select().dicts().get()
    stored = repr({**row, "sealed": ""}) + repr(list(AuditEntry.select().dicts()))
    for secret in ("Zauberlehrling", "geheim", "Drachenfels"):
        assert secret not in stored
        assert secret.encode() not in bytes(row["sealed"])
    opened = keyring().open(row["sealed"], context=seal_context(row["ref"]))
    assert opened["display_name"] == "Zauberlehrling"


def test_the_same_form_sent_twice_is_one_request_with_one_code() -> None:
    answers = make_answers("brakel")
    first, second = receive(answers), receive(answers)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.request == second.request
    assert IntakeRequest.select().count() == 1
    assert requester.code_to_keep(answers.submission_key) is not None


@pytest.mark.parametrize(
    "other", [{"display_name": "Anders"}, {"contact": "anders@example.org"}, {"town": "warburg"}]
)
def test_a_form_that_was_changed_since_is_not_thrown_away(other: dict[str, str]) -> None:
    answers = make_answers("brakel")
    receive(answers)
    with pytest.raises(AlreadySent):
        receive(replace(answers, **other))
    assert receive(replace(answers, **other, submission_key="y" * 22)).is_new


def test_consent_counts_for_the_text_that_was_shown_only() -> None:
    with pytest.raises(RuleBroken) as refused:
        receive(make_answers("brakel"), consent_version="2020-01")
    assert refused.value.field == "consent"
    request = receive(make_answers("brakel")).request
    assert receive(make_answers("brakel"), consent_version=request.consent.version).is_new


def test_the_code_opens_the_request_and_is_shown_until_kept() -> None:
    answers = make_answers("brakel")
    request = receive(answers).request
    code = requester.code_to_keep(answers.submission_key)
    assert code is not None
    assert requester.find_by_code(code.lower(), network=NETWORK) == request.id
    requester.keep_code(answers.submission_key)
    assert requester.code_to_keep(answers.submission_key) is None
    assert requester.find_by_code(code, network=NETWORK) == request.id


def test_neither_number_nor_code_is_stored_readably() -> None:
    answers = make_answers("brakel")
    request = receive(answers).request
    code = requester.code_to_keep(answers.submission_key) or ""
    stored = repr(IntakeRequest.select().dicts().get())
    assert code not in stored
    assert code.replace("-", "") not in stored
    assert requester.find_by_code(request.ref, network=NETWORK) is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("display_name", {"display_name": ""}),
        ("display_name", {"display_name": "x" * 81}),
        ("contact", {"contact": "nirgends"}),
        ("contact_wish", {"contact_wish": "whatsapp"}),
        ("best_time", {"best_time": "nachts"}),
        ("age_band", {"age_band": "38"}),
        ("channel", {"channel": "spam"}),
        ("topics", {"topics": ("arrival", "german", "work", "school", "money", "family")}),
        ("topics", {"topics": ("asylum",)}),
        ("free_text", {"free_text": "x" * 501}),
        ("relation", {"relation": "boss", "agreed": True}),
        ("agreed", {"relation": "family", "agreed": False}),
        ("consent", {"consent": False}),
    ],
)
def test_what_the_rules_forbid_is_refused_at_its_field(
    field: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(RuleBroken) as refused:
        receive(make_answers("brakel", **wrong))
    assert refused.value.field == field
    assert IntakeRequest.select().count() == 0


def test_there_is_no_request_to_a_town_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        receive(make_answers("atlantis"))


def test_the_consent_is_the_text_that_was_shown() -> None:
    request = receive(make_answers("brakel", language="ar")).request
    assert (request.consent.key, request.consent.locale) == ("consent", "ar")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=80), st.text(max_size=500))
def test_any_name_and_text_come_back_as_they_were_written(name: str, text: str) -> None:
    answers = make_answers("brakel", display_name=name, free_text=text)
    request = receive(answers).request
    opened = keyring().open(
        IntakeRequest.get_by_id(request.id).sealed, context=seal_context(request.ref)
    )
    assert (opened["display_name"], opened["free_text"]) == (name, text)
    assert request.state == State.RECEIVED
