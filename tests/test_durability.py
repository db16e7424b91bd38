"""A crash between click and answer loses nothing: what was acknowledged is on disk."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal import db, keys
from portal.config import ROOT, Settings
from portal.domain.privacy import audit
from portal.migrations import migrate
from portal.models.intake import IntakeRequest
from tests.support.counties import install
from tests.support.databases import close_all

pytestmark = pytest.mark.sqlite_only
ROUNDS = 3
SENDERS = 4
ENOUGH = 12
OK, ACKNOWLEDGED, BUSY = 200, 303, 503
FORM = "/de/anfrage/"
ENTRIES = {
    "town": "testheim",
    "display_name": "Demo",
    "contact": "demo@example.org",
    "consent": "y",
}
HIDDEN = re.compile(r'name="(csrf_token|submission_key|rendered_at)"[^>]*value="([^"]*)"')


@pytest.fixture
def installation(tmp_path: Path, keyring: keys.Keyring) -> Settings:
    """A portal on disk, as `portal init` leaves it."""
    settings = Settings(mode="test", data_dir=tmp_path, key_file=tmp_path / "keys.toml")
    keys.write_key_file(settings.key_file, keyring)
    db.open_database(settings.database)
    db.connect()
    migrate()
    install("testkreis")
    close_all()
    return settings


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the portal in a process of its own; whoever uses it may kill it."""
    environment = {**os.environ, "PORTAL_MODE": "test", "PORTAL_DATA_DIR": str(settings.data_dir)}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", SERVER], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


SERVER = """
import waitress
from portal.app import create_app
from portal.config import from_env
server = waitress.create_server(create_app(from_env()), host="127.0.0.1", port=0, threads=8)
print(server.effective_port, flush=True)
server.run()
"""


def send_until_killed(port: int, acknowledged: list[str], enough: threading.Event) -> None:
    """Send forms one after the other; note each key only after its answer."""
    with suppress(OSError, http.client.HTTPException):
        while True:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                key = send_form(connection)
            if key:
                acknowledged.append(key)
            if len(acknowledged) >= ENOUGH:
                enough.set()


def send_form(connection: http.client.HTTPConnection) -> str:
    """Fetch a form, send it, and return its key if the portal acknowledged it; "busy" is an honest answer too."""
    connection.request("GET", FORM)
    page = connection.getresponse()
    text = page.read().decode()
    if page.status == BUSY:
        return ""
    assert page.status == OK, f"{page.status}: {text}"
    cookie = (page.getheader("Set-Cookie") or "").split(";")[0]
    fields = dict(HIDDEN.findall(text)) | ENTRIES
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", FORM, urlencode(fields), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status in {ACKNOWLEDGED, BUSY}, f"{answer.status}: {text}"
    return fields["submission_key"] if answer.status == ACKNOWLEDGED else ""


def test_what_was_acknowledged_survives_a_kill(
    installation: Settings, keyring: keys.Keyring
) -> None:
    acknowledged: list[str] = []
    for _round in range(ROUNDS):
        in_this_round: list[str] = []
        enough = threading.Event()
        with serving(installation) as (process, port):
            senders = [
                threading.Thread(target=send_until_killed, args=(port, in_this_round, enough))
                for _number in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            assert enough.wait(30)
            process.send_signal(signal.SIGKILL)
            for sender in senders:
                sender.join(20)
        acknowledged += in_this_round
    assert len(set(acknowledged)) >= ROUNDS * ENOUGH
    _all_there(installation, keyring, acknowledged)


def _all_there(settings: Settings, keyring: keys.Keyring, acknowledged: list[str]) -> None:
    db.open_database(settings.database)
    with db.database.connection_context():
        assert db.database.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)
        for key in acknowledged:
            stored = IntakeRequest.submission_hash == keyring.keyed_hash("submission", key)
            assert IntakeRequest.select().where(stored).count() == 1
        assert not audit.verify(settings.data_dir)
    close_all()
