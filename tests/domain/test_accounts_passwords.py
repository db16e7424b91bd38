"""Passwords: long rather than complicated, hard to guess, changed by nobody on the way."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.domain.accounts import passwords
from portal.domain.errors import RuleBroken, TooManyTries
from portal.models.accounts import Account

PERSON = Account(name="Demo Brakelmann", mail="rotkehlchen.demo@example.org")
COMMON = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= passwords.SHORTEST]


def refusal(password: str) -> str:
    try:
        passwords.check_new(password, account=PERSON)
    except RuleBroken as broken:
        return f"{broken.field}: {broken.message}"
    return ""


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("xk7Rq2vP9wB", "mindestens 12"),
        ("xk7Rq2vP9wBz", ""),
        ("vier wörter ohne sinn", ""),
        ("nur kleine buchstaben hier", ""),
        ("🚲🌻🎈🐝🪁🧦🎻🛶🌵🍄🪐🧩", ""),
        ("   ", "mindestens 12"),
        ("passwordpassword", "andere wissen"),
        ("aaaaaaaaaaaaaaaaaa", "leicht zu erraten"),
        ("123456789012345", "leicht zu erraten"),
        ("qwertzuiopas", "leicht zu erraten"),
        ("Brakel-Brakel-2026!", "andere wissen"),
        ("Höxter-Portal-2026", "andere wissen"),
        ("hoexter-kim-portal-1", "andere wissen"),
        ("Brakelmann-1985", "andere wissen"),
        ("rotkehlchen-2026", "andere wissen"),
        ("Fallmanagement2026", "andere wissen"),
    ],
)
def test_the_table_of_passwords(password: str, complaint: str) -> None:
    found = refusal(password)
    assert complaint in found
    assert bool(complaint) == found.startswith("new_password: ")


@pytest.mark.usefixtures("database")
def test_common_passwords_are_refused() -> None:
    assert len(COMMON) > 200
    assert [word for word in COMMON if not refusal(word)] == []
    assert [word for word in FREQUENCY_LISTS["passwords"][:3000] if not refusal(word)] == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("length", "fits"), [(12, True), (64, True), (256, True), (257, False)])
def test_the_lengths(length: int, *, fits: bool) -> None:
    password = ("Mq8 zeltplatz?Wv3 " * 15)[:length]
    assert (refusal(password) == "") is fits


@given(st.text(min_size=1, max_size=256))
@settings(max_examples=40)
def test_what_was_set_fits_and_nothing_else(password: str) -> None:
    stored = passwords.hash_of(password)
    assert passwords.fits(password, stored)
    assert not passwords.fits(password + "x", stored)


@given(st.text(alphabet="äéñüaou ", min_size=12, max_size=30))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_keys_on_another_system_fit(password: str) -> None:
    stored = passwords.hash_of(unicodedata.normalize("NFD", password))
    assert passwords.fits(unicodedata.normalize("NFC", password), stored)


def test_letters_are_not_taken_for_others() -> None:
    stored = passwords.hash_of("ein ﬁnk und Ⅷ Katzen")
    assert not passwords.fits("ein fink und VIII Katzen", stored)


@pytest.mark.parametrize("password", ["\ud800", "a\x00b", "x" * 5000, ""])
def test_nothing_typed_breaks_it(password: str) -> None:
    assert not passwords.fits(password, passwords.hash_of("Ganz anders getippt"))


def test_nobody_has_the_password_of_nobody() -> None:
    assert not passwords.fits("nobody has this password", "")
    assert not passwords.fits("anything", "no hash at all")


def test_the_portal_itself_uses_the_librarys_costs() -> None:
    default = PasswordHasher()
    assert (default.memory_cost, default.time_cost) >= (64 * 1024, 3)
    assert default.type.name == "ID"


def test_only_two_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "SECONDS_FOR_A_PLACE", 0.01)
    with passwords._place(), passwords._place(), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(passwords.fits, "x", "")
        with pytest.raises(TooManyTries):
            waiting.result()
    assert not passwords.fits("x", "")
