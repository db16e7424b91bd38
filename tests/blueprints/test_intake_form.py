"""The public form as people fill it in."""

from itertools import permutations

import pytest
from flask import Flask

from portal.domain.intake.handling import withdraw
from portal.i18n import LOCALES
from portal.models.intake import IntakeRequest
from tests.support.browser import Answer, StrictClient, browser
from tests.support.clock import TestClock

FILLED: dict[str, str | bool | list[str]] = {
    "town": "brakel",
    "display_name": "Олена ДЕМО",
    "contact": "0170 1234567",
    "contact_wish": "write",
    "best_time": "morning",
    "spoken_language": "uk",
    "interpreter": True,
    "topics": ["german", "housing"],
    "age_band": "27_plus",
    "free_text": "Привіт! <b>&",
    "on_behalf": True,
    "relation": "volunteer",
    "helper": "Demo Hilfe",
    "agreed": True,
    "consent": True,
}


def form_page(client: StrictClient, path: str = "/de/anfrage/brakel") -> Answer:
    return client.get(path)


def entries(answer: Answer) -> dict[str, list[str]]:
    """What the form holds, without what belongs to the single page."""
    values = answer.form("request-form").values
    return {k: v for k, v in values.items() if k != "csrf_token"}


def test_a_short_link_leads_to_the_town_in_the_browsers_language(client: StrictClient) -> None:
    answer = client.get("/a/brakel?k=flyer&e=2026-1", headers={"Accept-Language": "ar,de;q=0.5"})
    page = answer.follow()
    assert page.path == "/ar/anfrage/brakel?k=flyer&e=2026-1"
    assert page.document.get("dir") == "rtl"
    values = page.form("request-form").values
    assert (values["town"], values["channel"], values["edition"]) == (
        ["brakel"],
        ["flyer"],
        ["2026-1"],
    )


def test_a_link_may_tick_topics(client: StrictClient) -> None:
    topics = "&".join(f"thema={topic}" for topic in ("german", "nix", "work", "german"))
    answer = client.get(f"/anfrage/brakel?{topics}").follow()
    assert entries(answer)["topics"] == ["german", "work"]


def test_a_link_ticks_no_more_topics_than_may_be_chosen(client: StrictClient) -> None:
    topics = ["arrival", "german", "work", "school", "housing", "money"]
    answer = form_page(client, "/de/anfrage/?" + "&".join(f"thema={topic}" for topic in topics))
    assert entries(answer)["topics"] == topics[:5]
    assert answer.form("request-form").fill(**FILLED).submit().status_code == 303


