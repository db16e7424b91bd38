"""Devices of people: windows of a real browser that note whatever must never happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import BrowserContext, Page, Response

from portal.domain.accounts import sessions
from portal.models.accounts import Account
from portal.models.intake import IntakeRequest

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
MILLISECONDS = 10_000
STORAGE_WATCH = """
    const tell = () => {
      const kept = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      if (kept.length) console.error("kept in the browser: " + kept);
    };
    if (location.protocol.startsWith("http")) {
      for (const event of ["load", "pagehide"]) addEventListener(event, tell);
    }
"""
"""Runs in every page: what a page leaves behind in a shared computer becomes a message."""

HARMLESS = (
    "the server responded with a status of 4",  # said of every 404 and 422; tests see those themselves
    "Clear-Site-Data header on",  # said when it works
)


class Device:
    """One person's browser: its own cookies, one window, and a list of complaints."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.elsewhere: set[str] = set()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context.set_default_timeout(MILLISECONDS)
        context.add_init_script(STORAGE_WATCH)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._complain(f"script error: {error.error}"))
        context.on("request", lambda request: self._asked(request.url))
        context.on("response", self._answered)
        self.page: Page = context.new_page()

    def _complain(self, text: str) -> None:
        self.complaints.append(f"{urlsplit(self.page.url).path}: {text}")

    def _said(self, message: Any) -> None:
        if not any(harmless in message.text for harmless in HARMLESS):
            self._complain(f"console: {message.text}")

    def _asked(self, url: str) -> None:
        self.asked.append(url)
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme in {"http", "https"} and host not in {self.origin, *self.elsewhere}:
            self._complain(f"asked another host: {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._complain(f"{response.status} from {response.url}")

    def visit(self, path: str) -> Page:
        """Open a page of the portal."""
        self.page.goto(self.origin + path)
        return self.page

    @property
    def path(self) -> str:
        """Where the window is now, with the query."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def carry(self, cookie: str, token: str) -> None:
        """Put a session's cookie into the browser, as if somebody had signed in before."""
        self.context.add_cookies([{"name": cookie, "value": token, "url": self.origin}])

    def sign_in(self, app: Flask, account: Account) -> None:
        """Sign staff in without the way through the pages."""
        token = sessions.open_for_account(account, complete=True, second_factor=True)
        self.carry(app.session_interface.signed_in_cookie, token)

    def open_request(self, app: Flask, request: IntakeRequest) -> None:
        """Open a request as if its return code had been entered."""
        self.carry(app.session_interface.signed_in_cookie, sessions.open_for_request(request.id))

    def check(self) -> None:
        """Fail if anything happened that must not."""
        for storage in ("localStorage", "sessionStorage"):
            kept = self.page.evaluate(
                f"location.protocol.startsWith('http') ? {storage}.length : 0"
            )
            assert kept == 0, f"{self.path} keeps something in {storage}"
        assert not self.complaints, "\n- ".join(("the browser complains:", *self.complaints))


NewDevice = Callable[..., Device]
