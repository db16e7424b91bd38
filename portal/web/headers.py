"""What every answer says to the browser, and what no browser may ask."""

from collections.abc import Iterable

from flask import Flask, Response, abort, current_app, g, request

from portal.web.addresses import host_of

NO_FRAMES = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"connect-src 'self'; form-action 'self'; base-uri 'none'; {NO_FRAMES}; object-src 'none'"
)
NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # "no-referrer" would break the CSRF check over TLS
    "Permissions-Policy": NO_FEATURES,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SAID_BY_THE_POLICY = "X-Frame-Options"  # which knows only "nobody" and "ourselves"
ONE_YEAR = 365 * 24 * 3600
FOUND = {200, 304}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def setup_headers(app: Flask) -> None:
    """Set the headers of every answer and refuse what another site sends."""
    app.before_request(refuse_foreign_posts)
    app.after_request(add_headers)


def refuse_foreign_posts() -> None:
    """Refuse a form that another site sends in the visitor's name (second layer beside the CSRF token)."""
    if request.method not in SAFE_METHODS and _is_foreign():
        abort(400)


def _is_foreign() -> bool:
    """Tell where a form comes from by what the browser says; the referrer counts only where nothing else is said."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in {None, "same-origin", "none"}:
        return True
    source = request.headers.get("Referer") if site is None and origin is None else origin
    return source not in {None, "null"} and host_of(str(source)) != request.host


def let_frame(answer: Response, sites: Iterable[str]) -> Response:
    """Let these sites, and no others, show an answer as a part of their own pages."""
    if allowed := " ".join(sites):
        policy = CONTENT_SECURITY_POLICY.replace(NO_FRAMES, f"frame-ancestors {allowed}")
        answer.headers["Content-Security-Policy"] = policy
        g.may_be_framed = True
    return answer


def add_headers(answer: Response) -> Response:
    """Add the security headers; nothing but built files is ever kept by a browser."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if g.get("may_be_framed"):
        answer.headers.pop(SAID_BY_THE_POLICY)
    if current_app.config["SETTINGS"].https:
        answer.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if request.path.startswith("/static/dist/") and answer.status_code in FOUND:
        answer.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    elif request.endpoint != "static":
        answer.headers["Cache-Control"] = "no-store"
    return answer
