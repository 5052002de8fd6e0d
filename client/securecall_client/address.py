"""A server's address: https, or plain http to this very computer (row N01).

An onion address is no exception: that Tor seals the way to it is known only where the proxy truly is Tor, and a wrong
one would read tokens along.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from securecall_client.errors import RefusedError

_LABEL: Final = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST: Final = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{{0,4}})?")
"""A name (RFC 1123, and the underscore that people use), IPv4, or IPv6 in brackets, and a port. An address comes in an
invitation too, so whoever made that cannot have the program ask for anything else.
"""


def check_address(address: str) -> str:
    """A server's address without path, in its one form. Raises: RefusedError with what is wrong with it."""
    parts = _parts(address)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise RefusedError(
            "A server's address looks like https://calls.example.org, without anything behind it.",
            code="bad-address",
        )
    if parts.query or parts.fragment or "@" in parts.netloc or len(address) > 256:
        raise RefusedError("A server's address has no user, query or fragment.", code="bad-address")
    if not _HOST.fullmatch(parts.netloc):
        raise RefusedError("The name or the port in this server's address cannot be one.", code="bad-address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise RefusedError(
            "Plain http is only for a server on this very computer; use https, for an onion address too.",
            code="bad-address",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _parts(address: str) -> SplitResult | None:
    """The parts of an address; None if it has none, as with a port past the last or half an IPv6 address."""
    try:
        parts = urlsplit(address)
        _ = parts.port
        if parts.netloc.startswith("["):
            ipaddress.IPv6Address(parts.hostname or "")
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
