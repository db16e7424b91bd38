"""From which network a visitor comes: enough to slow down machines, too coarse to know a person."""

from flask import request

from portal.domain.tries import network_of


def network() -> str:
    """Return the visitor's network; it is only ever stored as a keyed hash."""
    return network_of(request.remote_addr or "")
