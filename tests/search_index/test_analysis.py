"""Words, laws and languages: many spellings, one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis.folding import fold, tidy, words
from search_index.analysis.legal import references
from search_index.analysis.stemming import language_of, languages_of, stem, token
from search_index.analysis.stopwords import is_stopword


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ausländerbehörde", "Auslaenderbehoerde"),
        ("Bürgergeld", "burgergeld"),
        ("Straße", "STRASSE"),
        ("Führerschein", "fuehrerschein"),
        ("boşanma", "bosanma"),
        ("IŞIK", "isik"),
        ("łódź", "lodz"),
        ("أسرة", "اسره"),
        ("کلاس", "كلاس"),
        ("сім'я", "сім’я"),
        ("ёлка", "елка"),
        ("ﬁnanz", "finanz"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str):
    assert fold(one) == fold(other)


@pytest.mark.parametrize("word", ["neue", "Steuer", "Quelle", "Bauer", "teuer"])
def test_ue_that_is_no_umlaut_stays(word: str):
    assert "ue" in fold(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kurs", "Kurse"),
        ("Kind", "Kindern"),
        ("Beratung", "Beratungen"),
        ("Haus", "Häuser"),
        ("Arzt", "Ärztinnen"),
        ("Dolmetscher", "Dolmetscherin"),
        ("Anwalt", "Anwältinnen"),
        ("Schwangere", "schwanger"),
        ("Flüchtling", "Flüchtlinge"),
    ],
)
def test_forms_of_a_german_word_share_a_stem(one: str, other: str):
    assert stem(fold(one)) == stem(fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kurs", "Kur"), ("Medizin", "Medium"), ("Termin", "Term"), ("Steuer", "stur")],
)
def test_different_german_words_do_not(one: str, other: str):
    assert stem(fold(one)) != stem(fold(other))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "course", "courses"),
        ("uk", "курс", "курсів"),
        ("uk", "дитячий", "дитячі"),
        ("ru", "сад", "сады"),
        ("bg", "училище", "училището"),
        ("tr", "kurs", "kurslar"),
        ("fr", "langue", "langues"),
        ("pl", "kurs", "kursy"),
    ],
)
def test_forms_of_other_languages_share_a_stem(language: str, one: str, other: str):
    assert stem(fold(one), language) == stem(fold(other), language)


def test_a_word_may_belong_to_every_language_of_its_script():
    assert languages_of("kurs")[0] == "de"
    assert {"en", "tr", "ku", "so"} < set(languages_of("kurs"))
    assert set(languages_of("курс")) == {"uk", "ru", "bg"}
    assert {"ar", "fa"} <= set(languages_of(fold("دورة")))
    assert languages_of("2023") == ("de",)


def test_only_words_of_other_languages_are_marked():
    assert token("kurse", "de") == "kurs"
    assert token("courses", "en") == "en:cours"
    assert token("課程", "zh") == "課程"


@pytest.mark.parametrize(
    ("code", "language"), [("en_GB", "en"), ("kmr", "ku"), ("fa-AF", "fa"), ("de@simple", "de")]
)
def test_locales_lead_to_their_language(code: str, language: str):
    assert language_of(code) == language


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("§ 25b AufenthG", {"p25b"}),
        ("§25b", {"p25b"}),
        ("Paragraf 25b", {"p25b"}),
        ("paragraph 25 b AufenthG", {"p25b"}),
        ("25b", {"p25b"}),
        ("25B", {"p25b"}),
        ("§§ 16i und 16e SGB II", {"p16i", "p16e", "sgb2"}),
        ("§§ 67–69 SGB XII", {"p67", "p69", "sgb12"}),
        ("§ 16 Abs. 2 Satz 1 SGB VIII", {"p16", "sgb8"}),
        ("SGB II", {"sgb2"}),
        ("sgb2", {"sgb2"}),
        ("SGBII", {"sgb2"}),
        ("SGB-II/III", {"sgb2", "sgb3"}),
        ("SGB XII", {"sgb12"}),
        ("Zweites Buch Sozialgesetzbuch", {"sgb2"}),
        ("Sozialgesetzbuch Zwölftes Buch", {"sgb12"}),
        ("Sozialgesetzbuch (SGB) VIII", {"sgb8"}),
        ("Art. 16a GG", {"p16a"}),
        ("SGB 99", set()),
        ("Telefon 05628 51682, 3. Etage", set()),
    ],
)
def test_every_spelling_of_a_law_is_one_token(text: str, tokens: set[str]):
    assert {one.token for one in references(tidy(text))} == tokens


@given(st.integers(1, 14))
def test_books_in_roman_and_arabic_numbers_are_the_same(number: int):
    roman = [
        "I",
        "II",
        "III",
        "IV",
        "V",
        "VI",
        "VII",
        "VIII",
        "IX",
        "X",
        "XI",
        "XII",
        "XIII",
        "XIV",
    ][number - 1]
    tokens = [one.token for text in (f"SGB {roman}", f"SGB {number}") for one in references(text)]
    assert tokens == [f"sgb{number}", f"sgb{number}"]


def test_both_genders_are_one_word():
    assert [word.text for word in words(tidy("Case-Manager*in, Berater:innen, LehrerInnen"))] == [
        "Case", "Manager", "Berater", "Lehrer",
    ]  # fmt: skip


def test_stop_words_know_their_language():
    assert is_stopword("der", "de")
    assert is_stopword(fold("для"), "uk")
    assert not is_stopword("der", "ku")
    assert not is_stopword("der", "xx")


@given(st.text())
def test_any_text_has_words_and_laws(text: str):
    clean = tidy(text)
    for word in words(clean):
        assert clean[word.start : word.end] == word.text
        for language in languages_of(fold(word.text)):
            assert isinstance(token(fold(word.text), language), str)
    for law in references(clean):
        assert 0 <= law.start < law.end <= len(clean)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str):
    assert fold(fold(text)) == fold(text)
