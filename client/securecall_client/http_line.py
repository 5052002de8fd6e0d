"""One HTTP line to one address: what is asked, what comes back, how long that may take, and when it is tried again.

Plain HTTP only to this very computer; no redirects, no cookies, no response decompression, no proxy but the one that
was named, sizes capped before they are read (rows N01, S37, S38). A request of ours does no harm when it is made
twice, so one whose connection was cut is made again, a few times.
"""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from socket import SO_SNDBUF, SOL_SOCKET
from socket import socket as Socket  # noqa: N812  `HttpLine.socket` opens another kind
from typing import TypeVar
from weakref import WeakSet

import aiohttp

from securecall import caps
from securecall.sentences import sentence
from securecall_client.address import check_address
from securecall_client.errors import CutError, OfflineError, PauseError
from securecall_client.http_body import Body
from securecall_client.http_forms import NOT_OURS
from securecall_client.http_reply import Reply, check_ours, pause, take
from securecall_client.pace import patience
from securecall_client.proxy import failed, through
from securecall_client.transport import Way

T = TypeVar("T")
_BUFFER = 128 * caps.KIB
"""Bytes on their way out that the system holds for each connection."""
_LOOK = 0.05
"""Seconds between looks whether a connection stands."""
_ROUNDS = 6
"""Round trips that a first answer may take once the connection stands: TLS, greeting and login, and some to spare."""


class HttpLine:
    """The connections to one address."""

    def __init__(self, address: str, way: Way) -> None:
        self.address, self.way = check_address(address), way
        self._session: aiohttp.ClientSession | None = None
        self._sockets: WeakSet[Socket] = WeakSet()
        self._heard = False
        self._asked: PauseError | None = None
        """The pause that was asked for last, until something is answered."""

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        body: bytes | None = None,
        kind: str = "application/json",
        cap: int,
        into: bytearray | None = None,
    ) -> Reply:
        """One request, made once. What arrives of a good answer is added to ``into``, also where the rest does not.

        Raises: OfflineError; CutError if the connection stood and was lost.
        """
        headers = {"Accept-Encoding": "identity"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with self._told():
            async with patience(self.way.pace, len(body or b"")) as moved:
                data = None if body is None else Body(body, kind, moved)
                async with self._open().request(
                    method, self.address + path, data=data, headers=headers, allow_redirects=False
                ) as response:
                    moved(1)
                    self._heard = True
                    good = 200 <= response.status < 300
                    check_ours(response)
                    if into is not None and good and response.content_type != "application/octet-stream":
                        raise OfflineError(NOT_OURS)
                    content = into if into is not None and good else bytearray()
                    await take(response, cap, content, moved)
                    date, rest = response.headers.get("Date", ""), pause(response.headers.get("Retry-After", ""))
                    return Reply(response.status, response.content_type, bytes(content), date, rest)

    @asynccontextmanager
    async def socket(self, path: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A WebSocket. Raises: OfflineError."""
        with self._told():
            async with asyncio.timeout(self.way.pace.silence):
                opened = await self._open().ws_connect(
                    self.address + path, heartbeat=60, max_msg_size=64 * caps.KIB, compress=0
                )
            async with opened:
                yield opened

    async def persist(self, attempt: Callable[[], Awaitable[T]], moved: Callable[[], int] = lambda: 0) -> T:
        """Make a request again while its connection is cut, after pauses, and anew as long as ``moved`` grows.

        Pauses that the server asks for are made, as long as they are no longer together than the patient wait.
        Raises: what ``attempt`` does.
        """
        tries, before, left = 0, moved(), self.way.pace.patient
        while True:
            try:
                result = await attempt()
            except PauseError as error:
                left -= await self._rest(error, left)
                continue
            except CutError:
                if moved() > before:
                    tries, before = 0, moved()
                if tries == len(self.way.pace.pauses):
                    raise
            else:
                self._asked = None
                return result
            if tries:
                self.way.say.line(sentence("The line is bad, trying again (%(tries)s).", tries=tries + 1))
            await asyncio.sleep(self.way.pace.pauses[tries] * secrets.SystemRandom().uniform(0.5, 1))
            tries += 1

    async def within(self, seconds: float, attempt: Callable[[], Awaitable[None]], *, patient: bool) -> None:
        """Wait for a first answer, ``seconds`` on a line without delay.

        What the line shows of itself buys time: how long a connection took to stand, and how long the first word of
        the other side took, are each a round trip of this line. The ``patient`` wait longer for whoever took the
        connection, and so does everybody through a proxy.

        Raises: OfflineError, TimeoutError, and what ``attempt`` does.
        """
        clock = asyncio.get_running_loop().time
        self._heard, began = False, clock()
        task, until = asyncio.ensure_future(self._until_uncut(attempt)), began + seconds
        signs = [lambda: self._heard, self._stands]
        try:
            while not task.done() and clock() < until:
                await asyncio.wait({task}, timeout=min(_LOOK, until - clock()))
                for sign in [sign for sign in signs if sign()]:
                    signs.remove(sign)
                    until += _ROUNDS * (clock() - began)
                    if patient or self.way.proxy:
                        until = max(until, began + self.way.pace.patient)
            if not task.done():
                raise self._asked or TimeoutError
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _until_uncut(self, attempt: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await attempt()
            except PauseError as error:
                await self._rest(error, self.way.pace.patient)
            except CutError:
                await asyncio.sleep(self.way.pace.pauses[0])
            else:
                self._asked = None
                return

    async def _rest(self, asked: PauseError, left: float) -> float:
        """Make the pause that is asked for, and some more so that not all come back at once; gives its seconds.

        Raises: PauseError if it is longer than ``left``.
        """
        if asked.seconds > left:
            raise asked
        if self._asked is None:
            self.way.say.line(sentence("The server asks for a pause: too many requests at once. Waiting a little."))
        self._asked, seconds = asked, asked.seconds * secrets.SystemRandom().uniform(1, 1.5)
        await asyncio.sleep(seconds)
        return seconds

    def _stands(self) -> bool:
        """Whether somebody has taken a connection; of one by a proxy that is not seen, so it counts as taken."""
        if self.way.proxy:
            return True
        for each in self._sockets:
            try:
                each.getpeername()
            except OSError:
                continue
            return True
        return False

    def _socket(self, info: tuple[int, int, int, str, object]) -> Socket:
        made = Socket(*info[:3])
        # Else the system takes a megabyte at once, and for minutes nothing seems to move on a thin line.
        made.setsockopt(SOL_SOCKET, SO_SNDBUF, _BUFFER)
        self._sockets.add(made)
        return made

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            proxy = self.way.proxy
            self._session = aiohttp.ClientSession(
                connector=through(proxy) if proxy else aiohttp.TCPConnector(socket_factory=self._socket),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.way.pace.connect),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with a line, in words."""
        try:
            yield
        except aiohttp.ClientSSLError as error:
            raise _uncertified() from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise OfflineError("The server was not reached.", hint="Check the line, then try again.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):  # as it comes through a proxy
                raise _uncertified() from error
            raise CutError("The line to the server was lost.", hint="Check the line, then try again.") from error
        except Exception as error:
            failure = failed(self.way.proxy, error) if self.way.proxy else None
            if failure is None:
                raise
            raise failure from error


def _uncertified() -> OfflineError:
    return OfflineError(
        "What answers cannot prove to be the server: its certificate is not in order.",
        hint="A Wi-Fi sign-in page does that, or somebody who wants to read along. Sign in or change the line.",
        code="bad-certificate",
    )
