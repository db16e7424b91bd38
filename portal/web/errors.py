"""One place where refusals become pages, in the reader's language."""

import logging
import secrets

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.db import WritersBusy
from portal.domain.errors import NotAllowed, NotFound, RuleBroken, TooManyTries
from portal.domain.text import clean
from portal.i18n import _, _l
from portal.web.access import PUBLIC, REQUESTER, access_of
from portal.web.render import page

log = logging.getLogger(__name__)

SECONDS_UNTIL_RETRY = 5
UNAUTHORIZED = 401
SECRETS = ("csrf_token", "password", "code")  # parts of names of fields that are never shown again
PROBLEMS = {
    400: (
        _l("Das hat nicht geklappt"),
        _l("Bitte laden Sie die Seite neu und versuchen Sie es noch einmal."),
    ),
    401: (
        _l("Bitte melden Sie sich noch einmal an"),
        _l(
            "Ihre Sitzung ist abgelaufen. "
            "Bitte geben Sie Ihren Code noch einmal ein oder melden Sie sich an."
        ),
    ),
    403: (_l("Kein Zugang"), _l("Sie dürfen diese Seite nicht öffnen.")),
    404: (
        _l("Diese Seite gibt es nicht"),
        _l("Bitte prüfen Sie die Adresse. Vielleicht ist die Seite umgezogen."),
    ),
    405: (
        _l("Das geht hier nicht"),
        _l("Bitte gehen Sie zurück und versuchen Sie es noch einmal."),
    ),
    409: (
        _l("Das geht jetzt nicht"),
        _l("Inzwischen hat sich etwas geändert. Bitte laden Sie die Seite neu."),
    ),
    413: (
        _l("Das ist zu viel Text"),
        _l("Bitte kürzen Sie Ihre Angaben und senden Sie sie noch einmal."),
    ),
    429: (
        _l("Zu viele Versuche"),
        _l("Bitte warten Sie etwas und versuchen Sie es dann noch einmal."),
    ),
    500: (
        _l("Hier ist ein Fehler passiert"),
        _l("Das liegt nicht an Ihnen. Bitte versuchen Sie es später noch einmal."),
    ),
    503: (
        _l("Gerade ist viel los"),
        _l("Ihre Angaben sind noch nicht gespeichert. Bitte senden Sie sie gleich noch einmal."),
    ),
}


def setup_errors(app: Flask) -> None:
    """Map every refusal to its page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, _without_token)
    app.register_error_handler(NotFound, lambda _error: _with_entries(404, resend=False))
    app.register_error_handler(NotAllowed, lambda _error: _with_entries(403, resend=False))
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(TooManyTries, _too_many)
    app.register_error_handler(WritersBusy, _busy)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, text: str = "", **values: object) -> Response:
    """Answer with the page of a status; `text` replaces its usual sentence."""
    heading, usual = PROBLEMS.get(status, PROBLEMS[400] if status < 500 else PROBLEMS[500])  # noqa: PLR2004
    values = {"typed": {}, "resend": False, "needs_sign_in": status == UNAUTHORIZED, **values}
    return page("errors/problem.html", status, heading=heading, text=text or usual, **values)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - redirects are no problem
        return error.get_response()
    ended = error.code == UNAUTHORIZED  # the session, while somebody wrote
    answer = _with_entries(error.code, resend=False) if ended else problem(error.code)
    answer.headers.extend(
        [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    )
    return answer


def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Answer without a page: no link can be written for a host that is not ours."""
    return Response("Diese Adresse gehört nicht zum Portal.\n", 400, mimetype="text/plain")


def _without_token(_error: CSRFError) -> ResponseReturnValue:
    """Keep what was typed: the session may have ended while somebody wrote for an hour.

    Only public pages offer to send it again: there nobody's rights hang on the sender.
    """
    mark = access_of(current_app, request.endpoint) if request.endpoint else None
    text = _("Die Seite war zu lange offen. Ihre Angaben sind noch da.")
    return _with_entries(400, text, resend=mark in {PUBLIC, REQUESTER})


def _with_entries(status: int, text: str = "", *, resend: bool, **values: object) -> Response:
    """Answer with a problem and everything that was typed, but secrets."""
    typed = {
        clean(name): [clean(entry) for entry in entries]
        for name, entries in request.form.lists()
        if any(entries) and not any(secret in name for secret in SECRETS)
    }
    return problem(status, text, typed=typed, resend=resend and bool(typed), **values)


def _rule_broken(error: RuleBroken) -> ResponseReturnValue:
    return _with_entries(409, str(error.message), resend=False)


def _too_many(error: TooManyTries) -> ResponseReturnValue:
    answer = _with_entries(429, resend=True)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _busy(_error: WritersBusy) -> ResponseReturnValue:
    answer = _with_entries(503, resend=True)
    answer.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    return answer


def _unexpected(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    log.error("unexpected error", exc_info=error, extra={"request_id": number})
    return _with_entries(500, resend=False, number=number)