@pytest.mark.parametrize(
    "path", ["/a/atlantis", "/de/anfrage/atlantis", "/xx/anfrage/brakel", "/de/nix"]
)
def test_what_does_not_exist_is_a_helpful_page(client: StrictClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/" in "".join(answer.links().values())


def test_a_complete_form_becomes_a_request(client: StrictClient) -> None:
    answer = form_page(client).form("request-form").fill(**FILLED).submit()
    assert answer.status_code == 303
    page = answer.follow()
    request = IntakeRequest.get()
    assert request.ref in page.main_text
    assert (request.language, request.topics) == ("de", ["german", "housing"])
    assert (request.relation, request.spoken_language, request.interpreter) == (
        "volunteer",
        "uk",
        True,
    )


def test_four_answers_are_enough(client: StrictClient) -> None:
    form = form_page(client, "/de/anfrage/").form("request-form")
    answer = form.fill(
        town="warburg", display_name="DEMO", contact="demo@example.org", consent=True
    ).submit()
    assert answer.status_code == 303


@pytest.mark.parametrize("lang", list(LOCALES))
def test_what_is_missing_is_said_at_its_field_and_in_the_summary(
    client: StrictClient, lang: str
) -> None:
    answer = form_page(client, f"/{lang}/anfrage/").form("request-form").submit()
    assert answer.status_code == 422
    assert set(answer.errors) == {"town", "display_name", "contact", "consent"}
    summary = next(e for e in answer.document.iter("div") if e.get("role") == "alert")
    targets = [a.get("href") for a in summary.iter("a")]
    assert targets == ["#town", "#display_name", "#contact", "#consent"]
    ids = {element.get("id") for element in answer.document.iter()}
    assert {target.removeprefix("#") for target in targets if target} <= ids


def test_nothing_typed_is_lost_when_something_is_missing(client: StrictClient) -> None:
    form = form_page(client).form("request-form").fill(**{**FILLED, "contact": "nirgends"})
    answer = form.submit()
    assert answer.status_code == 422
    assert set(answer.errors) == {"contact"}
    assert entries(answer)["free_text"] == ["Привіт! <b>&"]
    assert {k: v for k, v in entries(answer).items() if k != "contact"} == {
        k: v for k, v in form.values.items() if k not in {"csrf_token", "contact"}
    }


@pytest.mark.parametrize(("one", "other"), list(permutations(LOCALES, 2)))
def test_switching_the_language_keeps_every_entry(
    client: StrictClient, one: str, other: str
) -> None:
    form = form_page(client, f"/{one}/anfrage/?k=poster").form("request-form").fill(**FILLED)
    answer = form.submit("_switch", other)
    assert answer.status_code == 200
    assert answer.document.get("lang") == other
    assert answer.path.startswith(f"/{other}/")
    kept = {k: v for k, v in form.values.items() if k != "csrf_token"}
    assert entries(answer) == kept
    assert not answer.errors
    assert answer.form("request-form").submit().status_code == 303
    assert IntakeRequest.get().channel == "poster"


@pytest.mark.parametrize(
    ("choice", "page"), [("andere-stadt", "andere-stadt"), ("landesunterkunft", "landesunterkunft")]
)
def test_people_from_elsewhere_get_a_contact_page(
    client: StrictClient, choice: str, page: str
) -> None:
    answer = form_page(client, "/en/anfrage/").form("request-form").fill(town=choice).submit()
    assert answer.status_code == 303
    assert answer.follow().path == f"/en/anfrage/{page}"
    assert IntakeRequest.select().count() == 0


def test_helping_somebody_needs_relation_and_agreement(client: StrictClient) -> None:
    helping = {**FILLED, "relation": [], "agreed": False}
    answer = form_page(client).form("request-form").fill(**helping).submit()
    assert set(answer.errors) == {"relation", "agreed"}


def test_more_than_five_topics_are_refused(client: StrictClient) -> None:
    six = ["arrival", "german", "work", "school", "housing", "money"]
    answer = form_page(client).form("request-form").fill(**{**FILLED, "topics": six}).submit()
    assert "topics" in answer.errors
    assert entries(answer)["topics"] == six


def test_sending_twice_and_reloading_make_one_request(client: StrictClient) -> None:
    form = form_page(client).form("request-form").fill(**FILLED)
    first, second = form.submit().follow(), form.submit().follow()
    assert IntakeRequest.select().count() == 1
    assert first.main_text == second.main_text
    assert client.get("/de/anfrage/angekommen").main_text == first.main_text


def code_of(answer: Answer) -> str:
    """The return code on the page, or nothing."""
    found = [e for e in answer.document.iter("p") if e.get("class") == "code"]
    return "".join(found[0].itertext()).strip() if found else ""


def test_the_code_is_shown_until_it_is_kept(client: StrictClient) -> None:
    page = form_page(client).form("request-form").fill(**FILLED).submit().follow()
    code = code_of(page)
    assert len(code) == 19
    after = page.form().submit().follow()
    assert code not in after.text
    assert code_of(after) == ""


def test_with_the_code_a_person_sees_writes_corrects_and_withdraws(
    client: StrictClient, app: Flask
) -> None:
    code = code_of(form_page(client).form("request-form").fill(**FILLED).submit().follow())
    other_device = browser(app)
    page = other_device.get("/uk/anfrage/status").form().fill(code=code.lower()).submit().follow()
    assert page.path == "/uk/anfrage/meine"
    page = page.form("/uk/anfrage/meine/nachricht").fill(text="Дякую").submit().follow()
    assert "Дякую" in page.main_text
    wrong = page.form("/uk/anfrage/meine/kontakt").fill(contact="nix").submit()
    assert (wrong.status_code, list(wrong.errors)) == (422, ["contact"])
    page = page.form("/uk/anfrage/meine/kontakt").fill(contact="neu@example.org").submit().follow()
    assert page.form("/uk/anfrage/meine/kontakt").values["contact"] == ["neu@example.org"]
    unsure = page.form("/uk/anfrage/meine/zurueckziehen").submit()
    assert unsure.status_code == 422
    page = page.form("/uk/anfrage/meine/zurueckziehen").fill(sure=True).submit().follow()
    assert page.path == "/uk/anfrage/zurueckgezogen"
    assert other_device.get("/uk/anfrage/meine").status_code == 303
    again = other_device.get("/uk/anfrage/status").form().fill(code=code).submit()
    assert (again.status_code, list(again.errors)) == (404, ["code"])


def test_a_message_survives_the_end_of_the_session(client: StrictClient, clock: TestClock) -> None:
    code = code_of(form_page(client).form("request-form").fill(**FILLED).submit().follow())
    page = client.get("/de/anfrage/status").form().fill(code=code).submit().follow()
    message = page.form("/de/anfrage/meine/nachricht").fill(text="Eine lange Nachricht")
    clock.move(minutes=20)
    expired = message.submit()
    assert expired.status_code == 400
    still = expired.form().submit()
    assert still.status_code == 401
    assert "Eine lange Nachricht" in still.main_text


def test_a_machine_is_kept_and_marked_not_refused(client: StrictClient) -> None:
    form_page(client).form("request-form").fill(**FILLED, website="http://spam.example").submit()
    assert IntakeRequest.get().needs_check


def test_a_person_is_not_marked(client: StrictClient, clock: TestClock) -> None:
    form = form_page(client).form("request-form").fill(**FILLED)
    clock.move(seconds=30)
    form.submit()
    assert not IntakeRequest.get().needs_check


def test_without_a_token_nothing_typed_is_lost(client: StrictClient) -> None:
    form = form_page(client).form("request-form").fill(**FILLED)
    client.delete_cookie("form")
    answer = form.submit()
    assert answer.status_code == 400
    again = answer.form()
    assert again.values["display_name"] == ["Олена ДЕМО"]
    assert again.submit().status_code == 303
    assert IntakeRequest.select().count() == 1


def test_a_plain_look_leaves_no_cookie(client: StrictClient) -> None:
    for path in ("/de/", "/ar/datenschutz", "/a/brakel"):
        assert "Set-Cookie" not in client.get(path).headers


def test_leaving_quickly_forgets_everything(client: StrictClient) -> None:
    form_page(client)
    answer = client.get("/verlassen")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.location.startswith("https://")


def test_leaving_works_in_browsers_that_know_no_header_for_it(client: StrictClient) -> None:
    form_page(client).form("request-form").fill(**FILLED).submit().follow()
    client.get("/verlassen")
    assert client.get("/de/anfrage/angekommen").status_code == 303


def test_the_browser_cannot_show_the_code_once_it_is_kept(client: StrictClient) -> None:
    page = form_page(client).form("request-form").fill(**FILLED).submit().follow()
    page.form().submit()
    IntakeRequest.update(code_kept=False).execute()
    assert code_of(client.get("/de/anfrage/angekommen")) == ""


@pytest.mark.parametrize("hint", [{"relation": "office"}, {"helper": "Meldeamt"}])
def test_whoever_says_how_they_help_is_a_helper(client: StrictClient, hint: dict[str, str]) -> None:
    alone = {
        k: v for k, v in FILLED.items() if k not in {"on_behalf", "relation", "helper", "agreed"}
    }
    answer = form_page(client).form("request-form").fill(**alone, **hint).submit()
    assert "agreed" in answer.errors


def test_a_form_changed_after_sending_is_kept_and_can_be_sent_as_a_new_one(
    client: StrictClient,
) -> None:
    form = form_page(client).form("request-form").fill(**FILLED)
    form.submit()
    changed = form.fill(contact="0170 7654321").submit()
    assert changed.status_code == 422
    assert "Ihre Änderung ist noch nicht gespeichert" in changed.main_text
    assert changed.form("request-form").submit().status_code == 303
    assert IntakeRequest.select().count() == 2


def test_somebody_who_came_back_is_no_machine(client: StrictClient) -> None:
    page = form_page(client).form("request-form").fill(**FILLED, website="x").submit().follow()
    assert IntakeRequest.get().needs_check
    page.form().submit()
    assert not IntakeRequest.get().needs_check


def test_a_request_withdrawn_by_phone_ends_the_visit_kindly(client: StrictClient) -> None:
    code = code_of(form_page(client).form("request-form").fill(**FILLED).submit().follow())
    client.get("/de/anfrage/status").form().fill(code=code).submit().follow()
    withdraw(IntakeRequest.get().id)
    assert client.get("/de/anfrage/meine").follow().path == "/de/anfrage/zurueckgezogen"
