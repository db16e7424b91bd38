"""A server in a process of its own: the portal as `portal serve` runs it, or one bare Flask view."""

import logging
import sys
from collections.abc import Callable

import waitress
from flask import Flask

from portal.config import Settings, from_env
from portal.domain.intake import suspicion
from portal.domain.tries import Limit
from portal.logs import setup_logs
from portal.serve import serve, server_options

UNLIMITED = Limit(10**9, 3600)


def portal(settings: Settings) -> None:
    """Run the real portal; every submission is counted, however many there are.

    Above its limits the portal marks a submission and no longer writes the counter, which would be cheaper than
    what an ordinary visitor pays.
    """
    suspicion.OF_A_NETWORK = suspicion.OF_EVERYBODY = UNLIMITED
    serve(settings)


def bare(settings: Settings) -> None:
    """Run one view that returns a short text, under the same server."""
    setup_logs()
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "Guten Tag")
    waitress.serve(app, **server_options(settings))


SERVERS: dict[str, Callable[[Settings], None]] = {"portal": portal, "bare": bare}

if __name__ == "__main__":
    # Eight visitors without a pause always wait for each other; that is the measurement, not a complaint.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    SERVERS[sys.argv[1]](from_env())
