"""Searching: who may see what, filters and counts, corrections, languages, beginnings of words."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.topics import TOPICS
from search_index.base import LONGEST_TEXT, Query
from search_index.engine import DATA, WhooshEngine
from search_index.synonyms import Thesaurus
from tests.search_index.conftest import Build
from tests.search_index.entries import entry, keys

STAFF = frozenset({"public", "meetings:read"})


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    """Courses in two towns, for two topics; one of them is not public."""
    engine = WhooshEngine.build(
        tmp_path_factory.mktemp("towns"),
        [
            entry("a", "Nähkurs", facets={"town": ("x",), "topic": ("t", "u")}),
            entry("b", "Kochkurs", facets={"town": ("y",), "topic": ("t",)}),
            entry("c", "Malkurs", facets={"town": ("x", "y")}, kind="card"),
            entry("d", "Geheimkurs", facets={"town": ("x",)}, audience="meetings:read"),
        ],
    )
    yield engine
    engine.close()


def test_only_entries_of_ones_audiences_are_found(towns: WhooshEngine):
    assert sorted(keys(towns, "Kurs")) == ["a", "b", "c"]
    assert sorted(keys(towns, "Kurs", audiences=STAFF)) == ["a", "b", "c", "d"]
    assert keys(towns, "Kurs", audiences=frozenset()) == []
    assert keys(towns, "", audiences=frozenset({"meetings:read"})) == ["d"]


def test_nothing_tells_of_entries_that_one_may_not_see(towns: WhooshEngine):
    found = towns.search(Query("Geheimkurs"))
    assert "d" not in [hit.key for hit in found.hits]
    assert towns.search(Query("Geheimkusr")).corrected == ""
    assert towns.suggest("Gehe") == []
    assert found.facets.get("town", {}).get("x", 0) <= 2
    assert "audience" not in found.facets


def test_one_code_of_a_facet_suffices_and_every_facet_must_match(towns: WhooshEngine):
    both = {"town": frozenset({"x", "y"}), "topic": frozenset({"u"})}
    assert keys(towns, "Kurs", filters=both) == ["a"]
    assert keys(towns, "Kurs", filters={"town": frozenset({"nowhere"})}) == []
    assert keys(towns, "Kurs", kinds=frozenset({"card"})) == ["c"]
    assert sorted(keys(towns, "Kurs", filters={"town": frozenset()})) == ["a", "b", "c"]


def test_counts_say_what_a_click_would_leave(towns: WhooshEngine):
    found = towns.search(Query("Kurs", filters={"town": frozenset({"x"})}))
    assert found.total == 2
    assert found.facets["town"] == {"x": 2, "y": 2}
    assert found.facets["topic"] == {"t": 1, "u": 1}
    assert found.facets["kind"] == {"service": 1, "card": 1}


def test_no_text_returns_all_by_trust_and_title(build: Build):
    engine = build(
        entry("b", "Birne"),
        entry("a", "Apfel"),
        entry("ä", "Äpfel"),
        entry("z", "Ananas", trust=0.2),
    )
    assert keys(engine, "") == ["a", "ä", "b", "z"]
    assert keys(engine, "  ") == ["a", "ä", "b", "z"]


def test_pages_follow_each_other(build: Build):
    engine = build(*[entry(f"e{number:02}", f"Kurs {number:02}") for number in range(25)])
    pages = [keys(engine, "Kurs", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [key for page in pages for key in page] == keys(engine, "Kurs", limit=None)


def test_confirmed_entries_come_before_stale_ones(build: Build):
    engine = build(entry("stale", "Nähkurs", trust=0.0), entry("fresh", "Nähkurs", trust=1.0))
    assert keys(engine, "Nähkurs") == ["fresh", "stale"]


def test_a_title_counts_more_than_a_mention(build: Build):
    engine = build(
        entry("mention", "Anderes", body="Sonst gehen Sie zum Nähkurs."), entry("is", "Nähkurs")
    )
    assert keys(engine, "Nähkurs") == ["is", "mention"]


def test_compounds_are_found_both_ways(build: Build):
    engine = build(
        entry("whole", "Sprachkurs"),
        entry("parts", "Kurs", body="Sprache lernen"),
        entry("x", "Tee"),
    )
    assert keys(engine, "Sprachkurs") == ["whole", "parts"]
    assert keys(engine, "Kurs Sprache")[:2] == ["whole", "parts"] or "whole" in keys(
        engine, "Kurs Sprache"
    )
    assert "x" not in keys(engine, "Sprachkurs")


def test_hanging_hyphens_are_read(build: Build):
    engine = build(entry("a", "Sprach- und Alphabetisierungskurs"), entry("b", "Tee"))
    assert keys(engine, "Sprachkurs") == ["a"]


@pytest.mark.parametrize("asked", ["SGB II", "sgb 2", "SGBII", "Zweites Buch Sozialgesetzbuch"])
def test_one_book_is_not_another(build: Build, asked: str):
    engine = build(
        entry("two", "Hilfe", body="nach SGB II"), entry("twelve", "Hilfe", body="nach SGB XII")
    )
    assert keys(engine, asked) == ["two"]


def test_misspelt_words_are_corrected_and_it_says_so(build: Build):
    engine = build(entry("a", "Töpferwerkstatt"))
    found = engine.search(Query("schöne Töpferwerkstat"))
    assert [hit.key for hit in found.hits] == ["a"]
    assert found.corrected == "schöne Töpferwerkstatt"
    assert engine.search(Query("Töpferwerkstatt")).corrected == ""


def test_words_mean_the_same_in_every_language(build: Build):
    engine = build(entry("debt", "Schuldnerberatung"), entry("x", "Nähkurs"))
    for asked in ("debt advice", "долги", "ديون", "borç", "dettes", "długi"):
        found = engine.search(Query(asked))
        assert [hit.key for hit in found.hits] == ["debt"], asked
        assert found.hits[0].matched, asked
        assert all(term.isascii() or "ä" in term for term in found.hits[0].matched), asked


def test_what_german_readers_see_is_german(build: Build):
    engine = build(entry("debt", "Schuldnerberatung"))
    assert (
        engine.search(Query("debt advice")).terms
        == engine.search(Query("debt advice")).hits[0].matched
    )


def test_translations_are_found_by_their_own_words(build: Build):
    engine = build(
        entry("a", "Angebot", translations={"uk": "Швейна майстерня"}), entry("b", "Tee")
    )
    assert keys(engine, "швейні майстерні") == ["a"]


def test_the_countys_own_words_are_synonyms(build: Build):
    groups = [(("Klönschnack", "Plauderstunde"), False), (("Amtsstube", "Bürgerbüro"), True)]
    engine = build(
        entry("a", "Plauderstunde"),
        entry("b", "Bürgerbüro"),
        entry("c", "Amtsstube"),
        word_groups=groups,
    )
    assert keys(engine, "Klönschnack") == ["a"]
    assert sorted(keys(engine, "Amtsstube")) == ["b", "c"]
    assert keys(engine, "Bürgerbüro") == ["b"]


def test_a_german_article_is_no_word_of_another_language(build: Build):
    engine = build(entry("a", "Haus der Begegnung"), entry("b", "Kirche und Gebet"))
    assert keys(engine, "Haus der Begegnung") == ["a"]


def test_beginnings_are_enough_while_typing(build: Build):
    engine = build(entry("a", "Töpferwerkstatt"), entry("b", "Tee"))
    assert keys(engine, "Töpferwe", prefix=True) == ["a"]
    assert keys(engine, "toepferw", prefix=True) == ["a"]
    assert keys(engine, "Töpferwe") == []
    assert (
        keys(engine, "Tee Töpf", prefix=True) == ["a", "b"]
        or len(keys(engine, "Tee Töpf", prefix=True)) == 2
    )


def test_suggestions_complete_the_last_word(build: Build):
    engine = build(
        entry("a", "Nähkurs", body="Nähen", translations={"en": "Needlework", "uk": "Небо"}),
        entry("b", "Secret", audience="meetings:read"),
    )
    assert engine.suggest("Kurs Näh")[:2] == ["Kurs Nähen", "Kurs Nähkurs"]
    assert engine.suggest("nee", locale="en") == ["Needlework"]
    assert engine.suggest("nee") == []
    assert engine.suggest("sec") == []
    assert engine.suggest("Näh ") == []
    assert engine.suggest("Näh", limit=1) == ["Nähen"]


@given(
    st.one_of(
        st.text(max_size=300),
        st.sampled_from(
            [
                "?!",
                "🙂🙂",
                "§",
                "§§ -",
                "*" * 500,
                "a" * 10_000,
                "ß" * 9_999,
                "und oder",
                "\x00",
                "٣٤",
                "ﷺ",
            ]
        ),
    ),
    st.booleans(),
)
def test_no_text_is_an_error(towns: WhooshEngine, text: str, prefix: bool):
    found = towns.search(Query(text, prefix=prefix))
    assert found.total >= len(found.hits)
    assert all(hit.key != "d" for hit in found.hits)
    assert isinstance(towns.suggest(text), list)
    assert "".join(piece for piece, _ in towns.highlight(text, text)) == text


def test_only_the_beginning_of_a_long_text_is_read(towns: WhooshEngine):
    assert keys(towns, " " * LONGEST_TEXT + "Nähkurs") == []
    assert keys(towns, "Nähkurs" + " " * 10_000)[0] == "a"


def test_an_entry_is_about_its_topics(build: Build):
    engine = build(entry("a", "Lindenhof", facets={"topic": ("debt",)}), entry("b", "Tannenhof"))
    assert keys(engine, "Schuldnerberatung") == ["a"]
    assert keys(engine, "dettes") == ["a"]


def test_every_topic_means_something():
    topics = tomllib.loads((DATA / "topics.toml").read_text("utf-8"))
    known = Thesaurus.load().concepts
    assert set(topics) == set(TOPICS)
    assert [key for concepts in topics.values() for key in concepts if key not in known] == []
