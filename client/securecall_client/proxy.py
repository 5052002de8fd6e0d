"""A proxy between this computer and the server, such as Tor's (row N01).

Only one that the person names is used: the environment's `HTTP_PROXY`, `ALL_PROXY` and the like are not read. One
that is named is used for everything, loopback too; where it fails, nothing goes straight instead. Names of servers
are handed to it as they are, so that nobody near this computer hears them asked for.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from securecall.sentences import sentence
from securecall_client.errors import OfflineError, TextError

if TYPE_CHECKING:
    from aiohttp import BaseConnector

STRAIGHT = "none"
"""What a person writes to go without the proxy that the profile keeps."""
_FORMS = {"socks5": "socks5", "socks5h": "socks5", "http": "http"}
_HELP = sentence(
    "A proxy looks like socks5://127.0.0.1:9050 (Tor) or http://127.0.0.1:8080; %(straight)s goes without.",
    straight=STRAIGHT,
)


def check_proxy(text: str) -> str:
    """A proxy in its one form, empty for `STRAIGHT`. Raises: TextError with what is wrong with it."""
    if text == STRAIGHT:
        return ""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise TextError("This is not a proxy's address.", hint=_HELP, code="bad-proxy") from error
    scheme, host = _FORMS.get(parts.scheme), parts.hostname
    if "@" in parts.netloc:
        raise TextError("A proxy's address has no user and no password here.", hint=_HELP, code="bad-proxy")
    if scheme is None or not host or not port or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise TextError("This is not a proxy's address.", hint=_HELP, code="bad-proxy")
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def through(proxy: str) -> "BaseConnector":
    """What connects by way of the proxy alone, and lets it look names up."""
    from aiohttp_socks import ProxyConnector

    return ProxyConnector.from_url(proxy, rdns=True)


def failed(proxy: str, error: Exception) -> OfflineError | None:
    """What went wrong at the proxy, in words; None if ``error`` is something else."""
    from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

    match error:
        case ProxyConnectionError():
            return OfflineError(
                sentence("The proxy %(proxy)s was not reached, and nothing goes without it.", proxy=proxy),
                hint="Start it (for Tor: tor or Tor Browser), or name another: --proxy, or SECURECALL_PROXY.",
                code="proxy-not-reached",
            )
        case ProxyTimeoutError() | ProxyError():
            return OfflineError(
                sentence("The proxy %(proxy)s answers, and does not reach the server.", proxy=proxy),
                hint="Try again in a while. If it never works, ask the secretariat whether the address is right.",
                code="proxy-refused",
            )
        case _:
            return None
