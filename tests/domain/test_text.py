"""Text is cleaned once, and that is enough."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.text import clean

UNUSABLE = "\x00\x07\x0b\x0c\x1f\x7f\x85\u202d\u202e\ufffe\uffff"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(codec=None, categories=("L", "Cs", "Cc", "Cf", "Cn"))))
def test_clean_text_can_be_stored_everywhere(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not set(cleaned) & set(UNUSABLE)


def test_line_breaks_and_scripts_survive() -> None:
    assert clean("  Grüße\r\nسلام\rПривіт\t! ") == "Grüße\nسلام\nПривіт\t!"
