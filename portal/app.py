"""The composition root: what the portal is made of, in one list."""

from flask import Flask, request
from flask_compress import Compress
from flask_wtf import CSRFProtect

import blueprints
from portal import db, keys
from portal.config import ROOT, Settings
from portal.domain.accounts import letters as account_letters
from portal.domain.intake import letters as intake_letters
from portal.web.access import setup_access
from portal.web.addresses import setup_addresses
from portal.web.dates import setup_dates
from portal.web.errors import setup_errors
from portal.web.headers import setup_headers
from portal.web.locale import setup_locale
from portal.web.login import setup_login
from portal.web.navigation import setup_navigation
from portal.web.prose import setup_prose
from portal.web.render import setup_render
from portal.web.request_log import setup_request_log
from portal.web.sessions import setup_sessions
from portal.web.uploads import setup_uploads
from search_index import setup_search

LARGEST_FORM = 256 * 1024
MOST_FIELDS = 200
SEARCH = "search"
"""The folder of the search index in the data folder; it can be deleted at any time."""
HEALTH = "home.health"  # answers also when the database does not


def create_app(settings: Settings) -> Flask:
    """Return the portal, ready to answer; its keys and database must exist."""
    app = Flask(
        "portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    setup_config(app, settings)
    setup_request_log(app)
    setup_database(app, settings)
    setup_addresses(app)
    setup_uploads(app)
    setup_sessions(app)
    setup_locale(app)
    setup_render(app)
    setup_dates(app)
    setup_prose(app)
    setup_headers(app)
    CSRFProtect(app)
    setup_login(app)
    setup_access(app)
    setup_errors(app)
    Compress(app)
    blueprints.register(app, demo=settings.demo)
    setup_navigation(app)
    account_letters.setup_letters()
    intake_letters.setup_letters()
    setup_search(settings.data_dir / SEARCH, in_background=settings.mode != "test")
    return app


def setup_config(app: Flask, settings: Settings) -> None:
    """Set what Flask and its extensions read."""
    keys.use_key_file(settings.key_file)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=keys.keyring().session,
        TESTING=settings.mode == "test",
        TRUSTED_HOSTS=list(settings.hosts),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_SSL_STRICT=False,  # some proxies strip the referrer; portal.web.headers looks at all there is
        WTF_CSRF_TIME_LIMIT=None,  # a long form typed slowly must not expire; the session does
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        COMPRESS_ALGORITHM=["br", "gzip"],
    )


def setup_database(app: Flask, settings: Settings) -> None:
    """Take a connection for each request and give it back."""
    db.open_database(settings.database)
    app.before_request(_connect)
    app.teardown_request(lambda _error: db.close())


def _connect() -> None:
    if request.endpoint != HEALTH:
        db.connect()
