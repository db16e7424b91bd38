"""Run the portal for people: waitress in front, the upkeep beside it."""

import logging
import signal
import sys
import threading
from datetime import timedelta
from typing import Any

import waitress
from peewee import PeeweeException

import search_index
from portal import db, keys
from portal.app import create_app
from portal.config import Settings
from portal.domain import health
from portal.domain.tick import Outside, tick
from portal.logs import setup_logs
from portal.web.mail import sender
from portal.web.render import MANIFEST

log = logging.getLogger(__name__)

THREADS = 8
CONNECTIONS = 1000
SECONDS_OF_SILENCE = 20
LARGEST_REQUEST = 1024 * 1024
UPKEEP_EVERY = timedelta(minutes=5)


def serve(settings: Settings) -> None:
    """Answer requests until somebody stops the process; what is under way is answered first."""
    setup_logs()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit())
    app = create_app(settings)
    upkeep = Upkeep(settings)
    upkeep.start()
    try:
        waitress.serve(app, **server_options(settings))
    finally:
        upkeep.stop()
        search_index.settle()


def problems_before_start(settings: Settings) -> list[str]:
    """Return everything that keeps the portal from starting, not only the first thing."""
    problems = []
    if not MANIFEST.exists():
        problems.append("Stil und Schriften sind nicht gebaut („make run“ baut sie)")
    try:
        keys.use_key_file(settings.key_file)
    except keys.KeyFileError as error:
        problems.append(f"{error} („portal init“ legt eine Schlüsseldatei an)")
    try:
        db.open_database(settings.database)
        with db.database.connection_context():
            problems += health.not_ready() or _invented(settings)
        db.close_all()
    except (db.DatabaseUnusable, PeeweeException, OSError) as error:
        problems.append(f"Die Datenbank ist nicht benutzbar: {error}")
    return problems


def _invented(settings: Settings) -> list[str]:
    return health.invented() if settings.mode == "production" else []


def server_options(settings: Settings) -> dict[str, Any]:
    """Return what waitress is told; it needs no other server in front to survive slow clients."""
    options: dict[str, Any] = {
        "host": settings.listen,
        "port": settings.port,
        "threads": THREADS,
        "connection_limit": CONNECTIONS,
        "channel_timeout": SECONDS_OF_SILENCE,
        "max_request_body_size": LARGEST_REQUEST,
        "ident": "",
        "clear_untrusted_proxy_headers": True,
    }
    if settings.trusted_proxy:
        options |= {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    return options


class Upkeep(threading.Thread):
    """Does the upkeep in a thread of its own, from the start on and every few minutes."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="upkeep", daemon=True)
        self._outside = Outside(
            settings.data_dir, sender(settings.mail), settings.base_url, search_index.catch_up
        )
        self._stopped = threading.Event()

    def run(self) -> None:
        """Do what is due, wait, and begin again, until stopped."""
        while not self._stopped.is_set():
            self.once()
            self._stopped.wait(UPKEEP_EVERY.total_seconds())

    def once(self) -> None:
        """Do what is due; whatever goes wrong is logged and tried again."""
        try:
            db.connect()
            tick(self._outside, everything=False)
        except Exception:
            log.exception("upkeep failed")
        finally:
            db.close()

    def stop(self) -> None:
        """Let the step under way end, but begin no other."""
        self._stopped.set()
        self.join(timeout=SECONDS_OF_SILENCE)
