"""Phone or e-mail: what people type, and what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.intake.contacts import Contact, parse_contact
from portal.domain.intake.sounds import sounds


@pytest.mark.parametrize(
    ("typed", "kind", "stored"),
    [
        ("05271 965-0", "phone", "+4952719650"),
        ("+49 (0)5271 / 9650", "phone", "+4952719650"),
        ("0049 170 1234567", "phone", "+491701234567"),
        ("٠١٧٠ ١٢٣٤٥٦٧", "phone", "+491701234567"),
        ("+380 44 123 45 67", "phone", "+380441234567"),
        ("123456", "phone", "+49123456"),
        ("Name@Beispiel.DE", "mail", "Name@beispiel.de"),
        ("olena@пошта.укр", "mail", "olena@пошта.укр"),
    ],
)
def test_what_people_type_is_understood(typed: str, kind: str, stored: str) -> None:
    assert parse_contact(typed, region="DE") == Contact(kind, stored)


@pytest.mark.parametrize("typed", ["", "12345", "ruf mich an", "name@", "@", "a@b", "1" * 21, "+"])
def test_what_reaches_nobody_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_contact(typed, region="DE")
    assert refused.value.field == "contact"


@given(st.text(max_size=150))
def test_any_entry_is_a_contact_or_refused(typed: str) -> None:
    try:
        contact = parse_contact(typed, region="DE")
    except RuleBroken:
        return
    assert contact.kind in {"phone", "mail"}
    assert parse_contact(contact.value, region="DE") == contact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Олександр", "Oleksandr"),
        ("محمد", "Mohammed"),
        ("Müller", "Mueller"),
        ("Yusuf", "Jussuf"),
        ("Anna", "Анна"),
        ("Наталія", "Natalija"),
    ],
)
def test_one_name_sounds_the_same_in_two_scripts(one: str, other: str) -> None:
    assert sounds(one) == sounds(other) != frozenset()


@pytest.mark.parametrize(
    ("one", "other"), [("Olena", "Fatima"), ("Ali", "Bo"), ("Anna", "Maria"), ("Maria", "Peter")]
)
def test_different_names_sound_different(one: str, other: str) -> None:
    assert not sounds(one) & sounds(other)


@given(st.text(max_size=100))
def test_any_name_has_sounds_or_none(name: str) -> None:
    assert all(sound.isalpha() for sound in sounds(name))
