"""The words the search knows: what editors of these files get wrong is found here."""

import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import search_index
from search_index.analysis.folding import fold, words
from search_index.analysis.stemming import GERMAN
from search_index.analysis.stopwords import is_stopword, stopwords
from search_index.splitting import Splitter
from search_index.synonyms import phrase_of

DATA = Path(search_index.__file__).parent / "data"
LANGUAGES = {
    "de", "en", "uk", "ru", "ar", "fa", "tr", "ku", "fr", "ro", "bg", "pl", "sq", "ti", "es",
}  # fmt: skip
# Abbreviations of the field (domain handbook, 1.11): whoever types one means exactly this.
ABBREVIATIONS = (
    "KIM MKFFI MKJFGFI TIntG BuI KI KS CM CMS SuO ABH EBH JC BA AA BAMF BMFSFJ MBE JMD FBS THM SE MO "
    "ZUE LG PG AZR KfI AVB PSZ VZÄ AsylbLG AufenthG StAG BuT EUTB VHS"
)
Concept = dict[str, list[str]]


def read_concepts() -> dict[str, Concept]:
    concepts: dict[str, Concept] = {}
    for file in sorted((DATA / "thesaurus").glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8"))["concept"]:
            key = row.pop("key")
            assert key not in concepts, f"{key} is there twice"
            concepts[key] = row
    return concepts


CONCEPTS = read_concepts()


def names() -> Iterator[tuple[str, str, str]]:
    for key, row in CONCEPTS.items():
        for language in row.keys() & LANGUAGES:
            yield from ((key, language, name) for name in row[language])


def lines(name: str) -> list[str]:
    text = (DATA / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def is_bare(name: str, language: str) -> bool:
    return all(is_stopword(fold(word.text), language) for word in words(name))


def test_the_field_is_covered() -> None:
    assert len(CONCEPTS) >= 150
    assert len(lines("lexicon_de.txt")) >= 1500


@pytest.mark.parametrize("key", CONCEPTS)
def test_a_concept_has_a_german_name_and_known_languages(key: str) -> None:
    row = CONCEPTS[key]
    assert row["de"]
    assert row.keys() - {"narrower", "note"} <= LANGUAGES
    assert set(row.get("narrower", [])) <= CONCEPTS.keys() - {key}


@pytest.mark.parametrize("abbreviation", ABBREVIATIONS.split())
def test_every_abbreviation_of_the_field_is_known(abbreviation: str) -> None:
    assert any(language == GERMAN and name == abbreviation for _key, language, name in names())


def test_names_are_tidy() -> None:
    untidy = [
        (key, name)
        for key, _language, name in names()
        if name != unicodedata.normalize("NFC", " ".join(name.split())) or not any(words(name))
    ]
    assert untidy == []


def test_no_name_stands_twice_in_a_concept() -> None:
    twice = [
        (key, language, name)
        for key, row in CONCEPTS.items()
        for language in row.keys() & LANGUAGES
        for name, count in Counter(map(str.casefold, row[language])).items()
        if count > 1
    ]
    assert twice == []


def test_a_name_tells_something() -> None:
    bare = [one for one in names() if is_bare(one[2], one[1])]
    digits = [one for one in names() if all(s.isdigit() for s in phrase_of(one[2], one[1]))]
    assert bare == []
    assert digits == [], "a number alone stands in every telephone number"


def test_a_name_does_not_lose_its_meaning_with_its_stop_words() -> None:
    """Else "Deutscher werden" made every "deutsch" a naturalisation."""
    kept = {
        "pro familia", "generatives Thema", "Hilfe zum Lebensunterhalt", "sich scheiden lassen",
        "Ukraine-Hilfe", "einbürgern lassen",
    }  # fmt: skip
    shrunk = [
        (key, name, phrase_of(name, GERMAN))
        for key, language, name in names()
        if language == GERMAN
        and name not in kept
        and len(list(words(name))) > 1
        and len(phrase_of(name, GERMAN)) == 1
        and phrase_of(name, GERMAN) not in single_names(key)
    ]
    assert shrunk == []


def single_names(key: str) -> set[tuple[str, ...]]:
    return {phrase_of(name, GERMAN) for name in CONCEPTS[key]["de"] if len(list(words(name))) == 1}


def test_no_name_means_more_than_three_things() -> None:
    meanings: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for key, language, name in names():
        meanings[language, phrase_of(name, language)].add(key)
    assert {name: keys for name, keys in meanings.items() if len(keys) > 3} == {}


def test_no_word_mixes_scripts() -> None:
    mixed = [
        (key, word)
        for key, _language, name in names()
        for word in name.split()
        if len({unicodedata.name(letter).split()[0] for letter in word if letter.isalpha()}) > 1
    ]
    assert mixed == []


@pytest.mark.parametrize("name", ["lexicon_de.txt", "whole_de.txt"])
def test_word_lists_hold_one_word_a_line_once(name: str) -> None:
    all_of_them = lines(name)
    assert [line for line in all_of_them if not line.isalpha()] == []
    assert [word for word, count in Counter(all_of_them).items() if count > 1] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_stop_words(language: str) -> None:
    assert len(stopwords(language)) >= 20


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Schuldnerberatungsstelle", ["schuldner", "beratung", "stelle"]),
        ("Integrationssprachkurs", ["integration", "sprach", "kurs"]),
        ("Wohnungslosenhilfe", ["wohnungslos", "hilfe"]),
        ("Weiterleitungsvertrag", ["weiterleitung", "vertrag"]),
        ("Kindertagesstätte", ["kinder", "tages", "statte"]),
        ("Führerscheinumschreibung", ["fuhrerschein", "umschreibung"]),
        ("Bundestag", ["bundestag"]),
        ("Griechenland", ["griechenland"]),
        ("Gemeinschaft", ["gemeinschaft"]),
    ],
)
def test_the_lexicon_splits_what_it_should(compound: str, parts: list[str]) -> None:
    splitter = Splitter(lines("lexicon_de.txt"), whole=lines("whole_de.txt"))
    folded = fold(compound)
    assert [folded[part.start : part.end] for part in splitter.split(folded)] == parts
