"""A server's address: https, or plain http to this very computer (row N01).

An onion address is no exception: that Tor seals the way to it is known only where the proxy truly is Tor, and a wrong
one would read tokens along.
"""

import ipaddress
from urllib.parse import urlsplit

from securecall_client.errors import RefusedError


def check_address(address: str) -> str:
    """A server's address without path, in its one form. Raises: RefusedError with what is wrong with it."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise RefusedError(
            "A server's address looks like https://calls.example.org, without anything behind it.",
            code="bad-address",
        )
    if parts.query or parts.fragment or parts.username or len(address) > 256:
        raise RefusedError("A server's address has no user, query or fragment.", code="bad-address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise RefusedError(
            "Plain http is only for a server on this very computer; use https, for an onion address too.",
            code="bad-address",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
