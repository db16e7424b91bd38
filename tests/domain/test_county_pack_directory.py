"""The directory's files of a county pack: what they become, and every mistake named with file and line."""

import shutil
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from portal.domain.county_pack import CountyPack, Directory, PackError, load_pack
from portal.domain.county_pack.demo import MARKS
from portal.domain.directory.codes import WAYFINDER_CODES
from portal.domain.directory.views import Opening
from portal.i18n import LOCALES

ROOT = Path(__file__).resolve().parents[2]
HOEXTER = ROOT / "portal" / "counties" / "hoexter"
TESTKREIS = ROOT / "tests" / "counties" / "testkreis"

# file → (what stands there, what an editor wrote instead, line and words of the remark)
MISTAKES: dict[str, list[tuple[str, str, int | None, str]]] = {
    "programmes.csv": [
        (",testkreis,", ",amt,", 2, "unbekannte Organisation „amt“"),
        ("mbe,MBE", "kim-cm,MBE", 3, "„kim-cm“ steht schon in Zeile 2"),
        ("https://kim", "http://kim", 2, "Spalte „source_url“: „http://kim"),
        (",SGB II,,", ",SGB V,,", 4, "Spalte „legal_circle“: „SGB V“ ist unbekannt"),
        ("2005-01-01", "2027-01-01", 4, "Spalte „valid_to“: das Ende liegt vor dem Beginn"),
        ("2026-07-01", "2025-07-01", 4, "Spalte „next_check_on“: die nächste Prüfung liegt vor"),
        ("2005-01-01", "1.1.2005", 4, "Spalte „valid_from“:"),
        ("KIM-CM", "", 2, "Spalte „abbr“: darf nicht leer sein"),
    ],
    "places.csv": [
        ("kreishaus,testkreis", "kreishaus,amt", 2, "unbekannte Organisation „amt“"),
        (",testheim,", ",brakel,", 2, "unbekannte Stadt „brakel“"),
        (",yes,", ",ja,", 2, "Spalte „barrier_free“: „ja“ ist unbekannt"),
        ("08:00–12:00", "12:00–08:00", 2, "Spalte „hours“: „12:00–08:00“: Das Ende liegt vor"),
        ("Do 14:00", "Do 11:00", 2, "Spalte „hours“: Diese Zeiten überschneiden sich"),
        ("Mo–Fr", "immer", 2, "Spalte „hours“: „immer“ ist kein Wochentag"),
        ("99999", "999", 2, "Spalte „postcode“: „999“ ist ungültig"),
    ],
    "demo_places.csv": [
        ("demo-laden", "kreishaus", 2, "„kreishaus“ steht schon in places.csv"),
    ],
    "demo_functions.csv": [
        ("beratung,", "amt,", 2, "unbekannte Organisation „amt“"),
        ("Demo Ladentelefon", "Ladentelefon", 2, "muss das Wort „Demo“ enthalten"),
    ],
    "functions.csv": [
        ("09:00–11:00", "9 bis 25", 3, "Spalte „hours“: „9 bis 25“: Diese Uhrzeit gibt es nicht"),
        ("de fr", "de Französisch", 3, "Spalte „languages“: „Französisch“ ist ungültig"),
        (",hours,", ",zeiten,", 1, "unbekannte Spalte „zeiten“"),
    ],
    "demo_services.toml": [
        ('"beratung"\nprogramme', '"amt"\nprogramme', 3, "unbekannte Organisation „amt“"),
        ('programme = "mbe"', 'programme = "xyz"', 4, "unbekanntes Programm „xyz“"),
        ('["testheim", "probstadt"]', '["brakel"]', 17, "unbekannte Stadt „brakel“"),
        ('"letters"', '"briefe"', 13, "„service[0].topics“: „briefe“ ist unbekannt"),
        ('["MBE"]', '["XYZ"]', 15, "„XYZ“ ist unbekannt"),
        ('["AufenthG"]', '["SGB V"]', 14, "„SGB V“ ist unbekannt"),
        ("age_min = 27", "age_min = 27\nage_max = 18", 17, "das höchste Alter liegt unter"),
        ("age_min = 27", "age_min = 999", 16, "eine ganze Zahl von 0 bis 120"),
        ("2026-01-01", "2026-01-01\nvalid_to = 2025-12-31", 23, "das Ende liegt vor dem Beginn"),
        ("2026-01-01", "2026-01-01T08:00:00", 22, "ein Datum wie 2026-11-30 wird erwartet"),
        ("2025-06-01", "2025-06-01\nnext_check_on = 2025-05-01", 66, "die nächste Prüfung liegt"),
        ("= -40", "= -401", 52, "die nächste Prüfung liegt vor der letzten"),
        (
            "= 400",
            "= 400\nchecked_on = 2026-01-01",
            51,
            "entweder checked_days_ago oder checked_on",
        ),
        ("https://ber", "http://ber", 21, "„service[0].url“: „http://ber"),
        ("Di 10:00–11:00", "Di 10:00–11:00, 10:30–12:00", 27, "Diese Zeiten überschneiden sich"),
        ("Di 10:00–11:00", "jeden Tag", 27, "„service[0].places[0].hours“: „jeden Tag“"),
        ('"kreishaus"', '"keller"', 28, "unbekannter Ort „keller“"),
        ('"kreishaus"', '"demo-laden"', 28, "„demo-laden“ steht doppelt"),
        ('[\n    { place = "demo', '["x", { place = "demo', 26, "eine Liste von Angaben"),
        ('"Sekretariat"', '"Pförtnerei"', 31, "unbekannte Funktion „beratung Pförtnerei“"),
        ('place = "demo-laden" }', 'place = "treffpunkt" }', 31, "ist kein Ort dieses Angebots"),
        ("translations.en", "translations.fr", 35, "in „fr“ kann nicht übersetzt werden"),
        ("translations.en", "translations.de", 35, "in „de“ kann nicht übersetzt werden"),
        ('name = "Демо', 'x = "Демо', 40, "„service[0].translations.uk.name“ fehlt"),
        ('"Демо консультація"', '"a\\u0000b"', 41, "enthält unerlaubte Steuerzeichen"),
        ("county_wide = true", "", 43, "es fehlt, wo das Angebot gilt"),
        (
            "county_wide = true",
            'county_wide = true\ntowns = ["testheim"]',
            51,
            "im ganzen Kreis und",
        ),
        ('"needs_check"', '"unknown"', 53, "„service[1].state“: „unknown“ ist unbekannt"),
        ('"demo-case-management"', '"demo-migrationsberatung"', 44, "steht schon in Zeile 2"),
        ("= 11", "= -11", 68, "das Ende liegt vor dem Beginn"),
        ("cost =", "kosten =", 62, "unbekannte Einstellung „kosten“"),
    ],
    "demarcations.toml": [
        ('b = "mbe"', 'b = "xyz"', 4, "unbekanntes Programm „xyz“"),
        ('b = "mbe"', 'b = "kim-cm"', 4, "nicht gegen sich selbst"),
        ('b = "sgb2"', 'b = "mbe"', 17, "diese beiden grenzt schon „kim-cm-mbe“ ab"),
        ('"kim-cm-sgb2"', '"kim-cm-mbe"', 15, "„kim-cm-mbe“ steht schon in Zeile 2"),
        ("interface =", "schnittstelle =", 7, "unbekannte Einstellung „schnittstelle“"),
        ('"Fallbesprechung"', '""', 7, "„demarcation[0].interface“: darf nicht leer sein"),
        ("valid_from = 2026-02-01", "", 1, "Einstellung „demarcation[0].valid_from“ fehlt"),
    ],
    "search_words.toml": [
        (', "Stütze"', "", 3, "„group[0].words“: darf nicht leer sein"),
        ('"Stütze"', '"GRUNDSICHERUNG"', 3, "„grundsicherung“ steht doppelt"),
    ],
    "knowledge/einbuergerung.de.md": [
        ("naturalisation", "einbürgerung", 4, "„topics“: „einbürgerung“ ist unbekannt"),
        ("in_force", "gilt", 9, "„status“: „gilt“ ist unbekannt"),
        ("2026-12-31", "2025-12-31", 12, "die nächste Prüfung liegt vor der letzten"),
        ('"in_force"', '"in_force"\nvalid_to = 2020-01-01', 10, "das Ende liegt vor dem Beginn"),
        ("https://recht", "http://recht", 7, "„source_url“: „http://recht"),
        ('"public"', '"alle"', 5, "„audience“: „alle“ ist unbekannt"),
        ("## Was", "# Was", 17, "Überschriften beginnen mit ##"),
        ("einen Ausweis", "<b>Ausweis</b>", 19, "HTML ist nicht erlaubt"),
        ("einen Ausweis", "[Ausweis](http://x.example.org)", 19, "ist keine Adresse mit https:"),
        ("einen Ausweis", "{county}", 19, "geschweifte Klammern"),
    ],
    "knowledge/einbuergerung.en.md": [
        ("checked = true", 'status = "in_force"', 3, "unbekannte Einstellung „status“"),
        ("The office can check this with you.", "", 7, "der Text ist leer"),
    ],
}


