"""What the Wegweiser is asked with: every field checked, every refusal one clear sentence, and programs' JSON."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.wayfinder import EntryError, Inputs, texts_of
from portal.domain.wayfinder.asking import QuestionError, read_questions, results
from portal.domain.wayfinder.inputs import CHECKS, REQUIRED
from portal.domain.wayfinder.pack import read_pack
from portal.domain.wayfinder.parameters import overrides
from tests.support.wayfinder import DAY, HOEXTER, hoexter_rules, situation

USUAL: dict[str, Any] = {
    "age": 40,
    "status": "protected",
    "months": 10,
    "topics": [],
    "town": "Brakel",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["life"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_every_field_of_the_inputs_is_checked_and_no_other() -> None:
    assert set(CHECKS) == set(Inputs.__dataclass_fields__)


def test_what_is_not_said_is_as_agreed() -> None:
    inputs = Inputs.from_json(USUAL, today=DAY)
    assert inputs == situation()
    assert (inputs.bodies, inputs.consent, inputs.as_of) == (1, True, DAY)
    assert (inputs.status_months, inputs.ua_first, inputs.danger) == (None, None, "")


@pytest.mark.parametrize("field", REQUIRED)
def test_what_nobody_can_guess_is_asked_for(field: str) -> None:
    with pytest.raises(EntryError, match=f"Feld „{field}“"):
        Inputs.from_json({**USUAL, field: None}, today=DAY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("age", -1),
        ("age", 121),
        ("age", "34"),
        ("age", True),
        ("age", 34.5),
        ("status", "Duldung"),
        ("months", 10**30),
        ("topics", "work"),
        ("topics", ["work", "fliegen"]),
        ("topics", [["work"]]),
        ("town", "  "),
        ("town", "x" * 81),
        ("as_of", "01.06.2026"),
        ("as_of", "2026-02-30"),
        ("zue", "ja"),
        ("zue", 1),
        ("benefits", ["drop table"]),
        ("case_mgmt", "kim"),
        ("criteria", ["a"]),
        ("bodies", -3),
        ("danger", "fire"),
        ("ua_first", "gestern"),
        ("school_years", float("nan")),
        ("nationality", "de"),
    ],
)
def test_a_wrong_entry_is_named(field: str, value: Any) -> None:
    with pytest.raises(EntryError) as caught:
        Inputs.from_json({**USUAL, field: value}, today=DAY)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"Feld „{field}“: erwartet wird ")
    assert "\n" not in str(caught.value)


@given(JSON)
def test_whatever_is_handed_over_is_read_or_refused(anything: Any) -> None:
    try:
        assert isinstance(Inputs.from_json(anything, today=DAY), Inputs)
    except EntryError as error:
        assert str(error).isprintable()  # noqa: PT017 - both ways out are right


@given(st.sampled_from([*CHECKS, "parameters"]), JSON)
def test_whatever_stands_in_a_field_is_answered_or_refused(field: str, anything: Any) -> None:
    raw = json.dumps({**USUAL, field: anything}).encode("utf-8", "surrogatepass")
    try:
        questions, _many = read_questions(raw, today=DAY)
    except QuestionError as error:
        assert str(error).isprintable()  # noqa: PT017 - both ways out are right
        return
    assert len(answered(questions)) == 1


@given(st.binary(max_size=40))
def test_whatever_bytes_come_in_there_is_one_sentence(raw: bytes) -> None:
    with pytest.raises(QuestionError) as caught:
        read_questions(b"{" + raw, today=DAY)
    assert str(caught.value).isprintable()


def answered(questions: Any) -> list[dict[str, Any]]:
    texts = texts_of(read_pack(HOEXTER), "de")
    return list(
        results(
            questions,
            rules=hoexter_rules(),
            texts=texts,
            services=lambda code, town, unnamed: [f"Demo {code} {town}", *sorted(unnamed)],
        )
    )


def asked(*objects: Any) -> list[dict[str, Any]]:
    questions, is_list = read_questions(json.dumps(objects).encode(), today=DAY)
    assert is_list
    return answered(questions)


def test_behind_an_answer_for_an_unclear_status_no_office_is_looked_for() -> None:
    known, unclear = asked(USUAL, {**USUAL, "status": "unclear"})
    assert "ABH" not in known["services"][known["primary"]]
    assert {"ABH", "KIM_CM"} <= set(unclear["services"]["FBS"])


def test_programs_get_codes_with_their_words_and_services() -> None:
    (found,) = asked({**USUAL, "age": 70, "topics": ["money"], "town": "Höxter"})
    assert list(found) == [
        "primary",
        "rule",
        "decides",
        "also",
        "hints",
        "explanations",
        "services",
        "marks",
        "since",
    ]
    assert (found["primary"], found["rule"], found["since"]) == (
        "SOZIALAMT_SGB12",
        "R22",
        "2022-01-01",
    )
    assert found["services"] == {
        "SOZIALAMT_SGB12": ["Demo SOZIALAMT_SGB12 hoexter"],
        "MBE": ["Demo MBE hoexter"],
    }
    assert set(found["explanations"]) == {"R22", "SOZIALAMT_SGB12", "MBE"}
    assert all(found["explanations"].values())


def test_parameters_count_for_their_own_question_only() -> None:
    question = {**USUAL, "age": 65, "topics": ["money"]}
    found = asked(question, question | {"parameters": {"pension_age": 65}}, question)
    assert [one["primary"] for one in found] == ["JC", "SOZIALAMT_SGB12", "JC"]


@pytest.mark.parametrize(
    "stop",
    [
        ["2026-06-01", "2026-06-01"],
        {"from": "2026-06-01", "to": "2026-07-01"},
        "2026-02-09/2026-12-31",
        "2026-02-09 to 2026-12-31",
    ],
)
def test_a_period_can_be_written_in_several_ways(stop: Any) -> None:
    question = {**USUAL, "status": "eu", "topics": ["language"], "as_of": "2026-06-01"}
    found = asked(
        question | {"parameters": {"intkurs_stop": stop}},
        question | {"parameters": {"intkurs_stop": None}},
    )
    assert [one["hints"] for one in found] == [["HINTKURS"], []]


@pytest.mark.parametrize(
    ("given_parameters", "field"),
    [
        ({"pension_age": "67"}, "parameters.pension_age"),
        ({"unknown": 1}, "parameters.unknown"),
        ({"intkurs_stop": ["2026-12-31", "2026-01-01"]}, "parameters.intkurs_stop"),
        (["pension_age"], "parameters"),
    ],
)
def test_a_wrong_parameter_is_named(given_parameters: Any, field: str) -> None:
    with pytest.raises(EntryError) as caught:
        overrides(given_parameters)
    assert caught.value.field == field


def test_the_wrong_object_of_a_list_is_named() -> None:
    raw = json.dumps([USUAL, {**USUAL, "age": "alt"}]).encode()
    with pytest.raises(QuestionError, match=r"^Objekt 2, Feld „age“: "):
        read_questions(raw, today=DAY)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b"3", b'"x"'])
def test_what_is_no_question_is_said_so(raw: bytes) -> None:
    with pytest.raises(QuestionError):
        read_questions(raw, today=DAY)


@given(
    st.integers(0, 120),
    st.integers(0, 1440),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_any_day_and_any_time_can_be_asked_about(age: int, months: int, day: date) -> None:
    (found,) = asked({**USUAL, "age": age, "months": months, "as_of": day.isoformat()})
    assert found["primary"]
