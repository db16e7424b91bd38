"""The link check's way to the web, tried with a small server of our own."""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.web import fetching


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        status, _slash, target = self.path.strip("/").partition("/")
        self.send_response(int(status))
        if target:
            self.send_header("Location", f"https://{target}")
        self.end_headers()

    def log_message(self, *_line):
        """Stay quiet."""


@pytest.fixture
def web(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def connect(self):
        self.sock = socket.create_connection(server.server_address, 5)

    monkeypatch.setattr(fetching._Connection, "connect", connect)
    yield "https://example.org"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("200", ""),
        ("301/example.org/200", ""),
        ("404", "gibt es nicht mehr"),
        ("410", "gibt es nicht mehr"),
        ("503", "antwortet mit 503"),
        ("302/example.org/404", "gibt es nicht mehr"),
    ],
)
def test_a_page_is_asked_whether_it_answers(web, path, problem):
    assert fetching.link_problem(f"{web}/{path}") == problem


def test_who_leads_round_in_circles_is_left(web):
    circle = "/".join(["302/example.org"] * 8)
    assert fetching.link_problem(f"{web}/{circle}/200") == "antwortet mit 302"


def test_nobody_leads_away_from_https(web, monkeypatch):
    monkeypatch.setattr(
        _Pages,
        "send_header",
        lambda self, name, _to: BaseHTTPRequestHandler.send_header(self, name, "http://x.org"),
    )
    assert fetching.link_problem(f"{web}/302/x") == "ist keine https-Adresse"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.org/", "ist keine https-Adresse"),
        ("file:///etc/passwd", "ist keine https-Adresse"),
        ("javascript:alert(1)", "ist keine https-Adresse"),
        ("", "ist keine https-Adresse"),
        ("https://", "ist keine gewöhnliche Adresse"),
        ("https://anna:geheim@example.org/", "ist keine gewöhnliche Adresse"),
        ("https://example.org:8443/", "ist keine gewöhnliche Adresse"),
        ("https://example.org:x/", "antwortet nicht"),
        ("https://127.0.0.1/", "liegt nicht im öffentlichen Netz"),
        ("https://[::1]/", "liegt nicht im öffentlichen Netz"),
        ("https://169.254.169.254/", "liegt nicht im öffentlichen Netz"),
        ("https://10.0.0.1/", "liegt nicht im öffentlichen Netz"),
    ],
)
def test_what_is_no_public_https_address_is_not_asked(url, problem):
    assert fetching.link_problem(url) == problem


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        "2001:0:102:304::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
    ],
)
def test_an_address_that_wraps_another_or_means_many_is_refused(address):
    with pytest.raises(fetching.Refused):
        fetching.public_addresses("x.org", 443, lambda *_host: [address])


def test_a_host_with_one_address_inside_is_refused():
    with pytest.raises(fetching.Refused):
        fetching.public_addresses("x.org", 443, lambda *_host: ["93.184.215.14", "192.168.1.1"])
    assert fetching.public_addresses("x.org", 443, lambda *_host: ["93.184.215.14"])


def test_a_broken_answer_is_an_answer_too(monkeypatch):
    def connect(self):
        raise http.client.BadStatusLine("")

    monkeypatch.setattr(fetching._Connection, "connect", connect)
    assert fetching.link_problem("https://example.org/") == "antwortet nicht"
