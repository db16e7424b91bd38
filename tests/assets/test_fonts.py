"""The letters of every language, and what a first visit costs."""

import gzip
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from portal.assets import fonts
from portal.i18n import LOCALES

KIB = 1024
# A form with its errors weighs about 8 KiB of HTML; the rest of the 70 and 115 KiB is for these files.
PAGE = 10 * KIB
FIRST_VISIT = {"de": 70 * KIB, "en": 70 * KIB, "uk": 90 * KIB, "ar": 115 * KIB}
STYLES = ("kern.css", "portal.css", "portal.js", "mark.svg")
SCRIPTS_OF = {"Latn": ("latn",), "Cyrl": ("latn", "cyrl"), "Arab": ("latn", "arab")}

ALPHABETS = {
    "latn": "abcdefghijklmnopqrstuvwxyzäöüßABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ0123456789éèàçñ„“”‚‘’–…€§*@",
    "latn-more": "ğışİĞŞăâîșțşţąćęłńóśźżëčďňřšťůžêîûẞ",
    "cyrl": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙЭэЫыЪъЁё№",
    "arab": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةىپچژگکیەێۆڵڕټډړښڼًٌٍَُِّْ،؛؟٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
}


@pytest.fixture(scope="module")
def opened(built):
    return {
        (face.script, weight): TTFont(BytesIO(built.content(fonts.name_of(face, weight))))
        for face in fonts.FACES
        for weight in fonts.STYLES
    }


@pytest.mark.parametrize("weight", fonts.STYLES)
@pytest.mark.parametrize("script", ALPHABETS)
def test_no_letter_of_our_languages_is_missing(opened, script, weight):
    letters = opened[script, weight].getBestCmap()
    # Letters written with a mark of their own may be composed: î is in the basic set already.
    basic = opened["latn", weight].getBestCmap() if script == "latn-more" else {}
    assert [letter for letter in ALPHABETS[script] if ord(letter) not in {**basic, **letters}] == []


@pytest.mark.parametrize("weight", fonts.STYLES)
def test_arabic_letters_still_join(opened, weight):
    features = {
        record.FeatureTag
        for record in opened["arab", weight]["GSUB"].table.FeatureList.FeatureRecord
    }
    assert {"init", "medi", "fina"} <= features


def test_the_licence_travels_with_the_letters(opened):
    for font in opened.values():
        assert "scripts.sil.org/OFL" in " ".join(str(record) for record in font["name"].names)


def test_every_file_is_declared_with_the_letters_it_has(built):
    css = built.content("portal.css").decode()
    for face in fonts.FACES:
        for weight in fonts.STYLES:
            name = built.names[fonts.name_of(face, weight)]
            assert f"url({name})" in css
        assert f"unicode-range:{face.unicodes}" in css


def test_no_letter_is_declared_twice():
    ranges = [set(fonts.subset.parse_unicodes(face.unicodes)) for face in fonts.FACES]
    assert sum(map(len, ranges)) == len(set().union(*ranges))


@pytest.mark.parametrize("code", LOCALES)
def test_a_first_visit_stays_small(built, code):
    letters = [
        fonts.name_of(face, weight)
        for face in fonts.FACES
        for weight in fonts.STYLES
        if face.script in SCRIPTS_OF[LOCALES[code].script]
    ]
    files = sum(len(gzip.compress(built.content(name))) for name in STYLES)
    files += sum(len(built.content(name)) for name in letters)
    assert files + PAGE <= FIRST_VISIT[code]
