from dataclasses import replace

import pytest

from portal.config import ROOT
from portal.domain import posts
from portal.domain.county import Installed, install, installed_key
from portal.domain.county_pack import CountyPack, load_pack
from portal.domain.legal_texts import current_text
from portal.domain.privacy import audit
from portal.domain.towns import active_towns, county, county_setting
from portal.models.accounts import Account
from portal.models.county import (
    ClusterRegion,
    Contact,
    County,
    Organisation,
    PackEntry,
    PositionState,
    StaffPosition,
    Town,
)
from portal.models.directory import (
    ContactHours,
    Demarcation,
    KnowledgeCard,
    Place,
    Programme,
    Service,
)
from portal.models.intake import IntakeRequest
from portal.models.privacy import AuditEntry, LegalText
from portal.models.search import SearchWords
from portal.models.wayfinder import RuleSet
from tests.support.counties import install as install_by_key
from tests.support.people import make_request

UNCHANGED = Installed(0, 0, ())


@pytest.fixture(scope="module")
def pack() -> CountyPack:
    return load_pack(ROOT / "portal" / "counties" / "hoexter")


def with_town(pack: CountyPack, slug: str, **values: object) -> CountyPack:
    towns = tuple(replace(town, **values) if town.slug == slug else town for town in pack.towns)
    return replace(pack, towns=towns)


def with_text(pack: CountyPack, key: str, **values: object) -> CountyPack:
    return replace(
        pack,
        texts=tuple(
            replace(text, **values) if (text.key, text.locale) == (key, "de") else text
            for text in pack.texts
        ),
    )


def test_everything_of_the_pack_is_there(database: str, pack: CountyPack) -> None:
    tables = {
        County: 1,
        ClusterRegion: len(pack.clusters),
        Organisation: len(pack.organisations),
        Contact: len(pack.functions),
        StaffPosition: len(pack.positions),
        PositionState: len(pack.position_states),
        Town: len(pack.towns),
        LegalText: len(pack.texts),
        Programme: len(pack.directory.programmes),
        ContactHours: sum(bool(one.hours or one.languages) for one in pack.functions),
        Place: len(pack.directory.places),
        Service: len(pack.directory.services),
        Demarcation: len(pack.directory.demarcations),
        KnowledgeCard: len(pack.directory.knowledge),
        SearchWords: len(pack.directory.search_words),
    }
    assert {table: table.select().count() for table in tables} == tables
    rules = int(pack.wayfinder is not None)
    assert PackEntry.select().count() == sum(tables.values()) - len(pack.texts) + rules
    assert RuleSet.select().count() == rules
    assert installed_key() == county().key == "hoexter"


def test_rows_point_to_each_other(database: str) -> None:
    brakel = Town.get(Town.slug == "brakel")
    assert (brakel.position.key, brakel.cluster.key) == ("CMS-III-a", "III")
    assert brakel.postcodes == ["33034"]
    assert brakel.position.organisation.key == "stadt-brakel"
    assert [
        position.key
        for position in StaffPosition.select().where(StaffPosition.is_fallback.is_set())
    ] == ["KS"]


def test_the_countys_settings_are_flat_where_rules_ask_for_them(database: str) -> None:
    assert county_setting("phone_region") == "DE"
    assert county_setting("first_contact_days") == 5
    assert county_setting("reminder_holder_day") == 3
    assert county_setting("reminder_coordination_day") == 6
    assert county_setting("retention")["intake_closed_months"] == 6


def test_nobody_has_access_and_nothing_was_asked(database: str) -> None:
    assert (Account.select().count(), IntakeRequest.select().count()) == (0, 0)


def test_a_second_run_changes_nothing(database: str, pack: CountyPack) -> None:
    assert install(pack) == UNCHANGED


def test_a_new_version_of_the_pack_reaches_untouched_rows(database: str, pack: CountyPack) -> None:
    newer = with_town(pack, "brakel", homepage_url="https://neu.example.org", position="KS")
    assert install(newer) == Installed(0, 1, ())
    brakel = Town.get(Town.slug == "brakel")
    assert (brakel.homepage_url, brakel.position.key) == ("https://neu.example.org", "KS")
    assert install(newer) == UNCHANGED
    assert install(pack) == Installed(0, 1, ())


def test_what_staff_changed_stays_and_is_named(database: str, pack: CountyPack) -> None:
    Town.update(homepage_url="https://staff.example.org").where(Town.slug == "brakel").execute()
    warburg = StaffPosition.get(StaffPosition.key == "CMS-II-a")
    Town.update(position=warburg).where(Town.slug == "steinheim").execute()
    Organisation.update(name="Umbenannt").where(Organisation.key == "mbe").execute()
    newer = with_town(pack, "brakel", homepage_url="https://neu.example.org")
    expected = ("organisation mbe", "town brakel", "town steinheim")
    for version in (pack, newer):
        assert install(version) == Installed(0, 0, expected)
    assert Town.get(Town.slug == "brakel").homepage_url == "https://staff.example.org"
    assert Town.get(Town.slug == "steinheim").position == warburg
    assert Organisation.get(Organisation.key == "mbe").name == "Umbenannt"


def test_the_rest_of_the_pack_still_arrives(database: str, pack: CountyPack) -> None:
    Town.update(name="Anders").where(Town.slug == "brakel").execute()
    newer = with_town(with_town(pack, "brakel", ags="1"), "warburg", ags="2")
    assert install(newer) == Installed(0, 1, ("town brakel",))
    assert Town.get(Town.slug == "warburg").ags == "2"


