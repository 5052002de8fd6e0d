"""What the doctor looks at on the way to the server: proxy, certificate, the server's key, the clocks (row N01)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.doctor_local import check
from securecall_client.errors import OfflineError, ProofError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.http_line import HttpLine
from securecall_client.http_reply import Reply
from securecall_client.pace import Pace
from securecall_client.progress import Say
from securecall_client.results.doctor import Check
from securecall_client.transport import Way

_PACE = Pace(connect=20, silence=20, pauses=(0.5, 1))
_APART = 300
"""Seconds by which the clocks may differ."""
_HEALTH_BYTES = 64 * 1024


async def check_line(address: str, proxy: str, key: bytes | None, say: Say, *, offline: bool) -> list[Check]:
    """Everything that needs the line; ``key`` is the one that the server must prove, None if that is not known."""
    if offline:
        return [check("server", "left out", sentence("You asked to go without the server."))]
    if not address:
        hint = sentence("To try one: securecall doctor --server https://calls.example.org")
        return [check("server", "left out", sentence("No server is known here yet."), hint)]
    way = Way(say, proxy, _PACE)
    try:
        reply = await _health(address, way)
    except SecureCallError as error:
        part = "proxy" if error.code == "proxy-not-reached" else "server"
        return [check(part, "problem", _without_address(str(error), proxy), error.hint)]
    return [_proxy(proxy), _server(reply), _tls(address), await _key(address, way, key), _clock(reply)]


async def _health(address: str, way: Way) -> Reply:
    """Raises: OfflineError, RefusedError if the address is none."""
    line = HttpLine(address, way)
    try:
        return await line.persist(lambda: line.ask("GET", "/healthz", cap=_HEALTH_BYTES))
    finally:
        await line.close()


def _without_address(text: str, proxy: str) -> str:
    return text.replace(f"{proxy} ", "") if proxy else text


def _proxy(proxy: str) -> Check:
    if not proxy:
        return check("proxy", "ok", sentence("No proxy is used."))
    return check(
        "proxy",
        "ok",
        sentence("The %(partition)s proxy works, and nothing goes without it.", partition=proxy.partition(":")[0]),
    )


def _server(reply: Reply) -> Check:
    if reply.status == 200 and reply.kind == "application/json":
        return check("server", "ok", sentence("The server answers."))
    hint = sentence("Tell whoever runs it.")
    if reply.kind == "application/problem+json":
        return check("server", "problem", sentence("The server answers, and its database or disk does not work."), hint)
    return check("server", "problem", sentence("Something answers that is not a SecureCall server."), hint)


def _tls(address: str) -> Check:
    if address.startswith("https:"):
        return check("tls", "ok", sentence("The way to the server is by TLS, and its certificate is in order."))
    return check("tls", "left out", sentence("The server is on this very computer, so there is no TLS."))


async def _key(address: str, way: Way, key: bytes | None) -> Check:
    transport = HttpTransport(address, way)
    try:
        proven = await transport.server_key()
    except (ProofError, OfflineError) as error:
        return check("key", "problem", str(error), error.hint)
    finally:
        await transport.close()
    if key is None:
        return check("key", "left out", sentence("The server proves a key; which one it should be is not known here."))
    if proven != key:
        hint = sentence("Send nothing here, and call the secretariat on another channel.")
        return check("key", "problem", sentence("Another server answers than the one this profile belongs to."), hint)
    return check("key", "ok", sentence("It is the server that this profile belongs to."))


def _clock(reply: Reply) -> Check:
    try:
        said = parsedate_to_datetime(reply.date)
    except (ValueError, OverflowError):
        return check("clock", "left out", sentence("The server does not say what time it is."))
    # Without a zone it is UTC (RFC 5322, section 3.3, on -0000).
    theirs = said.replace(tzinfo=said.tzinfo or UTC)
    apart = abs((datetime.fromtimestamp(clock.now(), UTC) - theirs).total_seconds())
    if apart > _APART:
        hint = sentence(
            "Set this computer's clock, date and time zone; if they are right, tell whoever runs the server."
        )
        return check(
            "clock", "problem", sentence("This clock and the server's differ by %(span)s.", span=_span(apart)), hint
        )
    return check("clock", "ok", sentence("This clock and the server's agree."))


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return sentence("%(minutes)s min", minutes=minutes) if minutes < 120 else f"{round(minutes / 60)} h"
