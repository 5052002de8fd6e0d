"""How a browser is let in: a secret that opens once, for a cookie and a token that go together (rows L02, L10).

The cookie alone is not enough: a browser hands it to whoever listens on any port of the same name. The token alone is
not either: it lives in the page, and goes with each of its requests. Neither outlives the program.
"""

import hmac
import secrets
from dataclasses import dataclass, field

COOKIE = "securecall"
TOKEN_HEADER = "X-SecureCall-Token"  # noqa: S105 - the name of a header, not a token
_BYTES = 32


def _secret() -> str:
    return secrets.token_urlsafe(_BYTES)


@dataclass(slots=True, repr=False)
class Entry:
    """What is known of browsers that were let in: one cookie and one token, made anew at each lock."""

    cookie: str = field(default_factory=_secret)
    token: str = field(default_factory=_secret)
    mark: str = field(default_factory=_secret)
    """What a page knows this program by: no page ever sends it, so nobody who takes the port later has it."""
    _launch: str | None = None

    def launch(self) -> str:
        """A new secret that opens once; the one before opens no more."""
        self._launch = _secret()
        return self._launch

    def enter(self, launch: str) -> bool:
        """Whether this was the secret; from now on it is none."""
        if self._launch is None or not _same(self._launch, launch):
            return False
        self._launch = None
        return True

    def knows_cookie(self, cookie: str | None) -> bool:
        """Whether a browser that was let in sends this."""
        return cookie is not None and _same(self.cookie, cookie)

    def admits(self, cookie: str | None, token: str | None) -> bool:
        """Whether a page that was let in asks."""
        return self.knows_cookie(cookie) and token is not None and _same(self.token, token)

    def proof(self, asked: str) -> str:
        """What shows a page, if ``asked`` is new, that this program let it in: HMAC-SHA256 in hexadecimal."""
        return hmac.new(self.mark.encode(), asked.encode(errors="surrogatepass"), "sha256").hexdigest()

    def renew(self) -> None:
        """Let no page in any more that was in so far; the browser may still ask to be let in again."""
        self.token = _secret()


def _same(ours: str, theirs: str) -> bool:
    # A header that is no UTF-8 comes as surrogates.
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="surrogatepass"))
