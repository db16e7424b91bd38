"""The mail server: takes one letter at a time."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from portal import clock
from portal.config import Mail
from portal.domain.outbox import Letter, Send

SECONDS = 20
PORT_WITH_TLS_FROM_THE_START = 465


def sender(mail: Mail) -> Send | None:
    """Return what sends letters, or nothing if no mail server is set."""
    return (lambda letter: send(mail, letter)) if mail.host else None


def send(mail: Mail, letter: Letter) -> None:
    """Give a letter to the mail server; raises what the server or the network says."""
    with _server(mail) as server:
        server.send_message(_message(mail, letter))


def problem(mail: Mail) -> str:
    """Return why the mail server cannot be used; nothing if it can."""
    try:
        with _server(mail) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return f"Der Mailserver {mail.host}:{mail.port} nimmt keine Briefe an: {error}"
    return ""


@contextmanager
def _server(mail: Mail) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if mail.port == PORT_WITH_TLS_FROM_THE_START:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    with server:
        if mail.starttls and mail.port != PORT_WITH_TLS_FROM_THE_START:
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
        yield server


def _message(mail: Mail, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
