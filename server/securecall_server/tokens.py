"""Logins: nonces that are good once, and tokens that die with their device (design 4.8; rows N02, N03).

Both are kept in memory alone: after a restart everybody logs in again. A token is kept as its SHA-256, so
that a look at the memory or a dump of it gives nobody a login. Their lives are counted on a clock that nobody can
set (`elapsed`).
"""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from securecall_server.errors import Code, RefusedError

Scope = Literal["device", "invitation", "setup"]
NONCE_LIFE = 60_000
TOKEN_LIFE = 15 * 60_000
"""Both in milliseconds."""
NONCES = 20_000
TOKENS = 50_000
"""At most so many at a time; past that the oldest go."""


def elapsed() -> int:
    """Milliseconds on a clock that only goes on."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token speaks for.

    ``key`` is the device, or the public key of an invitation or of the setup code; ``home`` the member of
    the device, the space of the invitation, or empty.
    """

    scope: Scope
    key: bytes
    home: bytes

    @property
    def device(self) -> bytes:
        """The device. Raises: RefusedError for one who has none."""
        return self._as_device(self.key)

    @property
    def member(self) -> bytes:
        """The device's member. Raises: RefusedError for one who has none."""
        return self._as_device(self.home)

    def _as_device(self, value: bytes) -> bytes:
        if self.scope != "device":
            raise RefusedError(Code.UNAUTHORIZED)
        return value


class Nonces:
    """The nonces of greetings that were given and not yet answered."""

    def __init__(self) -> None:
        self._given: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()

    def give(self, client_nonce: bytes, now: int) -> bytes:
        """A fresh nonce that answers ``client_nonce``."""
        nonce = secrets.token_bytes(32)
        self._given[nonce] = (client_nonce, now + NONCE_LIFE)
        while len(self._given) > NONCES:
            self._given.popitem(last=False)
        return nonce

    def take(self, nonce: bytes, client_nonce: bytes, now: int) -> bool:
        """Whether ``nonce`` was given for ``client_nonce`` and stands; it never stands again."""
        given, until = self._given.pop(nonce, (b"", 0))
        return given == client_nonce and now < until


class Tokens:
    """The tokens that stand."""

    def __init__(self) -> None:
        self._callers: OrderedDict[bytes, tuple[Caller, int]] = OrderedDict()

    def give(self, caller: Caller, now: int) -> str:
        """A fresh token (64 hex) for ``caller``."""
        token = secrets.token_hex(32)
        self._callers[_kept(token)] = (caller, now + TOKEN_LIFE)
        while len(self._callers) > TOKENS:
            self._callers.popitem(last=False)
        return token

    def caller(self, token: str, now: int) -> Caller:
        """Whom ``token`` speaks for. Raises: RefusedError."""
        kept = _kept(token)
        caller, ends = self._callers.get(kept, (None, 0))
        if caller is None:
            raise RefusedError(Code.UNAUTHORIZED)
        if now >= ends:
            del self._callers[kept]
            raise RefusedError(Code.UNAUTHORIZED)
        return caller

    def kill(self, key: bytes) -> None:
        """End every token of a device, an invitation or the setup code."""
        for kept in [kept for kept, (caller, _) in self._callers.items() if caller.key == key]:
            del self._callers[kept]


def _kept(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