@pytest.fixture(scope="module")
def tiny() -> CountyPack:
    return load_pack(TESTKREIS, locales=LOCALES)


@pytest.fixture(scope="module")
def hoexter() -> CountyPack:
    return load_pack(HOEXTER, locales=LOCALES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny pack to spoil."""
    return shutil.copytree(TESTKREIS, tmp_path / "pack")


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load_pack(folder, locales=LOCALES)
    return [str(problem) for problem in caught.value.problems]


# ----------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line", "remark"),
    [(file, *mistake) for file, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_a_mistake_is_named_with_file_and_line(
    folder: Path, file: str, right: str, wrong: str, line: int | None, remark: str
) -> None:
    text = (folder / file).read_text("utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), "utf-8")
    place = file if line is None else f"{file}, Zeile {line}"
    found = problems(folder)
    assert any(problem.startswith(f"{place}: ") and remark in problem for problem in found), found


def rename(old: str, new: str) -> Callable[[Path], object]:
    return lambda pack: (pack / old).rename(pack / new)


@pytest.mark.parametrize(
    ("spoil", "remark"),
    [
        (
            rename("knowledge/einbuergerung.en.md", "knowledge/einbuergerung.fr.md"),
            "knowledge/einbuergerung.fr.md: unbekannte Sprache „fr“",
        ),
        (
            rename("knowledge/bleiberecht.de.md", "knowledge/duldung.de.md"),
            "knowledge/bleiberecht.uk.md: die deutsche Karte bleiberecht.de.md fehlt",
        ),
        (
            rename("knowledge/bleiberecht.de.md", "knowledge/Bleiberecht.de.md"),
            "knowledge/Bleiberecht.de.md: der Name muss wie einbuergerung.de.md gebaut sein",
        ),
        (
            rename("demo_services.toml", "services.toml"),
            "services.toml, Zeile 23: unbekannte Einstellung „checked_days_ago“",
        ),
    ],
)
def test_a_misplaced_file_is_named(
    folder: Path, spoil: Callable[[Path], object], remark: str
) -> None:
    spoil(folder)
    assert remark in problems(folder)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "remark"),
    [
        ("rules.toml", "age_from", "age_frm", "„age_frm“ gibt es hier nicht"),
        ("rules.toml", 'primary = "MBE"', 'primary = "XX"', "„primary“: erwartet wird"),
        ("rules.toml", 'key = "pension_age"', 'key = "pension"', "Parameter 2 (pension)"),
        ("texts.uk.toml", "MBE =", "MBX =", "„codes.MBX“"),
        ("texts.ar.toml", "MBE =", "MBE", "kein gültiges TOML"),
    ],
)
def test_a_mistake_in_the_rules_is_named_with_file_and_line(
    tmp_path: Path, file: str, right: str, wrong: str, remark: str
) -> None:
    pack = shutil.copytree(HOEXTER, tmp_path / "pack")
    text = (pack / "wayfinder" / file).read_text("utf-8")
    line = text[: text.index(right)].count("\n") + 1
    (pack / "wayfinder" / file).write_text(text.replace(right, wrong, 1), "utf-8")
    (problem,) = problems(pack)
    assert problem.startswith(f"wayfinder/{file}, Zeile {line}: ")
    assert remark in problem


def test_a_pack_without_german_words_for_its_rules_is_refused(tmp_path: Path) -> None:
    pack = shutil.copytree(HOEXTER, tmp_path / "pack")
    (pack / "wayfinder" / "texts.de.toml").unlink()
    assert problems(pack) == ["wayfinder/texts.de.toml: Die deutschen Texte fehlen."]


def test_mistakes_of_all_files_are_reported_at_once(folder: Path) -> None:
    for file in ("programmes.csv", "places.csv", "demarcations.toml"):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(f"{text}?", "utf-8")
    (folder / "clusters.csv").unlink()
    assert {problem.partition(",")[0].partition(":")[0] for problem in problems(folder)} == {
        "clusters.csv",
        "demarcations.toml",
        "places.csv",
        "programmes.csv",
    }


def test_a_real_service_and_an_invented_one_never_share_a_key(folder: Path) -> None:
    (folder / "services.toml").write_text(
        '[[service]]\nkey = "demo-case-management"\norganisation = "testkreis"\n'
        'name = "Echt"\ndescription = "Ja."\ncounty_wide = true\n'
        'places = [{ place = "demo-laden" }]\n',
        "utf-8",
    )
    assert problems(folder) == [
        "demo_services.toml, Zeile 44: „demo-case-management“ steht schon in services.toml",
        "services.toml, Zeile 7: unbekannter Ort „demo-laden“",
    ]


# ----------------------------------------------------------------------------- what it becomes


def test_a_real_function_and_an_invented_one_never_share_a_title(folder: Path) -> None:
    with (folder / "functions.csv").open("a", encoding="utf-8") as file:
        file.write("beratung,Demo Ladentelefon,,,nein,,\n")
    remark = "„beratung Demo Ladentelefon“ steht schon in functions.csv"
    assert f"demo_functions.csv, Zeile 2: {remark}" in problems(folder)


def test_a_pack_may_do_without_a_directory(folder: Path) -> None:
    for file in ("programmes.csv", "places.csv", "demo_places.csv"):
        (folder / file).unlink()
    for file in ("demo_services.toml", "demarcations.toml", "search_words.toml"):
        (folder / file).unlink()
    shutil.rmtree(folder / "knowledge")
    assert load_pack(folder, locales=LOCALES).directory == Directory()


def test_a_service_has_places_contacts_and_translations(tiny: CountyPack) -> None:
    service, standing, old = tiny.directory.demo_services
    assert (
        service.description
        == "Hilft bei Briefen und Anträgen.\n\nWir beraten Sie in Ihrer Sprache."
    )
    assert [(one.place, one.hours) for one in service.places] == [
        ("demo-laden", (Opening(1, time(10), time(11)),)),
        ("kreishaus", ()),
    ]
    assert [(one.organisation, one.function, one.place) for one in service.contacts] == [
        ("beratung", "Sekretariat", "demo-laden"),
        ("testkreis", "Fachstelle Integration", ""),
    ]
    assert [(one.locale, one.checked, one.for_whom) for one in service.translations] == [
        ("en", True, ""),
        ("uk", False, ""),
    ]
    assert (service.checked_days_ago, standing.next_check_in_days) == (10, -40)
    assert (old.valid_to, old.checked_on) == (date(2025, 12, 31), date(2025, 6, 1))


def test_a_contact_has_hours_and_languages_of_its_own(tiny: CountyPack) -> None:
    standing, office = tiny.functions
    assert (standing.hours, standing.languages) == ((), ())
    assert [opening.weekday for opening in office.hours] == [0, 1, 2]
    assert office.languages == ("de", "fr")


def test_a_card_carries_its_translations(tiny: CountyPack) -> None:
    staff, public = tiny.directory.knowledge
    assert (staff.key, staff.audience, staff.status) == ("bleiberecht", "staff", "unverified")
    assert public.body.startswith("Die Einbürgerungsbehörde")
    assert [(words.locale, words.title) for words in public.translations] == [
        ("en", "Becoming German")
    ]


def test_what_nobody_compared_with_the_german_text_is_a_gap(folder: Path) -> None:
    services = (
        (folder / "demo_services.toml").read_text("utf-8").replace('"demo-laden"', '"treffpunkt"')
    )
    kept = [line for line in services.split("\n") if "_days" not in line and "closed_" not in line]
    (folder / "services.toml").write_text("\n".join(kept), "utf-8")
    (folder / "demo_services.toml").unlink()
    gaps = [str(gap) for gap in load_pack(folder, locales=LOCALES).gaps]
    unchecked = "die Übersetzung ist noch nicht von einem Menschen geprüft"
    assert f"knowledge/bleiberecht.uk.md: {unchecked}" in gaps
    assert f"services.toml, Zeile 38: {unchecked}" in gaps
    assert not any(gap.startswith("knowledge/einbuergerung") for gap in gaps)


def test_invented_services_are_no_work_for_the_county(tiny: CountyPack) -> None:
    assert not any(gap.file.startswith("demo_") for gap in tiny.gaps)


# ----------------------------------------------------------------------------- Kreis Höxter


def test_every_answer_of_the_wegweiser_has_a_service_in_every_town(hoexter: CountyPack) -> None:
    services = (*hoexter.directory.services, *hoexter.directory.demo_services)
    towns = {town.slug for town in hoexter.towns}
    covered = {
        (code, town)
        for service in services
        if service.state == "published"
        for code in service.wayfinder_codes
        for town in (towns if service.county_wide else service.towns)
    }
    answers = set(WAYFINDER_CODES) - {"OUTSIDE"}  # leads out of the county
    wanted = {(code, town) for code in answers for town in towns}
    assert wanted - covered == set()


def test_case_management_is_demarcated_from_every_programme_and_legal_circle(
    hoexter: CountyPack,
) -> None:
    against_it = {
        {one.a, one.b} - {"kim-cm"} and ({one.a, one.b} - {"kim-cm"}).pop()
        for one in hoexter.directory.demarcations
        if "kim-cm" in {one.a, one.b}
    }
    programmes = {"mbe", "jmd", "fbs", "avb", "stadtsozialarbeit"}
    circles = {"sgb2", "sgb3", "sgb8", "sgb12", "asylblg", "aufenthg", "stag"}
    assert programmes | circles <= against_it


def test_what_is_invented_cannot_be_taken_for_real(hoexter: CountyPack) -> None:
    for place in hoexter.directory.demo_places:
        assert any(mark in place.name.casefold() for mark in MARKS), place
