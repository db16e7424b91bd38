"""Every mistake in a county pack is named with file and line, and no file can break the loading."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.county_pack import PackError, Problem, load_pack
from portal.i18n import LOCALES

TESTKREIS = Path(__file__).resolve().parents[1] / "counties" / "testkreis"
FILES = sorted(str(path.relative_to(TESTKREIS)) for path in TESTKREIS.rglob("*.*"))

# file → (what stands there, what an editor wrote instead, line and words of the remark)
MISTAKES: dict[str, list[tuple[str, str, int | None, str]]] = {
    "county.toml": [
        ('prefix = "TK"', "prefix = 1", 3, "„prefix“: ein Text in Anführungszeichen wird erwartet"),
        ('["de", "en", "fr"]', '"de"', 6, "„languages“: eine Liste von Texten wird erwartet"),
        ("https://advice.", "https://[advice.", 7, "„other_town_url“: „https://[advice."),
        ("[holidays]", "holidays = 1\n[x]", 10, "„holidays“: ein Abschnitt in eckigen Klammern"),
        ('prefix = "TK"', "prefix = TK", 3, "kein gültiges TOML"),
        ('prefix = "TK"', 'prefix = "tk"', 3, "„prefix“: „tk“ ist ungültig"),
        ('prefix = "TK"\n', "", 1, "Einstellung „prefix“ fehlt"),
        ("prefix", "prefx", 3, "unbekannte Einstellung „prefx“"),
        ('"Europe/Berlin"', '"Europe/Testheim"', 4, "„timezone“:"),
        ('"DE"\nlang', '"ZZ"\nlang', 5, "„phone_region“:"),
        ('"en", "fr"', '"en", "en"', 6, "„languages“: nennt etwas doppelt"),
        ('["de", "en", "fr"]', "[]", 6, "„languages“: darf nicht leer sein"),
        ("https://advice", "http://advice", 7, "„other_town_url“:"),
        ("_towns = []", '_towns = ["xy"]', 8, "unbekannte Stadt „xy“"),
        ('"NW"', '"NX"', 12, "für „DE NX“ sind keine Feiertage bekannt"),
        ("working_days = 4", "working_days = 0", 15, "„first_contact.working_days“:"),
        ("working_days = 4", "working_days = true", 15, "„first_contact.working_days“:"),
        ("coordination_day = 5", "coordination_day = 1", 17, "die Koordination wird vor"),
        ("backup_days = 14\n", "", 19, "Einstellung „retention.backup_days“ fehlt"),
        ("portal@example.org", "portal@", 34, "„imprint.mail“: „portal@“ ist keine"),
    ],
    "clusters.csv": [
        ("A,Alles,1", "A,Alles,eins", 2, "Spalte „sort“: „eins“ ist ungültig"),
    ],
    "towns.csv": [
        ("99998 99999", "99999 99999", 2, "„99999 99999“ nennt etwas doppelt"),
        ("cluster,", "klaster,", 1, "Spalte „cluster“ fehlt"),
        ("cluster,", "klaster,", 1, "unbekannte Spalte „klaster“"),
        ("slug,name", "slug,slug", 1, "Spalte „slug“ steht doppelt"),
        (",", ";", 1, "Spalten sind mit Semikolon"),
        ("probstadt,P", "testheim,P", 3, "„testheim“ steht schon in Zeile 2"),
        ("probstadt,P", "Prob_Stadt,P", 3, "Spalte „slug“: „Prob_Stadt“ ist ungültig"),
        ("probstadt,P", "status,P", 3, "Spalte „slug“: „status“ ist schon eine Seite"),
        ("99997", "9999", 3, "Spalte „postcodes“: „9999“ ist ungültig"),
        ("99997", "٩٩٩٩٧", 3, "Spalte „postcodes“:"),
        ("99998 99999", "", 2, "Spalte „postcodes“: darf nicht leer sein"),
        ("99997,A", "99997,V", 3, "unbekannte Clusterregion „V“"),
        ("99997,A", "99997,A B", 3, "unbekannte Clusterregion „A B“"),
        ("A,CM-2", "A,CM-9", 3, "unbekannte Stelle „CM-9“"),
        ("A,CM-2", "A,", 3, "Spalte „position“: darf nicht leer sein"),
        ("A,CM-2", "A,KO", 3, "die Stelle „KO“ ist keine Case-Management-Stelle"),
        ("A,CM-2", "A,CM-1", 3, "für „probstadt“ nennt positions.csv die Stelle CM-2"),
        ("A,CM-2", "A,CM-2,zu viel", 3, "6 Spalten statt 5"),
        ("Probstadt", '"Prob"stadt', 3, "kein gültiges CSV"),
        ("Probstadt", '"Prob\nstadt"', 3, "Spalte „name“: darf keinen Zeilenumbruch"),
    ],
    "organisations.csv": [
        ("provider", "firma", 4, "Spalte „kind“: „firma“ ist unbekannt"),
        ("nein", "no", 4, "Spalte „internal“: „no“ ist unbekannt"),
        (" probstadt,", " nirgends,", 4, "unbekannte Stadt „nirgends“"),
    ],
    "functions.csv": [
        ("testkreis,F", "amt,F", 2, "unbekannte Organisation „amt“"),
        ("030 23125 001", "Telefon", 2, "Spalte „phone“: „Telefon“ ist ungültig"),
        ("portal@", "portal at ", 2, "Spalte „mail“:"),
    ],
    "positions.csv": [
        (",KS,", ",CHEF,", 2, "Spalte „type“: „CHEF“ ist unbekannt"),
        (",ja", ",nein", None, "keine Stelle ist als Auffangstelle"),
        ("testheim@example.org,nein", ",ja", 3, "die Auffangstelle (fallback) steht schon"),
        ("CMS,testkreis", "CMS,verein", 4, "unbekannte Organisation „verein“"),
    ],
    "position_states.csv": [
        ("0.75,", "0.77,", 3, "Spalte „fte_planned“:"),
        ("0.75,", "5.05,", 3, "Spalte „fte_planned“:"),
        ("0.75,", "NaN,", 3, "Spalte „fte_planned“:"),
        ("vacant", "leer", 4, "Spalte „status“: „leer“ ist unbekannt"),
        ("CM-2,2026-01-01", "CM-2,2026-02-30", 4, "Spalte „valid_from“:"),
        ("CM-2,2026-01-01", "CM-2,01.01.2026", 4, "Spalte „valid_from“:"),
        ("CM-2,", "CM-1,", 4, "„CM-1 2026-01-01“ steht schon in Zeile 3"),
    ],
    "demo.toml": [
        (
            'organisation = "beratung"',
            "",
            20,
            "die Rolle reporter_external braucht eine Organisation",
        ),
        ('"Demo Testheim"', '"Erika Muster"', 10, "„person[1].name“: „Erika Muster“ muss"),
        ('"case_manager"', '"boss"', 12, "„person[1].role“: „boss“ ist unbekannt"),
        ('"CM-1"', '"KO"', 13, "die Rolle case_manager passt nicht zur Stelle KO"),
        ('["CM-2"]', '["CM-9"]', 14, "unbekannte Stelle „CM-9“"),
        ('"beratung"', '"verein"', 21, "unbekannte Organisation „verein“"),
        ("demo-testheim@", "demo-koordination@", 11, "„demo-koordination@example.org“ steht schon"),
        ("[[person]]", "[[leute]]", 1, "nur [[person]] wird erwartet"),
    ],
    "demo_requests.toml": [
        ('"testheim"', '"brake"', 2, "unbekannte Stadt „brake“"),
        ("b_solved_directly", "unreachable", 15, "Ergebnis „unreachable“ passt nicht"),
    ],
    "texts/consent.de.md": [
        ("+++\ntitle", "title", 1, "Kopf fehlt"),
        ("true", "ja", 4, "kein gültiges TOML"),
        ("true", '"ja"', 4, "„checked“: true oder false wird erwartet"),
        ("2026-01", "neu", 3, "„version“: „neu“ ist ungültig"),
        ("Das Case", "**Das** Case", 7, "die Einwilligung ist ein einziger Absatz"),
    ],
    "texts/privacy.de.md": [
        ("{mail})", "{post})", 11, "unbekannter Platzhalter „{post}“"),
        ("mailto:", "javascript:", 11, "„javascript:"),
        ("## Wer", "# Wer", 7, "Überschriften beginnen mit"),
    ],
    "texts/imprint.de.md": [
        ("Telefon", "<b>Telefon</b>", 9, "HTML ist nicht erlaubt"),
        ("Telefon", "![Bild](https://example.org/x.png)", 9, "Bilder sind"),
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny pack to spoil."""
    return shutil.copytree(TESTKREIS, tmp_path / "pack")


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(folder, locales=LOCALES)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line", "remark"),
    [(file, *mistake) for file, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_a_mistake_is_named_with_file_and_line(
    folder: Path, file: str, right: str, wrong: str, line: int | None, remark: str
) -> None:
    text = (folder / file).read_text("utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong), "utf-8")
    place = file if line is None else f"{file}, Zeile {line}"
    found = problems(folder)
    assert any(problem.startswith(f"{place}: ") and remark in problem for problem in found), found


def test_all_mistakes_are_reported_at_once(folder: Path) -> None:
    for file in ("clusters.csv", "positions.csv", "texts/imprint.de.md"):
        (folder / file).unlink()
    assert problems(folder) == [
        "clusters.csv: Datei fehlt",
        "positions.csv: Datei fehlt",
        "texts/imprint.de.md: Datei fehlt",
    ]


def test_a_broken_file_does_not_blame_the_files_that_refer_to_it(folder: Path) -> None:
    (folder / "clusters.csv").write_text("key,name,sort\nA,Alles,eins\n", "utf-8")
    assert len(problems(folder)) == 1


def rewrite(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda pack: (pack / file).write_bytes(content)


def remove(file: str) -> Callable[[Path], object]:
    return lambda pack: (pack / file).unlink()


def make_folder(file: str) -> Callable[[Path], object]:
    return lambda pack: ((pack / file).unlink(), (pack / file).mkdir())


@pytest.mark.parametrize(
    ("spoil", "remark"),
    [
        (shutil.rmtree, "der Ordner des Kreispakets fehlt"),
        (lambda pack: shutil.rmtree(pack / "texts"), "texts: Ordner fehlt oder ist nicht lesbar"),
        (remove("towns.csv"), "towns.csv: Datei fehlt"),
        (remove("texts/zue.de.md"), "texts/zue.de.md: Datei fehlt"),
        (remove("texts/consent.uk.md"), "texts/consent.uk.md: die Einwilligung fehlt"),
        (rewrite("towns.csv", b""), "towns.csv, Zeile 1: Spalte „slug“ fehlt"),
        (rewrite("towns.csv", b"slug\n\xff"), "towns.csv, Zeile 2: Zeichen sind nicht in UTF-8"),
        (rewrite("towns.csv", b"slug\n\0"), "towns.csv, Zeile 2: unerlaubtes Steuerzeichen U+0000"),
        (rewrite("clusters.csv", b"key,name,sort\n"), "clusters.csv: die Datei ist leer"),
        (make_folder("demo.toml"), "demo.toml: Datei ist nicht lesbar"),
        (rewrite("texts/zue.de.md", b"+++\n+++\n"), "texts/zue.de.md, Zeile 3: der Text ist leer"),
        (rewrite("texts/zue.xx.md", b""), "texts/zue.xx.md: unbekannte Sprache „xx“"),
        (rewrite("texts/zeu.de.md", b""), "texts/zeu.de.md: unbekannter Text „zeu“"),
        (rewrite("texts/zue.txt", b""), "texts/zue.txt: der Name muss wie consent.de.md"),
        (rewrite("demo.toml", b"person = [1]"), "demo.toml, Zeile 1: [[person]] in doppelten"),
        (rewrite("demo.toml", b"x = " + b"[" * 9999), "demo.toml, Zeile 1: kein gültiges TOML"),
    ],
)
def test_a_spoilt_file_is_named(folder: Path, spoil: Callable[[Path], object], remark: str) -> None:
    spoil(folder)
    found = problems(folder)
    assert any(remark in problem for problem in found), found


def test_an_outdated_translation_is_listed(folder: Path) -> None:
    source = folder / "texts" / "consent.de.md"
    source.write_text(source.read_text("utf-8").replace("2026-01", "2026-02"), "utf-8")
    gaps = [str(gap) for gap in load_pack(folder, locales=LOCALES).gaps]
    assert "texts/consent.en.md: Stand 2026-01, deutscher Text: 2026-02" in gaps


def test_languages_are_only_asked_for_when_named(folder: Path) -> None:
    (folder / "texts" / "consent.uk.md").unlink()
    assert load_pack(folder).text("consent", "uk").locale == "de"


# ----------------------------------------------------------------------------- any bytes


def loads_or_names_problems(file: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        pack = shutil.copytree(TESTKREIS, Path(place) / "pack")
        (pack / file).write_bytes(content)
        found: tuple[Problem, ...] = ()
        loaded = None
        try:
            loaded = load_pack(pack, locales=LOCALES)
        except PackError as error:
            found = error.problems
    assert (loaded is None) == bool(found)
    assert all(problem.file and problem.text for problem in found)


@given(file=st.sampled_from(FILES), content=st.binary(max_size=400))
def test_any_bytes_are_a_pack_or_a_named_problem(file: str, content: bytes) -> None:
    loads_or_names_problems(file, content)


@given(
    file=st.sampled_from(FILES),
    start=st.integers(0, 2000),
    length=st.integers(0, 40),
    scrap=st.one_of(
        st.binary(max_size=20),
        st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"\n", b",", b'"', b"=", b"[", b"{", b"}", b"]", b"+++\n", b"9" * 5000]),
    ),
)
def test_a_changed_spot_is_a_pack_or_a_named_problem(
    file: str, start: int, length: int, scrap: bytes
) -> None:
    content = (TESTKREIS / file).read_bytes()
    start = min(start, len(content))
    loads_or_names_problems(file, content[:start] + scrap + content[start + length :])
