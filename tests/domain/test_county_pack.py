"""The county packs: Kreis Höxter as in its concept, and any other county beside it."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import phonenumbers
import pytest

from portal.domain.county_pack import CountyPack, load_pack
from portal.i18n import LOCALES

ROOT = Path(__file__).resolve().parents[2]
HOEXTER = ROOT / "portal" / "counties" / "hoexter"
TESTKREIS = ROOT / "tests" / "counties" / "testkreis"


@pytest.fixture(scope="module")
def hoexter() -> CountyPack:
    return load_pack(HOEXTER, locales=LOCALES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny pack to spoil."""
    return shutil.copytree(TESTKREIS, tmp_path / "pack")


# ----------------------------------------------------------------------------- Kreis Höxter


def test_hoexter_has_ten_towns_in_four_clusters(hoexter: CountyPack) -> None:
    assert [cluster.key for cluster in hoexter.clusters] == ["I", "II", "III", "IV"]
    towns_of = {
        cluster.key: {town.slug for town in hoexter.towns if town.cluster == cluster.key}
        for cluster in hoexter.clusters
    }
    assert towns_of == {
        "I": {"steinheim", "nieheim", "marienmuenster"},
        "II": {"warburg", "willebadessen", "borgentreich"},
        "III": {"bad-driburg", "brakel"},
        "IV": {"hoexter", "beverungen"},
    }


@pytest.mark.parametrize(("last_day", "planned"), [("2021-12-31", "4.0"), ("2022-12-31", "6.0")])
def test_case_management_adds_up_as_in_the_concept(
    hoexter: CountyPack, last_day: str, planned: str
) -> None:
    case_management = {one.key for one in hoexter.positions if one.type == "CMS"}
    valid = {
        state.position: state.fte_planned
        for state in sorted(hoexter.position_states, key=lambda state: state.valid_from)
        if state.position in case_management and state.valid_from.isoformat() <= last_day
    }
    assert sum(valid.values()) == Decimal(planned)


def test_hoexter_falls_back_to_the_coordination_office(hoexter: CountyPack) -> None:
    assert hoexter.fallback.key == "KS"
    contacts = {town.slug: town.position for town in hoexter.towns}
    assert contacts["willebadessen"] == contacts["borgentreich"] == "CMS-II-a"
    assert contacts["bad-driburg"] == "CMS-III-a"


def test_demo_people_leave_one_post_vacant_and_know_one_substitute(hoexter: CountyPack) -> None:
    holders = [person.position for person in hoexter.demo_people if person.position]
    vacant = [one.key for one in hoexter.positions if one.type == "CMS" and one.key not in holders]
    assert vacant == ["CMS-I-a"]
    assert holders.count("KS") == 2
    assert [person.substitutes for person in hoexter.demo_people if person.substitutes] == [
        ("CMS-II-a",)
    ]


def test_demo_requests_cannot_reach_anybody(hoexter: CountyPack) -> None:
    assert len(hoexter.demo_requests) == 12
    assert {request.language for request in hoexter.demo_requests} == set(LOCALES)
    for request in hoexter.demo_requests:
        if "@" in request.contact:
            assert request.contact.endswith("@example.org")
        else:  # the block the Federal Network Agency keeps free for film and television
            number = phonenumbers.parse(request.contact, hoexter.phone_region)
            assert str(number.national_number).startswith("3023125")


def test_every_page_of_hoexter_exists_in_every_language(hoexter: CountyPack) -> None:
    for text in hoexter.texts:
        languages = {"de"} if text.key == "easy_language" else set(LOCALES)
        assert {other.locale for other in hoexter.texts if other.key == text.key} == languages


def test_a_language_without_a_text_gets_the_german_one(hoexter: CountyPack) -> None:
    assert hoexter.text("consent", "uk").locale == "uk"
    assert hoexter.text("easy_language", "uk").locale == "de"


