"""The first visit on a slow and expensive line: what comes over the wire, and only the letters that are needed."""

import pytest

from portal.i18n import LOCALES

pytestmark = pytest.mark.journey

KB = 1024
MOST = {"de": 70 * KB, "ar": 115 * KB}
FORM = "anfrage/brakel"
PATHS = ("", FORM, "anfrage/status", "impressum")


def first_visit(device, path: str) -> dict[str, int]:
    """Open a page with an empty cache and a browser that knows gzip; return the bytes of each answer."""
    wire = device.context.new_cdp_session(device.page)
    wire.send("Network.enable")
    device.page.set_extra_http_headers({"Accept-Encoding": "gzip"})
    addresses, sizes = {}, {}
    wire.on(
        "Network.responseReceived",
        lambda e: addresses.update({e["requestId"]: e["response"]["url"]}),
    )
    wire.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    device.page.goto(device.origin + path, wait_until="networkidle")
    return {f"{addresses[key]} {key}": size for key, size in sizes.items()}


@pytest.mark.parametrize("lang", MOST)
def test_the_first_visit_is_light(new_device, lang):
    answers = first_visit(new_device(locale=lang), f"/{lang}/{FORM}")
    heaviest = sorted(answers.items(), key=lambda answer: -answer[1])
    assert sum("/static/dist/" in name for name in answers) >= 4, (
        f"style, script and fonts are missing: {answers}"
    )
    assert sum(answers.values()) <= MOST[lang], heaviest


def test_what_is_text_comes_compressed(new_device):
    device = new_device()
    packed = {}
    device.context.on("response", lambda answer: packed.update({answer.url: answer.headers}))
    device.page.set_extra_http_headers({"Accept-Encoding": "gzip"})
    device.visit(f"/de/{FORM}")
    texts = {url: headers for url, headers in packed.items() if url.endswith((FORM, ".css", ".js"))}
    assert len(texts) == 4
    assert {headers.get("content-encoding") for headers in texts.values()} == {"gzip"}, texts


@pytest.mark.parametrize("lang", LOCALES)
def test_only_the_letters_of_the_language_are_fetched(new_device, lang):
    device = new_device(locale=lang)
    for path in PATHS:
        device.page.goto(f"{device.origin}/{lang}/{path}", wait_until="networkidle")
    fetched = {
        url.rsplit("/", 1)[-1].split("-")[1] for url in device.asked if url.endswith(".woff2")
    }
    assert fetched == {"latn", LOCALES[lang].script.lower()}
