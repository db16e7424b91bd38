"""The way to the mail server, tried with a small one of our own."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from portal.config import Mail
from portal.domain.outbox import Letter
from portal.web import mail

LETTER = Letter("anna@example.org", "Anfrage wartet: Höxter", "Guten Tag,\n\nüber alles Weitere.\n")


class _Talk(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as taking a letter needs."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            self.server.heard.append(line.decode().strip())
            if word == b"EHLO":
                self.say("250 here")
            elif word == b"RCPT" and b"nobody" in line:
                self.say("550 no such person")
            elif word == b"DATA":
                self.say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(message_from_bytes(data, policy=policy.default))
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.heard: list[str] = []
        self.letters: list = []


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def settings(server: Server, **values: object) -> Mail:
    return Mail(
        host="127.0.0.1",
        port=server.server_address[1],
        sender="kim@kreis.example.org",
        **{"starttls": False, **values},
    )


def test_a_letter_arrives_as_it_was_written(server: Server) -> None:
    mail.sender(settings(server))(LETTER)
    (arrived,) = server.letters
    assert (arrived["From"], arrived["To"]) == ("kim@kreis.example.org", "anna@example.org")
    assert arrived["Subject"] == LETTER.subject
    assert arrived.get_content().splitlines() == LETTER.body.splitlines()
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime.year == 2026
    assert arrived["Message-ID"].endswith("@kreis.example.org>")


def test_without_a_mail_server_nothing_sends() -> None:
    assert mail.sender(Mail()) is None


def test_a_refusal_is_an_error(server: Server) -> None:
    with pytest.raises(Exception, match="no such person"):
        mail.send(settings(server), Letter("nobody@example.org", "a", "b"))


def test_no_header_can_be_smuggled_in(server: Server) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mail.send(settings(server), Letter("anna@example.org", "a\r\nBcc: x@example.org", "b"))
    assert server.letters == []


def test_letters_never_go_unencrypted_where_encryption_is_set(server: Server) -> None:
    with pytest.raises(Exception, match="STARTTLS"):
        mail.send(settings(server, starttls=True), LETTER)
    assert server.letters == []


def test_the_check_tries_the_way_but_sends_nothing(server: Server) -> None:
    assert mail.problem(settings(server)) == ""
    assert "NOOP" in [line.upper() for line in server.heard]
    assert server.letters == []
    assert "nimmt keine Briefe an" in mail.problem(Mail(host="127.0.0.1", port=1, sender="a@b"))
