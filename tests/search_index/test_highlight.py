"""Pieces of a text: nothing is lost, nothing is markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.engine import Language
from search_index.highlight import pieces

LANGUAGE = Language([(("Zauberstunde", "Magiekurs"), False)])


def marked(text: str, query: str) -> list[str]:
    found = pieces(text, query, LANGUAGE.questions, LANGUAGE.entries)
    return [piece for piece, is_marked in found if is_marked]


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("Beratung und Kurse", "Kurs", ["Kurse"]),
        ("Unsere Schuldnerberatungsstelle hilft", "Beratung", ["Schuldnerberatungsstelle"]),
        ("Die Ausländerbehörde", "auslaenderbehoerde", ["Ausländerbehörde"]),
        ("Aufenthalt nach § 25b AufenthG", "25b", ["§ 25b"]),
        ("Hilfe nach SGB XII", "SGB II", []),
        ("Eine Zauberstunde", "Magiekurs", ["Zauberstunde"]),
        ("Für alle", "für", []),
        ("Nichts davon", "Kurs", []),
        ("Kurs", "", []),
        ("", "Kurs", []),
    ],
)
def test_what_was_asked_for_is_marked(text: str, query: str, words: list[str]):
    assert marked(text, query) == words


def test_pieces_are_plain_text():
    found = pieces("<b>Kurs</b> & mehr", "Kurs", LANGUAGE.questions, LANGUAGE.entries)
    assert found == [("<b>", False), ("Kurs", True), ("</b> & mehr", False)]


@given(st.text(), st.text())
def test_pieces_together_are_the_text(text: str, query: str):
    found = pieces(text, query, LANGUAGE.questions, LANGUAGE.entries)
    assert "".join(piece for piece, _ in found) == text
    assert all(piece for piece, _ in found)
