"""Ask an address on the web whether it still answers; nothing inside the own network is ever asked.

A link is typed by people from outside. So only https is spoken, the host's addresses are looked up once, all of them
have to be public, and the connection goes to an address that was looked at.
"""

import http.client
import ipaddress
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10
MOST_REDIRECTS = 4
HTTPS_PORT = 443
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""A gateway turns these into the older addresses they hold, also into those of its own network."""
NAME = "KIM-Portal (Linkpruefung)"
GONE = {404: "gibt es nicht mehr", 410: "gibt es nicht mehr"}
Lookup = Callable[[str, int], list[str]]


class Refused(Exception):
    """This address is not asked."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return the network addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(place[0]) for *_kind, place in found]


def public_addresses(host: str, port: int, lookup: Lookup = addresses_of) -> list[str]:
    """Return the addresses of a host; raise Refused if one of them is not public."""
    addresses = lookup(host, port)
    if not addresses or not all(map(_is_public, addresses)):
        raise Refused("liegt nicht im öffentlichen Netz")
    return addresses


def _is_public(text: str) -> bool:
    """Tell whether an address is everybody's to reach; one that only wraps an older one is not followed."""
    address = ipaddress.ip_address(text)
    wraps = isinstance(address, ipaddress.IPv6Address) and (
        address in NAT64 or address.sixtofour or address.teredo or address.ipv4_mapped
    )
    return address.is_global and not address.is_multicast and not wraps


class _Connection(http.client.HTTPSConnection):
    """A connection to an address that was looked at, with the certificate of the host that was meant."""

    def connect(self) -> None:
        plain = _reach(public_addresses(self.host, self.port), self.port)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _reach(addresses: list[str], port: int) -> socket.socket:
    """Connect to the first address that answers; a host may have some that this machine cannot reach."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, port), SECONDS)
    return socket.create_connection((last, port), SECONDS)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS

    def redirect_request(self, req: urllib.request.Request, *told: Any) -> Any:
        *_rest, new_url = told
        refuse_unsafe(new_url)
        return super().redirect_request(req, *told)


def refuse_unsafe(url: str) -> None:
    """Raise Refused for what is no plain https address."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise Refused("ist keine https-Adresse")
    if not parts.hostname or parts.username is not None or parts.port not in {None, HTTPS_PORT}:
        raise Refused("ist keine gewöhnliche Adresse")


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()  # without handlers for files, ftp, plain http, proxies
    for handler in (
        _Https(),
        _Redirects(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def link_problem(url: str) -> str:
    """Return what is wrong with a link, or nothing if its page answers."""
    try:
        refuse_unsafe(url)
        wish = urllib.request.Request(url, headers={"User-Agent": NAME})  # noqa: S310 - https, checked above
        with _opener().open(wish, timeout=SECONDS):
            return ""
    except Refused as refused:
        return str(refused)
    except urllib.error.HTTPError as error:
        with error:
            return GONE.get(error.code, f"antwortet mit {error.code}")
    except (OSError, http.client.HTTPException, ValueError):
        return "antwortet nicht"
