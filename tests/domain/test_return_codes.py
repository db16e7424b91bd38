"""The return code: unmistakable, unguessable, forgiving about how it is typed."""

import math

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.intake import return_codes as codes
from portal.domain.references import ALPHABET

KEYS = st.text(min_size=1)


def test_a_code_has_at_least_sixty_bits() -> None:
    assert codes.LETTERS * math.log2(len(ALPHABET)) >= 60


def test_no_two_letters_of_the_alphabet_are_mistaken_for_each_other() -> None:
    for lookalikes in ("0OQD", "1IL", "2Z", "5S", "8B", "UV", "6G"):
        assert len(set(lookalikes) & set(ALPHABET)) <= 1
    assert len(set(ALPHABET)) == len(ALPHABET)


@given(KEYS)
def test_the_same_form_gives_the_same_code(key: str) -> None:
    code = codes.code_for(key)
    assert code == codes.code_for(key)
    assert len(code) == codes.LETTERS
    assert set(code) <= set(ALPHABET)


@given(KEYS, KEYS)
def test_other_forms_give_other_codes(one: str, other: str) -> None:
    assert (codes.code_for(one) == codes.code_for(other)) == (one == other)


@given(
    st.text(ALPHABET, min_size=16, max_size=16), st.sampled_from([str.lower, str.title, str.upper])
)
def test_a_code_opens_however_it_is_typed(code: str, case: object) -> None:
    typed = f"  {case(codes.grouped(code)).replace('-', ' ')} "
    assert codes.hash_of(typed) == codes.hash_of(code)


@given(st.text(ALPHABET, min_size=16, max_size=16))
def test_digits_and_letters_of_other_keyboards_open_it_too(code: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    arabic = code.translate({ord(str(digit)): chr(0x0660 + digit) for digit in range(10)})
    assert codes.normalised(wide) == codes.normalised(arabic) == code


@given(st.text())
def test_any_entry_can_be_looked_up(typed: str) -> None:
    assert len(codes.hash_of(typed)) == 64


def test_fresh_codes_differ() -> None:
    assert len({codes.new_code() for _ in range(200)}) == 200
