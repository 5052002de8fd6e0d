"""Requests over one HTTP line, and who they come from (`docs/http.md`): each is made after a login, and as often as the
line needs it.
"""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from typing import TypeVar

import msgspec
from nacl.utils import random

from securecall import caps
from securecall.errors import InvalidError
from securecall.statements import read_hello
from securecall_client.errors import OfflineError, PauseError, ProofError, RefusedError
from securecall_client.http_forms import NOT_OURS, HelloForm, LoginForm, ProblemForm, b64, ours, read_form
from securecall_client.http_line import HttpLine
from securecall_client.http_reply import Reply
from securecall_client.refusals import refused
from securecall_client.transport import Credentials, Way

PAGE_BYTES = 64 * caps.MIB
"""The largest answer that is read."""
JSON, BYTES = "application/json", "application/octet-stream"

T = TypeVar("T")


class HttpRequests:
    """What is asked at one address, in the name of whoever `use` named last."""

    def __init__(self, address: str, way: Way) -> None:
        self._line = HttpLine(address, way)
        self.address = self._line.address
        self._credentials: Credentials | None = None
        self._token = ""
        self._login_lock = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    def use(self, credentials: Credentials) -> None:
        """Log in as these from the next request on."""
        self._credentials, self._token = credentials, ""

    async def server_key(self) -> bytes:
        """The server's key, proven over a nonce of ours. Raises: ProofError if the proof does not hold."""
        return (await self._line.persist(self._hello))[0]

    async def _hello(self) -> tuple[bytes, bytes, bytes]:
        nonce = random(32)
        reply = await self._raw("POST", "/v1/hello", body=json_body({"nonce": nonce.hex()}))
        with ours():
            data = b64decode(read_form(reply.content, HelloForm).hello, validate=True)
        try:
            hello = read_hello(data).value
        except InvalidError as error:
            raise ProofError("The server could not prove its own key.") from error
        if hello.client_nonce != nonce:
            raise ProofError("The server answered with a proof made for somebody else.")
        return hello.server, nonce, hello.server_nonce

    async def reach(self, seconds: float, *, patient: bool) -> None:
        """As `Transport.reach`."""
        await self._line.within(seconds, self._log_in, patient=patient)

    async def log_in(self) -> None:
        """As `Transport.log_in`."""
        await self._line.persist(self._log_in)

    async def _log_in(self) -> None:
        """`POST /v1/hello` and `POST /v1/login`, unless there is a token."""
        async with self._login_lock:
            credentials = self._credentials
            if self._token or credentials is None:
                return
            server, mine, theirs = await self._hello()
            if credentials.server is not None and credentials.server != server:
                raise ProofError(
                    "This is not the server that the coalition named: its key is another one.",
                    hint="Send nothing here and call the secretariat.",
                )
            proof = credentials.login(server, mine, theirs, self.address)
            reply = await self._raw("POST", "/v1/login", body=json_body({"proof": b64(proof)}))
            self._token = read_form(reply.content, LoginForm).token

    async def _json(self, method: str, path: str, kind: type[T], body: Mapping[str, object] | None = None) -> T:
        reply = await self._request(method, path, body=json_body(body))
        return read_form(reply.content, kind)

    async def _request(self, method: str, path: str, *, body: bytes | None = None) -> Reply:
        """One request for JSON, as often as the line needs it."""
        return await self._line.persist(lambda: self._once(method, path, body=body))

    async def _once(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        kind: str = JSON,
        into: bytearray | None = None,
        cap: int = PAGE_BYTES,
    ) -> Reply:
        """One request, after login; a token that has run out is renewed once."""
        if not self._token:
            await self._log_in()
        try:
            return await self._raw(method, path, body=body, kind=kind, into=into, cap=cap)
        except RefusedError as error:
            if error.code != "unauthorized":
                raise
        self._token = ""
        await self._log_in()
        return await self._raw(method, path, body=body, kind=kind, into=into, cap=cap)

    async def _raw(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        kind: str = JSON,
        into: bytearray | None = None,
        cap: int = PAGE_BYTES,
    ) -> Reply:
        reply = await self._line.ask(method, path, token=self._token, body=body, kind=kind, cap=cap, into=into)
        if 200 <= reply.status < 300:
            return reply
        if reply.status == 429:
            raise PauseError(reply.pause)
        if reply.kind != "application/problem+json":
            raise OfflineError(NOT_OURS)
        problem = read_form(reply.content, ProblemForm)
        with ours():
            identity = tuple(b64decode(item, validate=True) for item in problem.identity)
        raise refused(problem.code, identity)


def json_body(body: Mapping[str, object] | None) -> bytes | None:
    """The bytes of a body, of one that is there."""
    return None if body is None else msgspec.json.encode(body)
