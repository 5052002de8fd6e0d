"""What comes back over an HTTP line: how much of it is read, and what is no answer of ours (rows N01, S37, S38)."""

from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from securecall_client.errors import OfflineError
from securecall_client.http_forms import FALTERS, PORTAL, SIGN_IN

Moved = Callable[[int], None]
_LONGEST = 3_600
"""Seconds of the longest pause that is believed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; ``kind`` is its media type, ``date`` the server's clock, ``pause`` the seconds to wait."""

    status: int
    kind: str
    content: bytes
    date: str
    pause: int


def check_ours(response: aiohttp.ClientResponse) -> None:
    """Raise OfflineError where a page answers in the server's place, before any of it is read."""
    page = response.content_type in ("text/html", "application/xhtml+xml")
    if 300 <= response.status < 400 or response.status == 511 or (page and response.status < 300):
        raise OfflineError(PORTAL, hint=SIGN_IN, code="captive-portal")
    if page and response.status >= 500:
        raise OfflineError(FALTERS, hint="Try again in a few minutes.")


def pause(text: str) -> int:
    """The pause in a `Retry-After`; what has no sensible form counts as a second."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(asked, 1), _LONGEST)


async def take(response: aiohttp.ClientResponse, cap: int, into: bytearray, moved: Moved) -> None:
    """Add what arrives to ``into``, at most ``cap`` bytes in all. Raises: OfflineError."""
    async for part in response.content.iter_any():
        moved(len(part))
        if len(into) + len(part) > cap:
            raise OfflineError("The server answered with more than it should; it was cut off.")
        into += part
