"""German compounds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis.folding import fold
from search_index.analysis.stemming import stem
from search_index.splitting import Splitter, sub_compounds

LEXICON = [
    "Sprache", "Kurs", "Integration", "Beratung", "Stelle", "Schuld", "Schuldner", "Wohnung",
    "Kind", "Tag", "Stätte", "Träger", "Schule", "Pflicht", "Asyl", "Verfahren",
    "Frau", "Schutz", "Haus",
]  # fmt: skip


@pytest.fixture(scope="module")
def splitter() -> Splitter:
    return Splitter(LEXICON, whole=["Kindheit"])


def parts(splitter: Splitter, word: str) -> list[str]:
    return [part.stem for part in splitter.split(fold(word))]


@pytest.mark.parametrize(
    ("word", "made_of"),
    [
        ("Sprachkurs", ["Sprache", "Kurs"]),
        ("Sprachkursen", ["Sprache", "Kurs"]),
        ("Integrationssprachkurs", ["Integration", "Sprache", "Kurs"]),
        ("Schuldnerberatungsstelle", ["Schuldner", "Beratung", "Stelle"]),
        ("Schulpflicht", ["Schule", "Pflicht"]),
        ("Kindertagesstätte", ["Kind", "Tag", "Stätte"]),
        ("Frauenhaus", ["Frau", "Haus"]),
        ("Frauenhäuser", ["Frau", "Haus"]),
        ("Asylverfahrensberatung", ["Asyl", "Verfahren", "Beratung"]),
        ("Auslaenderberatung", ["Ausländer", "Beratung"]),
    ],
)
def test_compounds_are_split_into_known_words(splitter: Splitter, word: str, made_of: list[str]):
    assert parts(splitter, word) == [stem(fold(one)) for one in made_of]


@pytest.mark.parametrize(
    "word", ["Beratung", "Kindheit", "Leistung", "Kurs", "Verwaltung", "xyz", ""]
)
def test_other_words_stay_whole(splitter: Splitter, word: str):
    assert parts(splitter, word) == [stem(fold(word))]


def test_an_unknown_beginning_is_a_guess(splitter: Splitter):
    assert parts(splitter, "Zwergenlandberatung")[-1] == stem("beratung")
    assert splitter.is_guess(fold("Zwergenlandberatung"))
    assert not splitter.is_guess(fold("Schuldnerberatung"))


def test_neighbouring_parts_are_words_too(splitter: Splitter):
    word = fold("Integrationssprachkurs")
    assert sub_compounds(word, splitter.split(word)) == [
        ("integration", 1),
        ("integrationssprach", 2),
        ("sprach", 1),
        (stem("sprachkurs"), 2),
        ("kurs", 1),
    ]


def test_a_word_that_is_not_split_has_no_parts(splitter: Splitter):
    assert sub_compounds("beratung", splitter.split("beratung")) == []


@given(st.lists(st.sampled_from(LEXICON), min_size=1, max_size=4))
def test_parts_lie_in_the_word_and_in_order(chosen: list[str]):
    word = fold("".join(chosen))
    found = Splitter(LEXICON).split(word)
    assert found
    assert found[0].start == 0
    for before, after in pairwise(found):
        assert before.start < before.end <= after.start
    assert found[-1].end <= len(word)


@given(st.text())
def test_no_text_is_an_error(text: str):
    assert Splitter(LEXICON).split(fold(text))
