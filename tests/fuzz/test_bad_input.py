"""Thousands of malformed posts: never an error of ours, never an unreadable page, nothing typed is lost."""

from itertools import cycle

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.text import clean, is_usable
from portal.i18n import LOCALES
from portal.models.accounts import Tries
from portal.models.intake import IntakeRequest
from portal.web.access import PUBLIC, REQUESTER, access_of
from tests.support import malformed
from tests.support.browser import Answer, FilledForm, StrictClient, browser
from tests.support.walking import OWN, WITH_CODE, World, build_world, rules

pytestmark = pytest.mark.fuzz

ACCEPTED = {200, 303, 400, 401, 404, 409, 410, 413, 422, 429}
KEPT_AS_TYPED = {"display_name", "contact", "free_text", "helper"}
HEADERS = (
    "Accept-Language",
    "Cookie",
    "Referer",
    "User-Agent",
    "HX-Request",
    "X-Forwarded-For",
    "Origin",
)
MINE = "/de/anfrage/meine"
TEN_MEGABYTES = 10 * 1024 * 1024
fuzzed = settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def post(
    client: StrictClient, path: str, body: bytes, content_type: str = "", **headers: str
) -> Answer:
    Tries.delete().execute()  # the answers behind the limits are tested here
    kind = content_type or "application/x-www-form-urlencoded"
    return client.post(path, data=body, content_type=kind, headers=headers)


def assert_answered(answer: Answer) -> None:
    """An answer of the list; the client has looked its page over already."""
    assert answer.status_code in ACCEPTED, f"{answer.path} → {answer.status}"
    if answer.status_code >= 400:
        assert answer.is_page, f"{answer.path} → {answer.status} without a page"


def offered(form: FilledForm) -> dict[str, list[str]]:
    """Return each field with what the form offers or has in it."""
    return {name: form.options.get(name) or values for name, values in form.values.items()}


