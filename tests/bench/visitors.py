"""What the visitors do: fetch the form page, then send each fetched form once."""

import gzip
import re
from collections.abc import Iterator
from http import HTTPStatus
from http.cookies import SimpleCookie
from itertools import repeat
from urllib.parse import urlencode

from tests.bench.load import Ask, Reply

FORM = "/de/anfrage/brakel"
GZIP = {"Accept-Encoding": "gzip"}
ARRIVED = "/de/anfrage/angekommen"
HIDDEN = re.compile(rb'<input name="(\w+)" type="hidden" value="([^"]*)">')
ANSWERS: list[tuple[str, str]] = [
    ("town", "brakel"),
    ("display_name", "Demo Beispiel"),
    ("contact_wish", "write"),
    ("best_time", "morning"),
    ("spoken_language", "uk"),
    ("interpreter", "y"),
    ("topics", "german"),
    ("topics", "housing"),
    ("age_band", "27_plus"),
    ("free_text", "Wir sind neu hier und suchen einen Deutschkurs und eine Wohnung. " * 6),
    ("consent", "y"),
]
"""0.9 KB with what the page adds: a request as people send it."""


class NotAnswered(Exception):
    """The portal answered otherwise than the measurement needs."""


def form_pages() -> Iterator[Ask]:
    """Ask for the form again and again, each time as somebody who has never been here."""
    return repeat(Ask(FORM, headers=GZIP))


def submissions(pages: list[Reply]) -> list[Ask]:
    """Fill in every form that was fetched, with its own cookie, token and submission key."""
    return [_submission(page, number) for number, page in enumerate(pages)]


def _submission(page: Reply, number: int) -> Ask:
    cookie = SimpleCookie(page.headers["Set-Cookie"])["form"]
    hidden = [
        (name.decode(), value.decode())
        for name, value in HIDDEN.findall(gzip.decompress(page.body))
    ]
    contact = ("contact", f"demo-{number}@example.org")
    return Ask(
        FORM,
        "POST",
        {
            "Cookie": f"form={cookie.value}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        urlencode([*ANSWERS, contact, *hidden]).encode(),
    )


def arrived(replies: list[Reply]) -> list[Reply]:
    """Return the replies that say: the request is on disk. The others say: too busy, please send it again."""
    sent = [reply for reply in replies if reply.status != HTTPStatus.SERVICE_UNAVAILABLE]
    expect(sent, HTTPStatus.SEE_OTHER, ARRIVED)
    return sent


def expect(replies: list[Reply], status: int, location: str = "") -> None:
    """Raise NotAnswered unless every reply is of this kind: a faster answer of another kind is no measurement."""
    seen = {(reply.status, reply.headers.get("Location", "")) for reply in replies}
    if seen != {(status, location)}:
        raise NotAnswered(f"{len(replies)} answers, among them {sorted(seen)}")
