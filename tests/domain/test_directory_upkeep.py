"""Kept right together: providers confirm by link, anybody suggests, the coordination office decides."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as portal_clock
from portal import keys
from portal.domain.actors import SYSTEM
from portal.domain.directory import confirming, finding, proposals, reminders, services
from portal.domain.directory.codes import REVIEW_CYCLE, Move, State
from portal.domain.directory.confirming import LinkClosed
from portal.domain.directory.proposable import FIELDS
from portal.domain.directory.services import ContactEntry, PlaceEntry
from portal.domain.errors import NotAllowed, NotFound, RuleBroken, TooManyTries
from portal.domain.permissions import GRANTS, Permission, Role
from portal.domain.privacy import retention
from portal.models.county import Contact
from portal.models.directory import Service, ServiceProposal
from portal.models.outbox import OutboxMail
from portal.models.privacy import AuditEntry
from portal.models.tick import TickStep
from tests.support.clock import TestClock
from tests.support.people import make_account
from tests.support.queries import max_queries
from tests.support.services import make_contact, make_place, make_service

pytestmark = pytest.mark.usefixtures("empty_directory")
with_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
SENDER = "kanarienvogel@example.org"
BASE = "https://portal.example.org"


def fresh(service: Service) -> Service:
    return Service.get_by_id(service.id)


def suggest(service: Service, changes: dict[str, Any], **more: Any) -> str:
    filled = {"note": "", "sender_mail": "", "network": "192.0.2.0/24", **more}
    return proposals.suggest(service.key, changes, **filled)


def letters() -> list[OutboxMail]:
    own = OutboxMail.reason.startswith("directory:")
    return list(OutboxMail.select().where(own).order_by(OutboxMail.id))


# --------------------------------------------------------------------------------- the signed link


def test_a_provider_confirms_once_by_link(clock: TestClock) -> None:
    service = make_service(state=State.NEEDS_CHECK)
    clock.move(days=3)
    token = confirming.link_token(service.key)
    assert confirming.opened(token).service_key == service.key
    confirming.confirm(token)
    service, today = fresh(service), portal_clock.today()
    assert (service.state, service.checked_on, service.checked_by_provider) == (
        State.PUBLISHED,
        today,
        True,
    )
    assert service.next_check_on == today + REVIEW_CYCLE
    last = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (last.actor, last.action) == ("provider", "directory:service:confirm")
    for again in (confirming.opened, confirming.confirm):
        with pytest.raises(LinkClosed, match="schon benutzt"):
            again(token)


def test_of_two_who_confirm_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    service = make_service()
    token = confirming.link_token(service.key)
    opened = confirming._open

    def while_another_is_quicker(typed: str) -> Any:
        found = opened(typed)
        monkeypatch.undo()
        confirming.confirm(token)
        return found

    monkeypatch.setattr(confirming, "_open", while_another_is_quicker)
    version = service.version
    with pytest.raises(LinkClosed):
        confirming.confirm(token)
    assert fresh(service).version == version + 1


def test_who_confirms_while_a_service_is_taken_down_does_not_bring_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = make_service()
    token = confirming.link_token(service.key)
    opened = confirming._open

    def while_it_is_taken_down(typed: str) -> Any:
        found = opened(typed)
        services.move(SYSTEM, service.key, Move.SUSPEND, "Wasserschaden")
        return found

    monkeypatch.setattr(confirming, "_open", while_it_is_taken_down)
    with pytest.raises(LinkClosed):
        confirming.confirm(token)
    assert fresh(service).state == State.SUSPENDED


def test_a_link_of_the_day_of_the_check_works_once_too() -> None:
    service = make_service()
    token = confirming.link_token(service.key)
    confirming.confirm(token)
    with pytest.raises(LinkClosed):
        confirming.confirm(token)


def test_a_link_lasts_thirty_days(clock: TestClock) -> None:
    token = confirming.link_token(make_service().key)
    clock.move(days=30)
    assert confirming.opened(token).valid_until == portal_clock.today()
    clock.move(days=1)
    with pytest.raises(LinkClosed, match="abgelaufen"):
        confirming.opened(token)


@with_database
@given(st.data())
def test_no_forged_link_opens_anything(data: st.DataObject) -> None:
    if not Service.select().exists():
        make_service(key="echt")
    token = confirming.link_token("echt")
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(exclude_characters=token[place]))
    for forged in (token[:place] + letter + token[place + 1 :], data.draw(st.text(max_size=300))):
        with pytest.raises(NotFound):
            confirming.opened(forged)


def test_a_link_opens_its_own_service_only_and_nothing_hidden() -> None:
    one, other = make_service(), make_service()
    token = confirming.link_token(one.key)
    with pytest.raises(NotFound):
        confirming.opened(token.replace(one.key, other.key))
    services.move(SYSTEM, one.key, Move.SUSPEND, reason="Demo")
    with pytest.raises(LinkClosed):
        confirming.opened(token)
    with pytest.raises(NotFound):
        confirming.link_token("gibt-es-nicht")


def test_another_key_makes_other_links() -> None:
    token = confirming.link_token(make_service().key)
    keys.use_keyring(keys.new_keyring())
    with pytest.raises(NotFound):
        confirming.opened(token)


def test_a_provider_corrects_by_link_and_what_is_adopted_counts_as_confirmed(
    clock: TestClock,
) -> None:
    service = make_service(name="Alt")
    clock.move(days=10)
    ref = confirming.correct(confirming.link_token(service.key), {"name": "Neu"}, "Umbenannt")
    found = ServiceProposal.get()
    assert (found.ref, found.source, found.before, found.after) == (
        ref,
        "provider",
        {"name": "Alt"},
        {"name": "Neu"},
    )
    assert fresh(service).name == "Alt"
    sent_on = portal_clock.today()
    clock.move(days=2)
    proposals.decide(SYSTEM, ref, ["name"])
    service = fresh(service)
    assert (service.name, service.checked_on, service.checked_by_provider) == ("Neu", sent_on, True)


def test_half_adopted_is_not_confirmed(clock: TestClock) -> None:
    service = make_service(name="Alt")
    clock.move(days=10)
    ref = confirming.correct(
        confirming.link_token(service.key), {"name": "Neu", "description": "Anders"}
    )
    proposals.decide(SYSTEM, ref, ["name"])
    after = fresh(service)
    assert (after.name, after.description) == ("Neu", service.description)
    assert (after.checked_on, after.checked_by_provider) == (service.checked_on, False)


def test_a_link_is_no_way_to_flood_the_office() -> None:
    token = confirming.link_token(make_service().key)
    for number in range(5):
        confirming.correct(token, {}, f"Hinweis {number}")
    with pytest.raises(TooManyTries):
        confirming.correct(token, {}, "Noch einer")


# -------------------------------------------------------------------------------------- suggestions


def test_anybody_suggests_and_only_what_differs_is_kept() -> None:
    service = make_service("brakel", name="Alt", age_min=18)
    changes = {
        "name": "Neu",
        "description": service.description,
        "age_min": 16,
        "state": "ended",
        "towns": ["warburg"],
    }
    suggest(service, changes, note="Stimmt nicht ganz")
    found = ServiceProposal.get()
    assert (found.source, found.after) == ("public", {"name": "Neu", "age_min": 16})
    assert (found.note, found.sender_sealed) == ("Stimmt nicht ganz", None)
    assert re.fullmatch(r"HXV-[A-Z0-9]{4}-[A-Z0-9]{2}", found.ref)


@pytest.mark.parametrize(
    ("changes", "more", "field"),
    [
        ({}, {}, None),
        ({"name": ""}, {}, "name"),
        ({"description": "x" * 3001}, {}, "description"),
        ({"url": "http://example.org"}, {}, "url"),
        ({"age_max": 3}, {}, "age_max"),
        ({"age_min": 40, "age_max": 30}, {}, "age_min"),
        ({"closed_from": "2026-12-02", "closed_to": "2026-12-01"}, {}, "closed_from"),
        ({"valid_to": "heute"}, {}, "valid_to"),
        ({"access": "tür"}, {}, "access"),
        ({"languages": ["klingonisch"]}, {}, "languages"),
        ({"hours:{place}": "Mo 12–9"}, {}, "hours:{place}"),
        ({"phone:{contact}": "0" * 201}, {}, "phone:{contact}"),
        ({}, {"note": "x" * 1001}, "note"),
        ({}, {"note": "Hallo", "sender_mail": "niemand"}, "sender_mail"),
    ],
)
def test_nonsense_is_refused_in_words_that_are_translated(
    changes: dict[str, Any], more: dict[str, Any], field: str | None
) -> None:
    place, contact = make_place(), make_contact()
    names = {"place": place, "contact": contact.id}
    service = make_service(
        age_min=18, places=(PlaceEntry(place),), contacts=(ContactEntry(contact.id),)
    )
    with pytest.raises(RuleBroken) as broken:
        suggest(service, {name.format(**names): text for name, text in changes.items()}, **more)
    assert broken.value.field == (field and field.format(**names))
    assert type(broken.value.message).__name__ == "LazyString"
    assert not ServiceProposal.select().exists()


@with_database
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "hours:x", "id"]),
        st.none()
        | st.text(max_size=30)
        | st.integers()
        | st.lists(st.text(max_size=5), max_size=3),
        max_size=4,
    )
)
def test_whatever_is_suggested_is_refused_or_can_be_adopted(changes: dict[str, Any]) -> None:
    service = make_service()
    try:
        ref = suggest(service, changes, network=f"{service.key}")
    except RuleBroken:
        return
    after = ServiceProposal.get(ServiceProposal.ref == ref).after
    proposals.decide(SYSTEM, ref, list(after))
    assert {name: _shown(fresh(service), name) for name in after} == after


def _shown(service: Service, name: str) -> Any:
    value = getattr(service, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_only_public_services_can_be_corrected() -> None:
    service = make_service(state=State.SUSPENDED)
    with pytest.raises(NotFound):
        suggest(service, {"name": "Neu"})
    with pytest.raises(NotFound):
        proposals.values_to_correct(service.key)


def test_one_network_cannot_flood_the_office() -> None:
    service = make_service()
    for number in range(10):
        suggest(service, {}, note=f"Hinweis {number}")
    with pytest.raises(TooManyTries):
        suggest(service, {}, note="Noch einer")
    assert suggest(service, {}, note="Von woanders", network="198.51.100.0/24")


def test_hours_and_numbers_are_corrected_too_and_many_ways_to_write_are_no_change() -> None:
    place, contact = make_place(), make_contact()
    service = make_service(
        places=(PlaceEntry(place, "Mo 9–12"),), contacts=(ContactEntry(contact.id),)
    )
    phone, hours = f"phone:{contact.id}", f"hours:{place}"
    suggest(
        service, {hours: "Mo 9-12 Uhr", phone: "030 23125 999", f"mail:{contact.id}": contact.mail}
    )
    found = ServiceProposal.get()
    assert found.after == {phone: "030 23125 999"}
    proposals.decide(SYSTEM, found.ref, [phone])
    assert Contact.get_by_id(contact.id).phone == "030 23125 999"
    ref = suggest(service, {hours: "Di 9–12"})
    proposals.decide(SYSTEM, ref, [hours])
    shown = finding.detail(service.key, locale="de", at=portal_clock.now())
    assert [one.weekday for one in shown.places[0].hours] == [1]


def test_the_mail_address_is_sealed_and_erased_with_the_answer() -> None:
    service = make_service(name="Beratung")
    ref = suggest(service, {"name": "Neu"}, sender_mail=f" {SENDER} ")
    sealed = ServiceProposal.get().sender_sealed
    assert sealed is not None
    assert SENDER.encode() not in bytes(sealed)
    assert proposals.proposal(SYSTEM, ref).wants_answer
    proposals.decide(SYSTEM, ref, [], "Das stimmt so.")
    (letter,) = letters()
    assert letter.address == SENDER
    assert "nicht geändert" in letter.body
    assert "Das stimmt so." in letter.body
    assert ServiceProposal.get().sender_sealed is None
    log = " ".join(row.details for row in AuditEntry.select())
    assert "kanarienvogel" not in log


@pytest.mark.parametrize(
    ("adopted", "said"),
    [
        (["name", "for_whom"], "übernommen"),
        (["name"], "zum Teil übernommen"),
        ([], "nicht geändert"),
    ],
)
def test_the_answer_says_what_came_of_it(adopted: list[str], said: str) -> None:
    service = make_service()
    changes = {"name": "Neu", "for_whom": "Alle"}
    ref = suggest(service, changes, sender_mail=SENDER)
    proposals.decide(SYSTEM, ref, adopted)
    assert said in letters()[0].body
    assert ServiceProposal.get().adopted == sorted(adopted)
    assert proposals.proposal(SYSTEM, ref).is_open is False


def test_an_address_that_nobody_can_open_any_more_stops_no_decision() -> None:
    ref = suggest(make_service(), {"name": "Neu"}, sender_mail=SENDER)
    keys.use_keyring(keys.new_keyring())
    proposals.decide(SYSTEM, ref, ["name"])
    assert letters() == []
    assert ServiceProposal.get().sender_sealed is None


def test_without_an_address_nobody_is_written_to() -> None:
    ref = suggest(make_service(), {"name": "Neu"})
    proposals.decide(SYSTEM, ref, ["name"], "Danke")
    assert letters() == []


def test_addresses_and_sent_answers_do_not_stay(clock: TestClock, tmp_path: Any) -> None:
    waiting = make_service()
    suggest(waiting, {"name": "Neu"}, sender_mail=SENDER)
    clock.move(days=180)
    retention.run(tmp_path)
    assert ServiceProposal.get().sender_sealed is not None
    clock.move(days=6)
    ref = suggest(make_service(), {"name": "Neu"}, sender_mail=SENDER)
    proposals.decide(SYSTEM, ref, [])
    OutboxMail.update(sent_at=portal_clock.now()).execute()
    retention.run(tmp_path)
    assert not ServiceProposal.select().where(ServiceProposal.sender_sealed.is_null(False)).exists()
    assert len(letters()) == 1
    clock.move(days=1, hours=1)
    retention.run(tmp_path)
    assert letters() == []


def test_it_is_decided_once_and_by_those_who_publish() -> None:
    service = make_service()
    for role in Role:
        account = make_account(role)
        ref = suggest(service, {"name": f"Neu {role}"}, network=str(role))
        if Permission.DIRECTORY_PUBLISH in GRANTS[role]:
            proposals.decide(account, ref, ["name"])
            with pytest.raises(RuleBroken, match="schon entschieden"):
                proposals.decide(account, ref, ["name"])
        else:
            with pytest.raises(NotAllowed):
                proposals.decide(account, ref, ["name"])
    with pytest.raises(NotFound):
        proposals.decide(SYSTEM, "HXV-AAAA-AA", [])


def test_what_changed_meanwhile_is_shown_and_the_version_goes_on() -> None:
    service = make_service("brakel", name="Alt")
    ref = suggest(service, {"name": "Vorschlag"})
    shown = services.staff_service(SYSTEM, service.key)
    other = services.ServiceDraft(
        **{name: getattr(shown.draft, name) for name in shown.draft.__dataclass_fields__}
        | {"name": "Zwischenstand"}
    )
    services.edit(SYSTEM, service.key, other, shown.version)
    (difference,) = proposals.proposal(SYSTEM, ref).differences
    assert (difference.before, difference.after, difference.now) == (
        "Alt",
        "Vorschlag",
        "Zwischenstand",
    )
    assert difference.changed_meanwhile
    version = fresh(service).version
    proposals.decide(SYSTEM, ref, ["name"])
    assert (fresh(service).name, fresh(service).version) == ("Vorschlag", version + 1)


def test_one_sees_the_suggestions_for_what_one_keeps() -> None:
    near, far = make_service("brakel"), make_service("warburg")
    refs = [suggest(one, {"name": "Neu"}) for one in (near, far)]
    manager = make_account(Role.CASE_MANAGER, position="CMS-III-a")
    coordinator = make_account(Role.COORDINATOR, position="KS")
    assert [row.ref for row in proposals.open_proposals(manager)] == refs[:1]
    assert [row.ref for row in proposals.open_proposals(coordinator)] == refs
    assert proposals.proposal(manager, refs[0]).may_decide is False
    with pytest.raises(NotFound):
        proposals.proposal(manager, refs[1])
    with pytest.raises(NotAllowed):
        proposals.open_proposals(make_account(Role.KI_HEAD))
    with max_queries(3):
        proposals.open_proposals(coordinator)


def test_what_has_ended_is_not_corrected_any_more() -> None:
    service = make_service(name="Alt")
    ref = suggest(service, {"name": "Neu"})
    services.move(SYSTEM, service.key, Move.END, "Förderung beendet")
    with pytest.raises(RuleBroken, match="beendet"):
        proposals.decide(SYSTEM, ref, ["name"])
    proposals.decide(SYSTEM, ref, [])
    assert fresh(service).name == "Alt"


def test_what_people_wrote_goes_a_year_after_the_decision(clock: TestClock, tmp_path: Path) -> None:
    service = make_service()
    decided, waiting = (suggest(service, {}, note=f"Kanarienvogel {number}") for number in (1, 2))
    proposals.decide(SYSTEM, decided, [], "Danke, Kanarienvogel")
    clock.move(days=364)
    retention.run(tmp_path)
    assert ServiceProposal.select().count() == 2
    clock.move(days=2)
    retention.run(tmp_path)
    assert [row.ref for row in ServiceProposal.select()] == [waiting]


# ---------------------------------------------------------------------------------------- reminders


def asked(clock: TestClock) -> list[tuple[str, str]]:
    before = OutboxMail.select().count()
    reminders.run(portal_clock.today(), BASE)
    new = OutboxMail.select().order_by(OutboxMail.id).offset(before)
    return [(letter.address, letter.subject) for letter in new]


def test_a_provider_is_asked_two_weeks_before_and_on_the_day(clock: TestClock) -> None:
    contact = make_contact(mail="amt@example.org")
    coordinator = make_account(Role.COORDINATOR, position="KS", mail="ks@example.org")
    service = make_service(name="Beratung", contacts=(ContactEntry(contact.id),))
    told: dict[int, list[tuple[str, str]]] = {}
    for day in range(1, 190):
        clock.move(days=1)
        if found := asked(clock) + asked(clock):
            told[day] = found
    assert told == {
        166: [("amt@example.org", "Stimmt Ihr Angebot „Beratung“ noch?")],
        180: [("amt@example.org", "Stimmt Ihr Angebot „Beratung“ noch?")],
        181: [(coordinator.mail, "KIM-Portal: 1 Angebot ist zu prüfen")],
    }
    assert fresh(service).state == State.NEEDS_CHECK


def test_the_link_of_the_letter_works_and_confirming_ends_the_reminders(clock: TestClock) -> None:
    contact = make_contact()
    service = make_service(contacts=(ContactEntry(contact.id),))
    clock.move(days=166)
    asked(clock)
    last_day = portal_clock.today() + timedelta(days=30)
    assert f"bis zum {last_day:%d.%m.%Y}" in letters()[0].body
    link = re.search(rf"{BASE}/angebote/bestaetigen/(\S+)", letters()[0].body)
    assert link is not None
    confirming.confirm(link[1])
    clock.move(days=20)
    assert asked(clock) == []
    assert fresh(service).asked_on is None
    clock.move(days=146)
    assert len(asked(clock)) == 1


def test_the_organisations_mailbox_is_asked_where_the_service_has_none(clock: TestClock) -> None:
    Contact.update(mail="").execute()
    service = make_service(organisation="jobcenter")
    clock.move(days=170)
    assert asked(clock) == []
    make_contact(organisation="jobcenter", mail="geheim@example.org", public=False)
    assert asked(clock) == []
    make_contact(organisation="jobcenter", mail="post@example.org")
    assert [address for address, _subject in asked(clock)] == ["post@example.org"]
    assert fresh(service).asked_on == portal_clock.today()


@pytest.mark.parametrize("state", [State.IN_EDITING, State.SUSPENDED, State.ENDED])
def test_nobody_is_asked_about_what_is_not_public(state: State, clock: TestClock) -> None:
    make_account(Role.COORDINATOR, position="KS")
    contact = make_contact()
    make_service(state=state, contacts=(ContactEntry(contact.id),))
    clock.move(days=180)
    assert asked(clock) == []
    clock.move(days=30)
    assert asked(clock) == []


def test_what_is_overdue_is_marked_once_and_told_in_one_letter(clock: TestClock) -> None:
    make_account(Role.COORDINATOR, position="KS", mail="ks@example.org")
    for name in ("Beta", "Alpha"):
        make_service(name=name, organisation="ki")
    Contact.update(mail="").execute()
    clock.move(days=200)
    assert reminders.mark_overdue(portal_clock.today()) == ["alpha", "beta"]
    assert reminders.mark_overdue(portal_clock.today()) == []
    (letter,) = letters()
    assert letter.subject == "KIM-Portal: 2 Angebote sind zu prüfen"
    assert "- Alpha\n- Beta" in letter.body


def test_what_begins_or_ends_by_its_date_is_followed_by_the_search(clock: TestClock) -> None:
    today = portal_clock.today()
    begins = make_service(valid_from=today + timedelta(days=2))
    ends = make_service(valid_to=today + timedelta(days=1))
    found = []
    for _day in range(4):
        clock.move(days=1)
        found.append(reminders.follow_dates(portal_clock.today()))
        _ran()
    both = sorted([("service", begins.key), ("service", ends.key)])
    assert found == [[], both, [], []]


def test_what_a_failed_run_missed_is_followed_by_the_next(clock: TestClock) -> None:
    service = make_service(valid_from=portal_clock.today() + timedelta(days=1))
    clock.move(days=1)
    _ran("RuntimeError")
    assert reminders.follow_dates(portal_clock.today()) == [("service", service.key)]


def _ran(error: str = "") -> None:
    TickStep.delete().where(TickStep.name == reminders.STEP).execute()
    TickStep.create(name=reminders.STEP, ran_at=portal_clock.now(), error=error)