@pytest.mark.parametrize("key", ["privacy", "privacy_short"])
def test_the_privacy_texts_name_the_periods_that_are_kept(hoexter: CountyPack, key: str) -> None:
    kept = hoexter.retention
    periods = {kept.intake_closed_months, kept.intake_withdrawn_hours}
    if key == "privacy":
        periods |= {
            kept.intake_unconfirmed_days,
            kept.consent_proof_years,
            kept.access_log_months,
            kept.backup_days,
        }
    for locale in LOCALES:
        bullets = [
            line for line in hoexter.text(key, locale).body.split("\n") if line.startswith("- ")
        ]
        assert {int(number) for line in bullets for number in re.findall(r"\d+", line)} == periods


def test_translations_keep_the_structure_of_the_german_text(hoexter: CountyPack) -> None:
    def shape(body: str) -> list[str]:
        return [re.match(r"(#+ |- |)", line)[0] for line in body.split("\n") if line]

    for text in hoexter.texts:
        assert shape(text.body) == shape(hoexter.text(text.key, "de").body), text


def test_what_the_county_has_not_supplied_is_listed(hoexter: CountyPack) -> None:
    gaps = [str(gap) for gap in hoexter.gaps]
    assert "positions.csv, Zeile 2: Spalte „phone“ ist noch zu ergänzen" in gaps
    assert "texts/consent.ar.md: die Übersetzung ist noch nicht von einem Menschen geprüft" in gaps
    assert all(not position.phone and not position.mail for position in hoexter.positions)


# ----------------------------------------------------------------------------- another county


def test_another_county_loads() -> None:
    pack = load_pack(TESTKREIS, locales=LOCALES)
    assert (pack.key, pack.prefix, pack.fallback.key) == ("testkreis", "TK", "KO")
    assert pack.towns[0].postcodes == ("99998", "99999")
    assert pack.towns[0].ags == ""
    assert pack.position_states[1].fte_filled == Decimal("0.75")
    assert pack.position_states[2].fte_filled is None
    assert pack.text("imprint", "de").body.startswith("Testkreis, vertreten durch die Leitung")


def test_a_pack_may_do_without_invented_people(folder: Path) -> None:
    (folder / "demo.toml").unlink()
    (folder / "demo_requests.toml").unlink()
    assert load_pack(folder).demo_people == ()


def test_what_editors_leave_behind_is_fine(folder: Path) -> None:
    (folder / "texts" / ".consent.de.md.swp").touch()  # an editor's own file
    towns = folder / "towns.csv"
    towns.write_bytes(
        b"\xef\xbb\xbf" + towns.read_bytes().replace(b"\n", b"\r\n") + b"\r\n,,,,\r\n"
    )
    assert load_pack(folder) == load_pack(TESTKREIS)


# ----------------------------------------------------------------------------- data, not code


def rooms_naming(words: set[str], *rooms: Path) -> list[str]:
    """Return the places in program and templates that name one of the words."""
    pattern = re.compile(
        rf"(?<!\w)({'|'.join(sorted(map(re.escape, words)))})(?!\w)", re.IGNORECASE
    )
    return [
        f"{path}:{number}: {line.strip()}"
        for room in rooms
        for path in sorted(room.rglob("*"))
        if path.suffix in {".py", ".html", ".txt", ".toml", ".po", ".pot", ".css", ".js"}
        and "counties" not in path.relative_to(room).parts
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if pattern.search(line)
    ]


def names_of(pack: CountyPack) -> set[str]:
    """Return what only this county is called; "Jobcenter" or "Wirtschaft" exist everywhere."""
    places = {pack.key, pack.name}
    places |= {town.slug for town in pack.towns} | {town.name for town in pack.towns}
    return places | {
        one.name for one in pack.organisations if any(place in one.name for place in places)
    }


def test_nothing_of_the_county_stands_in_the_program(hoexter: CountyPack) -> None:
    rooms = [ROOT / room for room in ("portal", "blueprints", "templates", "search_index")]
    assert rooms_naming(names_of(hoexter), *rooms) == []


def test_the_search_for_county_names_finds_one(hoexter: CountyPack, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("# für\nTOWN = 'Bad Driburg'\n", "utf-8")
    assert rooms_naming(names_of(hoexter), tmp_path) == [f"{tmp_path}/x.py:2: TOWN = 'Bad Driburg'"]
