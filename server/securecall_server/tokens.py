"""Logins: nonces that are good once, and tokens that die with their device (protocol 10; rows N02, N03).

Nothing of either survives the process: after a restart everybody logs in again. Of nonces only those that were used
are kept, for their minute; a token is kept as its SHA-256, so
that a look at the memory or a dump of it gives nobody a login. Their lives are counted on a clock that nobody can
set (`elapsed`).
"""

import hmac
import secrets
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from securecall_server.errors import Code, RefusedError

Scope = Literal["device", "invitation", "setup", "mailbox"]
NONCE_LIFE = 60_000
TOKEN_LIFE = 15 * 60_000
"""Both in milliseconds."""
LOGINS = 1_000
"""Logins of one device, invitation or setup code in a nonce's life; past that it waits, and nobody else."""
TOKENS = 50_000
"""At most so many at a time; past that the oldest go."""


def elapsed() -> int:
    """Milliseconds on a clock that only goes on."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token speaks for.

    ``key`` is the device, or the public key of an invitation, of a mailbox or of the setup code; ``home`` the member
    of the device, the space of the invitation, or empty.
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
    """The nonces of greetings: nothing is kept of a greeting, so a flood of them costs others no login.

    A nonce is the time (8 bytes, on a clock that begins anywhere) and 24 bytes of HMAC-SHA256 over that and the
    client's nonce, under a secret of the process. Only those that let somebody in are kept, until they are too old.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._begin = secrets.randbelow(1 << 62)
        self._used: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()
        self._logins: Counter[bytes] = Counter()

    def give(self, client_nonce: bytes, now: int) -> bytes:
        """The nonce that answers ``client_nonce`` now."""
        return self._nonce(client_nonce, (self._begin + now).to_bytes(8, "big"))

    def stands(self, nonce: bytes, client_nonce: bytes, now: int) -> bool:
        """Whether ``nonce`` was given for ``client_nonce``, not long ago, and let nobody in yet."""
        age = self._begin + now - int.from_bytes(nonce[:8], "big")
        ours = secrets.compare_digest(nonce, self._nonce(client_nonce, nonce[:8]))
        return ours and 0 <= age < NONCE_LIFE and nonce not in self._used

    def use(self, nonce: bytes, key: bytes, now: int) -> bool:
        """Let ``key`` in upon a nonce that stands, which never stands again; False past what one key may do."""
        while self._used and next(iter(self._used.values()))[1] <= now:
            _, (old, _) = self._used.popitem(last=False)
            self._logins[old] -= 1
            if not self._logins[old]:
                del self._logins[old]
        if nonce in self._used or self._logins[key] >= LOGINS:
            return False
        # Counted from now, and so past the nonce's own end: what is kept ends in the order in which it came.
        self._used[nonce] = (key, now + NONCE_LIFE)
        self._logins[key] += 1
        return True

    def _nonce(self, client_nonce: bytes, time: bytes) -> bytes:
        return time + hmac.digest(self._secret, time + client_nonce, "sha256")[:24]


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
