"""Fixtures of the journeys: one browser for all, a server and fresh devices for each."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from portal.domain.county_pack import load_pack
from portal.domain.demo import install_demo
from portal.i18n import LOCALES
from tests.conftest import chromium
from tests.journeys.devices import DESK, Device, NewDevice
from tests.journeys.serving import harmless_page, served
from tests.support.counties import FOLDERS

ARGUMENTS = [
    "--no-sandbox",  # a test run in a container is root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing is ever asked of the internet
]


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """The browser; starting it takes longer than a journey."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of the portal."""
    with served(app) as address:
        yield address


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another, harmless site."""
    with served(harmless_page) as address:
        yield address


@pytest.fixture
def new_device(chrome: Browser, server: str) -> Iterator[NewDevice]:
    """Give somebody a device: `new_device(**PHONE, locale="ar", java_script_enabled=False)`.

    At the end every device must be without complaints.
    """
    devices: list[Device] = []

    def device(*, origin: str = server, **options: object) -> Device:
        devices.append(Device(chrome.new_context(**{**DESK, "locale": "de", **options}), origin))
        return devices[-1]

    yield device
    for one in devices:
        one.check()
        one.context.close()


@pytest.fixture
def demo_server(demo_app: Flask) -> Iterator[str]:
    """The address of the portal in demo mode, with the county's invented people and requests."""
    install_demo(load_pack(FOLDERS["hoexter"] / "hoexter", locales=LOCALES))
    with served(demo_app) as address:
        yield address
