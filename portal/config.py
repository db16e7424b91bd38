"""Settings: one frozen value, read from the environment in one place."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent
MODES = ("production", "demo", "test")
SECRET = frozenset({"DATABASE_URL", "PORTAL_SMTP_PASSWORD"})
"""Settings whose values no message shows."""
HOST = re.compile(r"^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$")
HIGHEST_PORT = 65535
T = TypeVar("T")


class SettingsError(Exception):
    """One or more settings are wrong; `problems` names all of them."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            "Die Einstellungen stimmen nicht:\n" + "\n".join(f"- {p}" for p in problems)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """Where mail goes out; an empty host means: keep it in the outbox."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    starttls: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything that differs between two installations of the portal."""

    mode: str = "production"
    data_dir: Path = ROOT / ".data"
    database_url: str = field(default="", repr=False)
    key_file: Path = ROOT / ".data" / "keys.toml"
    base_url: str = "http://127.0.0.1:8000"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    listen: str = "127.0.0.1"
    port: int = 8000
    trusted_proxy: str = ""
    mail: Mail = Mail()
    leave_url: str = "https://www.wetter.de/"

    @property
    def https(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.base_url.startswith("https://")

    @property
    def demo(self) -> bool:
        """Whether invented people may sign in with one click."""
        return self.mode == "demo"

    @property
    def database(self) -> str:
        """The database's address; a SQLite file in the data folder by default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"


class _Reader:
    """Reads single settings and remembers every problem."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def checked(self, name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
        raw = self.text(name)
        if not raw:
            return default
        try:
            return parse(raw)
        except ValueError:
            given = "" if name in SECRET else f"={raw!r}"
            self.problems.append(f"{name}{given}: erwartet wird {expected}")
            return default

    def require(self, condition: object, problem: str) -> None:
        if not condition:
            self.problems.append(problem)


def _mode(raw: str) -> str:
    return MODES[MODES.index(raw)]


def _port(raw: str) -> int:
    port = int(raw)
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError(raw)
    return port


def _yes(raw: str) -> bool:
    return bool(("nein", "ja").index(raw.lower()))


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(raw)
    return raw.rstrip("/")


def _database_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"sqlite", "postgresql", "postgres"} or len(parts.path) <= 1:
        raise ValueError
    if parts.scheme != "sqlite":
        try:
            conninfo_to_dict(raw)
        except ProgrammingError:  # its text shows parts of the password
            raise ValueError from None
    return raw


def _ip(raw: str) -> str:
    return str(ip_address(raw))


def _hosts(raw: str) -> tuple[str, ...]:
    hosts = tuple(raw.lower().replace(",", " ").split())
    if not all(HOST.match(host) for host in hosts):
        raise ValueError(raw)
    return hosts


def _mail(read: _Reader) -> Mail:
    mail = Mail(
        host=read.text("PORTAL_SMTP_HOST"),
        port=read.checked("PORTAL_SMTP_PORT", 587, _port, "eine Portnummer"),
        user=read.text("PORTAL_SMTP_USER"),
        password=read.text("PORTAL_SMTP_PASSWORD"),
        sender=read.text("PORTAL_SMTP_SENDER"),
        starttls=read.checked("PORTAL_SMTP_STARTTLS", True, _yes, "„ja“ oder „nein“"),
    )
    read.require(
        not mail.host or "@" in mail.sender,
        "PORTAL_SMTP_SENDER: mit PORTAL_SMTP_HOST wird eine Absenderadresse gebraucht",
    )
    return mail


def from_env(environ: Mapping[str, str] = os.environ, *, serving: bool = True) -> Settings:
    """Read the settings; raise SettingsError with every problem at once.

    What only asks and answers on this machine (`serving=False`) needs no address that people reach.
    """
    read = _Reader(environ)
    data_dir = Path(read.text("PORTAL_DATA_DIR", str(ROOT / ".data"))).absolute()
    port = read.checked("PORT", 8000, _port, "eine Portnummer")
    base_url = read.checked(
        "PORTAL_BASE_URL", f"http://127.0.0.1:{port}", _web_address, "eine Adresse mit https://"
    )
    settings = Settings(
        mode=read.checked("PORTAL_MODE", "production", _mode, " oder ".join(MODES)),
        data_dir=data_dir,
        database_url=read.checked(
            "DATABASE_URL", "", _database_url, "sqlite:///Datei oder postgresql://…/Name"
        ),
        key_file=Path(read.text("PORTAL_KEY_FILE", str(data_dir / "keys.toml"))).absolute(),
        base_url=base_url,
        hosts=read.checked(
            "PORTAL_HOSTS", _default_hosts(base_url), _hosts, "Rechnernamen, mit Komma getrennt"
        ),
        listen=read.checked("PORTAL_LISTEN", "127.0.0.1", _ip, "eine IP-Adresse"),
        port=port,
        trusted_proxy=read.checked("PORTAL_TRUSTED_PROXY", "", _ip, "die IP-Adresse des Proxys"),
        mail=_mail(read),
        leave_url=read.checked(
            "PORTAL_LEAVE_URL", Settings().leave_url, _web_address, "eine Adresse mit https://"
        ),
    )
    read.require(
        not serving or settings.mode != "production" or settings.https,
        "PORTAL_BASE_URL: im Betrieb muss die Adresse mit https:// beginnen",
    )
    read.require(
        settings.mode != "production" or not settings.https or settings.trusted_proxy,
        "PORTAL_TRUSTED_PROXY: hinter einem TLS-Proxy wird dessen IP-Adresse gebraucht",
    )
    if read.problems:
        raise SettingsError(read.problems)
    return settings


def _default_hosts(base_url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((urlsplit(base_url).hostname or "", "127.0.0.1", "localhost")))
