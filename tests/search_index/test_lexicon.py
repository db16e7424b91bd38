"""Typing mistakes and half-written words."""

import pytest

from search_index.analysis.folding import fold
from search_index.lexicon import Lexicon, by_language

WORDS = Lexicon(
    [
        ("Migrationsberatung", 9),
        ("Beratung", 20),
        ("beratung", 1),
        ("Schuldnerberatung", 4),
        ("Scheidung", 3),
        ("Jobcenter", 8),
        ("Ausländerbehörde", 5),
        ("Sucht", 2),
        ("Zucht", 7),
        ("Kurs", 6),
        ("KI", 1),
    ]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Migrationsberatnug", "Migrationsberatung"),
        ("Schuldenrberatung", "Schuldnerberatung"),
        ("Scheidugn", "Scheidung"),
        ("Jobceter", "Jobcenter"),
        ("auslenderbehörde", "Ausländerbehörde"),
        ("Kurz", "Kurs"),
    ],
)
def test_misspelt_words_are_recognised(typed: str, meant: str):
    assert WORDS.corrections(fold(typed))[0] == meant


def test_the_same_first_letter_is_likelier_than_a_frequent_word():
    assert WORDS.corrections("sicht")[0] == "Sucht"


@pytest.mark.parametrize("typed", ["KX", "kur", "Waschmaschine", "Krus1"])
def test_short_and_strange_words_are_left_alone(typed: str):
    assert WORDS.corrections(fold(typed)) == []


def test_words_are_completed_by_frequency_in_their_usual_spelling():
    assert WORDS.completions("b") == [("Beratung", 21)]
    assert [word for word, _ in WORDS.completions("s")] == [
        "Schuldnerberatung",
        "Scheidung",
        "Sucht",
    ]
    assert WORDS.completions("x") == []


def test_words_are_kept_apart_by_language():
    found = by_language([("de:Kurs", 2), ("en:course", 1), ("de:Kind", 1)])
    assert set(found) == {"de", "en"}
    assert found["en"].completions("co") == [("course", 1)]
    assert [word for word, _ in found["de"].completions("k")] == ["Kurs", "Kind"]
