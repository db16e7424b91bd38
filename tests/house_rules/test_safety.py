"""Headers, cookies, tokens and addresses: what every answer keeps to."""

from dataclasses import replace
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.domain.permissions import Role
from portal.domain.towns import town_sites
from portal.models.county import County, Town
from portal.models.directory import KnowledgeCard, Programme, Service
from portal.models.privacy import LegalText
from portal.web.access import PUBLIC, STATIC, access_of
from tests.support.browser import Answer, StrictClient, browser
from tests.support.house_style import parse
from tests.support.walking import (
    NOBODY,
    UNSAFE,
    WITH_CODE,
    World,
    asked,
    build_world,
    rules,
)

REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
FRAMED = "/einbetten"
"""How the addresses of the one page end that the towns' own sites may show inside theirs."""
HALF_SIGNED_IN = {"accounts.second_factor"}
"""Open to everybody by mark, for people between their password and their second factor."""
LOADS = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("form", "action"),
    ("iframe", "src"),
    ("use", "href"),
}


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def readable(app: Flask, world: World) -> list[str]:
    return [world.path(rule) for rule in rules(app) if "GET" in rule.methods]


def assert_safe_headers(answer: Answer) -> None:
    framed = answer.path.endswith(FRAMED) and answer.status_code == 200
    for name, value in REQUIRED.items():
        expected = None if framed and name == "X-Frame-Options" else value
        assert answer.headers.get(name) == expected, f"{answer.path}: {name}"
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    sites = " ".join(town_sites()) if framed else "'none'"
    assert policy["frame-ancestors"] == sites
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "*" not in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Python" not in answer.headers.get("Server", "")
    assert answer.headers.get("X-Powered-By") is None


@pytest.mark.parametrize("visitor", [NOBODY, WITH_CODE, Role.CASE_MANAGER, Role.ADMIN])
def test_every_answer_has_the_safety_headers(app, world, visitor):
    for path in [*readable(app, world), "/gibt-es-nicht", "/de/gibt-es-nicht", "/a/nirgendwo"]:
        assert_safe_headers(world.visitors[visitor]().get(path))


def test_refusals_have_the_safety_headers(client):
    for answer in (
        client.post("/de/anfrage/", data={"town": "brakel"}),
        client.put("/de/"),
        client.post("/de/anfrage/", data={"free_text": "x" * 10_000_000}),
        client.get("/de/", headers={"Host": "boese.example"}),
        client.get("/heute"),
    ):
        assert answer.status_code in {303, 400, 405, 413}
        assert_safe_headers(answer)


def test_pages_are_kept_by_no_browser(app, world):
    for path in readable(app, world):
        if not path.startswith("/static/"):
            assert (
                world.visitors[Role.CASE_MANAGER]().get(path).headers["Cache-Control"] == "no-store"
            ), path


def test_built_files_are_kept_for_long(client):
    page = client.get("/de/")
    styles = [link.get("href") for link in page.all("link", rel="stylesheet")]
    assert styles
    for address in styles:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_every_write_needs_the_token(app, world):
    asked_paths = 0
    for rule in rules(app):
        for method in set(asked(rule)) & set(UNSAFE):
            for visitor in (NOBODY, WITH_CODE, Role.CASE_MANAGER, Role.COORDINATOR, Role.ADMIN):
                answer = world.visitors[visitor]().open(world.path(rule), method=method, data={})
                assert answer.status_code == 400, (
                    f"{visitor}: {method} {rule.rule} without token → {answer.status}"
                )
                asked_paths += 1
    assert asked_paths > 20


def test_another_site_cannot_post(client):
    form = client.get("/de/anfrage/status").form()
    for headers in (
        {"Origin": "https://boese.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://localhost.boese.example"},
    ):
        assert form.submit(headers=headers).status_code == 400


def cookies_of(answer: Answer) -> list:
    return [
        morsel
        for line in answer.headers.getlist("Set-Cookie")
        for morsel in SimpleCookie(line).values()
    ]


def test_cookies_of_forms_and_sessions(client, make_request):
    seen = cookies_of(client.get("/de/anfrage/status"))
    assert seen
    for cookie in seen:
        assert cookie["httponly"]
        assert cookie["samesite"] in {"Lax", "Strict"}
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_cookies_over_tls(database: str, settings: Settings):
    app = create_app(
        replace(settings, base_url="https://portal.example", hosts=("portal.example",))
    )
    client = browser(app)
    answer = client.get("/de/anfrage/status", base_url="https://portal.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    seen = cookies_of(answer)
    assert seen
    for cookie in seen:
        assert cookie["secure"]
        assert cookie.key.startswith("__Host-")


def test_start_page_sets_no_cookie(client):
    """Who only reads is not remembered."""
    assert not cookies_of(client.get("/de/impressum"))


def known_addresses(settings: Settings) -> str:
    """Return everything in which an outside address may have been written down: the county's texts and facts."""
    texts = [text.body for text in LegalText.select()]
    facts = [str(county.settings) for county in County.select()]
    towns = [town.homepage_url for town in Town.select()]
    sources = [row.source_url for table in (Programme, KnowledgeCard) for row in table.select()]
    services = [service.url for service in Service.select()]
    return "\n".join([*texts, *facts, *towns, *sources, *services, settings.leave_url])


@pytest.mark.parametrize(
    "visitor", [NOBODY, WITH_CODE, Role.CASE_MANAGER, Role.COORDINATOR, Role.ADMIN]
)
def test_nothing_is_loaded_from_elsewhere(app, world, settings, visitor):
    known = known_addresses(settings)
    for path in readable(app, world):
        answer = world.visitors[visitor]().get(path)
        if not answer.is_page:
            continue
        for element in parse(answer.text)[0].iter():
            for tag, name in LOADS:
                if element.tag == tag:
                    assert not urlsplit(element.get(name, "")).netloc, (
                        f"{path} loads {element.get(name)}"
                    )
            link = element.get("href", "") if element.tag == "a" else ""
            if urlsplit(link).scheme in {"http", "https"}:
                assert link.rstrip("/") in known, (
                    f"{path} links to {link}, which no text of the county names"
                )


def test_redirects_stay_here(client: StrictClient, make_account):
    """`next` leads back into the portal, never to another site."""
    for target in (
        "https://boese.example/",
        "//boese.example",
        "/\\boese.example",
        "javascript:alert(1)",
    ):
        answer = client.get("/konto/anmelden", query_string={"next": target})
        assert "boese.example" not in answer.headers.get("Location", "")
        if answer.is_page:
            actions = {form.get("action", "") for form in answer.all("form")}
            assert not any(urlsplit(action).netloc for action in actions)


def test_public_pages_need_no_account(app, world):
    for rule in rules(app):
        if access_of(app, rule.endpoint) in {PUBLIC, STATIC} and "GET" in rule.methods:
            answer = world.visitors[NOBODY]().get(world.path(rule))
            assert answer.status_code in {200, 301, 303, 410}, f"{rule.rule} → {answer.status}"
            if rule.endpoint not in HALF_SIGNED_IN:
                assert "/konto/anmelden" not in answer.headers.get("Location", ""), rule.rule