def last_texts(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return what was typed into fields that were sent once."""
    names = [name for name, _value in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


@pytest.mark.parametrize("code", LOCALES)
def test_public_form(client: StrictClient, code: str) -> None:
    path = f"/{code}/anfrage/brakel"
    form = client.get(path).form()
    fields = offered(form)
    token = form.values["csrf_token"][0]
    complaints = 0

    @fuzzed
    @given(
        pairs=malformed.form(
            {name: values for name, values in fields.items() if name != "csrf_token"}
        )
    )
    def check(pairs: list[tuple[str, str]]) -> None:
        nonlocal complaints
        before = IntakeRequest.select().count()
        answer = post(client, path, malformed.urlencoded([*pairs, ("csrf_token", token)]))
        assert_answered(answer)
        if answer.status_code == 422:
            complaints += 1
            assert IntakeRequest.select().count() == before
            assert_entries_kept(answer, pairs)
            assert answer.errors or answer.all("div", role="alert"), (
                "the page does not say what is wrong"
            )

    check()
    assert complaints > 100, "the form hardly ever complained: the posts are not malformed enough"


def assert_entries_kept(answer: Answer, pairs: list[tuple[str, str]]) -> None:
    shown = answer.form().values
    for name, value in last_texts(pairs).items():
        if name in KEPT_AS_TYPED:
            # Werkzeug leaves bytes that are no text as they were encoded
            received = value.encode("utf-8", "surrogatepass").decode("utf-8", "werkzeug.url_quote")
            assert shown[name] == [clean(received)], f"{name}: {value!r} was lost"


def writable(app: Flask, world: World, mark: str) -> list[str]:
    """Return the addresses of a mark that can be posted to."""
    return [
        world.path(rule, lang=code) if "lang" in rule.arguments else world.path(rule)
        for rule, code in zip(rules(app), cycle(LOCALES), strict=False)
        if "POST" in rule.methods and access_of(app, rule.endpoint) == mark
    ]


def fields_of(client: StrictClient, path: str) -> dict[str, list[str]]:
    """Return the fields that a page offers for a post to this address; some addresses show none."""
    found: dict[str, list[str]] = {
        "text": [],
        "code": [],
        "contact": [],
        "sure": ["y"],
        "mail": [],
        "password": [],
    }
    answer = client.get(path)
    if answer.status_code == 200 and answer.is_page:
        for element in answer.document.iter():
            if element.tag in {"input", "select", "textarea"} and element.get("name"):
                found.setdefault(element.get("name", ""), []).append(element.get("value") or "")
    found.pop("csrf_token", None)
    return found


def token_of(client: StrictClient) -> str:
    return client.get("/de/anfrage/status").all("input", name="csrf_token")[0].get("value", "")


def fuzz(client: StrictClient, path: str, fields: dict[str, list[str]], token: str) -> None:
    """Post malformed forms to one address."""

    @settings(fuzzed, max_examples=40)
    @given(pairs=malformed.form(fields))
    def check(pairs: list[tuple[str, str]]) -> None:
        assert_answered(post(client, path, malformed.urlencoded([*pairs, ("csrf_token", token)])))

    check()


def test_every_other_public_form(app: Flask, world: World) -> None:
    for path in writable(app, world, PUBLIC):
        client = browser(app)
        fuzz(client, path, fields_of(client, path), token_of(client))


def test_every_form_behind_the_return_code(app: Flask, world: World) -> None:
    for path in writable(app, world, REQUESTER):
        client = world.visitors[WITH_CODE]()
        fuzz(client, path, fields_of(client, MINE), token_of(client))


def test_bodies_of_any_kind(app: Flask, world: World) -> None:
    paths = [*writable(app, world, PUBLIC), "/de/gibt-es-nicht", "/eingang/HX-AAAA-AA/schritt"]

    @settings(fuzzed, max_examples=400)
    @given(st.sampled_from(paths), malformed.bodies, st.sampled_from(malformed.CONTENT_TYPES))
    def check(path: str, body: bytes, content_type: str) -> None:
        answer = post(browser(app), path, body, content_type)
        assert answer.status_code in ACCEPTED | {405, 415}, f"{path} → {answer.status}"

    check()


def test_addresses_of_any_kind(app: Flask, world: World) -> None:
    """What stands in an address: town, reference, filters, codes."""
    paths = (
        "/de/anfrage/{}",
        "/a/{}",
        "/{}",
        "/de/{}",
        "/eingang/{}",
        "/konto/einladung/{}",
        "/de/angebote/{}",
        "/de/angebote/bestaetigen/{}",
        "/angebote/{}/qr.svg",
        "/de/programme/{}",
        "/de/wissen/{}",
        "/static/{}",
    )

    @settings(fuzzed, max_examples=300)
    @given(st.sampled_from(paths), malformed.entry, malformed.pair)
    def check(path: str, text: str, query: tuple[str, str]) -> None:
        quoted = malformed.urlencoded([(text, "")]).decode().rstrip("=").replace("+", "%20")
        asked = malformed.urlencoded(
            [query, ("k", text), ("seite", text), ("_lang", text)]
        ).decode()
        answer = browser(app).get(f"{path.format(quoted)}?{asked}")
        assert answer.status_code in ACCEPTED | {301, 308, 405}, f"{answer.path} → {answer.status}"

    check()


def test_filters_of_any_kind(app: Flask, world: World) -> None:
    client = world.visitors["case_manager"]()

    @settings(fuzzed, max_examples=200)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(("stand", "stadt", "sprache", "zugang", "seite")), malformed.entry
            )
        )
    )
    def check(query: list[tuple[str, str]]) -> None:
        answer = client.get(f"/eingang?{malformed.urlencoded(query).decode()}")
        usable = all(is_usable(text) for _name, text in query)
        assert answer.status_code == (200 if usable else 404)

    check()


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize("field", ["free_text", "display_name", "csrf_token", "nobody-asked"])
def test_ten_megabytes_are_too_much(client: StrictClient, code: str, field: str) -> None:
    body = malformed.urlencoded([(field, "x" * TEN_MEGABYTES)])
    answer = post(client, f"/{code}/anfrage/brakel", body)
    assert answer.status_code == 413
    assert answer.document.get("lang") == code


@pytest.mark.parametrize("path", ["/de/anfrage/", "/de/anfrage/status", "/konto/anmelden"])
def test_ten_megabytes_of_a_file_are_too_much(client: StrictClient, path: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        + b"x" * TEN_MEGABYTES
    )
    assert post(client, path, body, "multipart/form-data; boundary=x").status_code == 413


def test_odd_headers(client: StrictClient) -> None:
    @settings(fuzzed, max_examples=200)
    @given(
        st.sampled_from(
            (
                "Accept-Language",
                "Cookie",
                "Referer",
                "User-Agent",
                "HX-Request",
                "X-Forwarded-For",
                "Origin",
            )
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200),
    )
    def check(name: str, value: str) -> None:
        for path in ("/", "/de/anfrage/", "/heute"):
            answer = client.get(path, headers={name: value})
            assert answer.status_code in {200, 303, 401}, f"{name}: {value!r} → {answer.status}"

    check()


def test_own_is_what_the_walk_calls_it(world: World) -> None:
    """The tests above post to things that exist."""
    assert IntakeRequest.get(IntakeRequest.ref == world.things["ref"][OWN])