def test_staff_and_pack_may_come_to_agree(database: str, pack: CountyPack) -> None:
    Town.update(ags="1").where(Town.slug == "brakel").execute()
    agreed = with_town(pack, "brakel", ags="1")
    install(agreed)
    assert install(agreed) == UNCHANGED
    assert install(with_town(pack, "brakel", ags="2")) == Installed(0, 1, ())


def test_what_staff_add_beside_the_packs_columns_is_no_change(
    database: str, pack: CountyPack
) -> None:
    Town.update(active=False).where(Town.slug == "brakel").execute()
    assert install(pack) == UNCHANGED
    assert Town.get(Town.slug == "brakel").active is False


def test_what_staff_deleted_does_not_come_back(database: str, pack: CountyPack) -> None:
    contact = Contact.select().first()
    name = f"contact {contact.organisation.key} · {contact.function_title}"
    contact.delete_instance()
    mbe = Organisation.get(Organisation.key == "mbe")
    gone = Contact.select().where(Contact.organisation == mbe).count()
    Contact.delete().where(Contact.organisation == mbe).execute()
    mbe.delete_instance()
    installed = install(pack)
    assert (installed.added, installed.updated) == (0, 0)
    assert {name, "organisation mbe"} <= set(installed.left_alone)
    assert len(installed.left_alone) == 2 + gone


def test_rows_that_staff_made_themselves_stay(database: str, pack: CountyPack) -> None:
    PackEntry.delete().where(PackEntry.table == "town", PackEntry.key == "brakel").execute()
    Town.update(name="Eigenes").where(Town.slug == "brakel").execute()
    assert install(pack).left_alone == ("town brakel",)


def test_a_second_contact_with_the_same_title_is_nobodys_business(
    database: str, pack: CountyPack
) -> None:
    first = Contact.select().order_by(Contact.id).first()
    Contact.create(**{**first.__data__, "id": None, "phone": "030 23125 999"})
    assert install(pack) == UNCHANGED


def test_a_new_town_is_added(database: str, pack: CountyPack) -> None:
    new = replace(pack.towns[0], slug="neustadt", name="Neustadt")
    assert install(replace(pack, towns=(*pack.towns, new))) == Installed(1, 0, ())
    assert len(active_towns()) == len(pack.towns) + 1


def test_a_new_wording_is_a_new_version_and_the_old_one_stays(
    database: str, pack: CountyPack
) -> None:
    request = make_request("brakel")
    newer = with_text(pack, "consent", body="Neuer Wortlaut.", version="2027-01")
    assert install(newer) == Installed(1, 0, ())
    assert current_text("consent", locale="de").body == "Neuer Wortlaut."
    agreed = IntakeRequest.get_by_id(request.id).consent
    assert agreed.body != "Neuer Wortlaut."
    assert install(newer) == UNCHANGED


def test_a_wording_without_a_new_version_gets_a_number(database: str, pack: CountyPack) -> None:
    version = current_text("imprint", locale="de").version
    for number, body in enumerate(("zwei", "drei"), 2):
        install(with_text(pack, "imprint", body=body))
        newest = current_text("imprint", locale="de")
        assert (newest.version, newest.body) == (f"{version}.{number}", body)


def test_a_wording_may_come_back(database: str, pack: CountyPack) -> None:
    install(with_text(pack, "imprint", body="zwei"))
    install(pack)
    original = next(text for text in pack.texts if (text.key, text.locale) == ("imprint", "de"))
    assert current_text("imprint", locale="de").body == original.body


def test_other_rules_of_the_wegweiser_are_a_new_version(database: str, pack: CountyPack) -> None:
    newer = replace(pack, wayfinder={**pack.wayfinder, "note": "Neu gefasst"})
    assert install(newer) == Installed(1, 0, ())
    assert install(newer) == UNCHANGED
    assert [row.note for row in RuleSet.select().order_by(RuleSet.version)][-1] == "Neu gefasst"


def test_a_language_without_a_text_gets_the_german_one(database: str, pack: CountyPack) -> None:
    assert current_text("consent", locale="ar").locale == "ar"
    assert current_text("easy_language", locale="ar").locale == "de"


def test_an_installation_that_fails_leaves_nothing(
    empty_database: str, pack: CountyPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.domain.county.texts._free_version", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        install(pack)
    assert (County.select().count(), AuditEntry.select().count()) == (0, 0)


def test_the_installation_is_in_the_log(database: str) -> None:
    entry = AuditEntry.get(AuditEntry.action == "county:pack:install")
    assert (entry.subject, entry.actor) == ("county:hoexter", "system")
    assert audit.verify_links() == ()


def test_nothing_of_hoexter_is_in_the_code(tiny_database: str) -> None:
    assert installed_key() == "testkreis"
    town = active_towns()[0]
    assert make_request(town.slug).ref.startswith("TK-")
    install_by_key("testkreis")


def test_a_post_whose_employer_is_not_known_yet_is_still_a_post(
    database: str, pack: CountyPack
) -> None:
    positions = tuple(
        replace(one, employer="") if one.key == "CMS-IV-b" else one for one in pack.positions
    )
    assert install(replace(pack, positions=positions)) == Installed(0, 1, ())
    assert posts.post("CMS-IV-b").position.organisation is None
    assert install(replace(pack, positions=positions)) == UNCHANGED
