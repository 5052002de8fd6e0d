"""The transport over HTTP (`docs/http.md`).

Plain HTTP only to this very computer; no redirects, no cookies, no response decompression, sizes capped
before they are read, and a deadline on every request (rows N01, S37, S38). What is not JSON of the expected form is
treated as "no SecureCall server there": a captive portal, another program, another version.
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TypeVar

import aiohttp
import msgspec
from nacl.utils import random

from securecall import caps
from securecall.errors import InvalidError
from securecall.statements import read_hello
from securecall_client.address import check_address
from securecall_client.errors import OfflineError, ProofError, RefusedError
from securecall_client.http_forms import (
    NOT_OURS,
    AcknowledgementForm,
    ChunksForm,
    GrantsForm,
    HelloForm,
    HintForm,
    JoinsForm,
    LoginForm,
    PageForm,
    ProblemForm,
    b64,
    item_form,
    ours,
    read_form,
)
from securecall_client.refusals import refused
from securecall_client.transport import Acknowledgement, Credentials, Hint, Join, Page, Place
from securecall_keys.author import Draft

PAGE_BYTES = 64 * caps.MIB
"""The largest answer that is read."""
TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=60)

T = TypeVar("T")


class HttpTransport:
    """`securecall_client.transport.Transport` over one HTTP session."""

    def __init__(self, address: str) -> None:
        self.address = check_address(address)
        self._session: aiohttp.ClientSession | None = None
        self._credentials: Credentials | None = None
        self._token = ""
        self._login_lock = asyncio.Lock()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        """The live line, while it is up."""

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def use(self, credentials: Credentials) -> None:
        """Log in as these from the next request on."""
        self._credentials, self._token = credentials, ""

    async def server_key(self) -> bytes:
        """The server's key, proven over a nonce of ours. Raises: ProofError if the proof does not hold."""
        return (await self._hello())[0]

    async def open_member(self, identity: Sequence[bytes]) -> None:
        """`POST /v1/members`."""
        await self._json("POST", "/v1/members", dict, {"identity": [b64(item) for item in identity]})

    async def create_space(self, draft: Draft) -> Acknowledgement:
        """`POST /v1/spaces`."""
        return await self._send("/v1/spaces", item_form(draft.item, draft.identities, draft.grants))

    async def items(self, space: bytes, first: int) -> Page:
        """`GET /v1/spaces/S/items`."""
        page = await self._json("GET", f"/v1/spaces/{space.hex()}/items?from={first}", PageForm)
        with ours():
            places = tuple(
                Place(
                    item.kind,
                    bytes.fromhex(item.digest),
                    None if item.item is None else b64decode(item.item, validate=True),
                    tuple(b64decode(identity, validate=True) for identity in item.identities),
                )
                for item in page.items
            )
            return Page(places, b64decode(page.end, validate=True))

    async def append(
        self,
        space: bytes,
        kind: int,
        item: bytes,
        identities: Sequence[bytes] = (),
        grants: Mapping[bytes, bytes] | None = None,
    ) -> Acknowledgement:
        """`POST /v1/spaces/S/items`."""
        body = {"class": kind, **item_form(item, identities, grants or {})}
        return await self._send(f"/v1/spaces/{space.hex()}/items", body)

    async def grants(self, space: bytes, first: int) -> dict[int, bytes]:
        """`GET /v1/spaces/S/grants`."""
        found = await self._json("GET", f"/v1/spaces/{space.hex()}/grants?from={first}", GrantsForm)
        with ours():
            return {grant.seq: b64decode(grant.box, validate=True) for grant in found.grants}

    async def put_chunk(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """`PUT /v1/spaces/S/blobs/B/I`."""
        await self._request("PUT", f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}/{index}", chunk=data)

    async def get_chunk(self, space: bytes, blob: bytes, index: int) -> bytes:
        """`GET /v1/spaces/S/blobs/B/I`."""
        path = f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}/{index}"
        return await self._request("GET", path, cap=caps.CHUNK_BYTES)

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """`GET /v1/spaces/S/blobs/B`; a blob that nobody has begun has none."""
        try:
            return (await self._json("GET", f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}", ChunksForm)).chunks
        except RefusedError as error:
            if error.code != "not-found":
                raise
            return {}

    async def put_join(self, space: bytes, request: bytes, letter: bytes) -> None:
        """`PUT /v1/spaces/S/joins`."""
        body = {"request": b64(request), "letter": b64(letter)}
        await self._request("PUT", f"/v1/spaces/{space.hex()}/joins", body=body)

    async def joins(self, space: bytes) -> list[Join]:
        """`GET /v1/spaces/S/joins`."""
        found = await self._json("GET", f"/v1/spaces/{space.hex()}/joins", JoinsForm)
        with ours():
            return [
                Join(
                    b64decode(join.request, validate=True),
                    b64decode(join.letter, validate=True),
                    tuple(b64decode(item, validate=True) for item in join.identity),
                )
                for join in found.joins
            ]

    async def live(self, spaces: Sequence[bytes]) -> AsyncGenerator[Hint | bytes, None]:
        """`GET /v1/live`."""
        await self.log_in()
        first = {"token": self._token, "spaces": [space.hex() for space in spaces]}
        try:
            async with self._open().ws_connect(
                f"{self.address}/v1/live", heartbeat=20, max_msg_size=64 * caps.KIB, compress=0
            ) as socket:
                await socket.send_json(first)
                self._socket = socket
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield _hint(message.data)
                    elif message.type is aiohttp.WSMsgType.BINARY:
                        yield message.data
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OfflineError("The line to the server was lost.") from error
        finally:
            # A server that went away may have forgotten it, and the next login shall show whether one is there.
            self._token, self._socket = "", None

    async def beat(self, data: bytes) -> None:
        """A binary message on the live line."""
        try:
            if self._socket is None:
                raise ConnectionError
            await self._socket.send_bytes(data)
        except (aiohttp.ClientError, OSError) as error:
            raise OfflineError("The line to the server was lost.") from error

    async def _send(self, path: str, body: dict[str, object]) -> Acknowledgement:
        reply = await self._json("POST", path, AcknowledgementForm, body)
        with ours():
            statement = b64decode(reply.statement, validate=True)
            return Acknowledgement(reply.seq, bytes.fromhex(reply.before), statement)

    async def _json(self, method: str, path: str, kind: type[T], body: Mapping[str, object] | None = None) -> T:
        return read_form(await self._request(method, path, body=body), kind)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        chunk: bytes | None = None,
        cap: int = PAGE_BYTES,
    ) -> bytes:
        """One request, after login; a token that has run out is renewed once."""
        if not self._token:
            await self.log_in()
        try:
            return await self._raw(method, path, body=body, chunk=chunk, cap=cap)
        except RefusedError as error:
            if error.code != "unauthorized":
                raise
        self._token = ""
        await self.log_in()
        return await self._raw(method, path, body=body, chunk=chunk, cap=cap)

    async def _raw(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        chunk: bytes | None = None,
        cap: int = PAGE_BYTES,
    ) -> bytes:
        headers = {"Accept-Encoding": "identity"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = chunk
        if chunk is not None:
            headers["Content-Type"] = "application/octet-stream"
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with self._open().request(
                method, self.address + path, data=data, headers=headers, allow_redirects=False
            ) as response:
                content = await _capped(response, cap)
                kind = response.content_type
                if 200 <= response.status < 300:
                    return content
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OfflineError("The server was not reached.", hint="Check the line, then try again.") from error
        if kind != "application/problem+json":
            raise OfflineError(NOT_OURS)
        problem = read_form(content, ProblemForm)
        raise refused(problem.code)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=TIMEOUT, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def _hello(self) -> tuple[bytes, bytes, bytes]:
        nonce = random(32)
        raw = await self._raw("POST", "/v1/hello", body={"nonce": nonce.hex()})
        with ours():
            data = b64decode(read_form(raw, HelloForm).hello, validate=True)
        try:
            hello = read_hello(data).value
        except InvalidError as error:
            raise ProofError("The server could not prove its own key.") from error
        if hello.client_nonce != nonce:
            raise ProofError("The server answered with a proof made for somebody else.")
        return hello.server, nonce, hello.server_nonce

    async def log_in(self) -> None:
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
            proof = credentials.sign(server, mine, theirs, self.address)
            raw = await self._raw("POST", "/v1/login", body={"proof": b64(proof)})
            self._token = read_form(raw, LoginForm).token


def _hint(text: str) -> Hint:
    form = read_form(text.encode(), HintForm)
    with ours():
        return Hint(bytes.fromhex(form.space), form.seq)


async def _capped(response: aiohttp.ClientResponse, cap: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(256 * caps.KIB):
        size += len(part)
        if size > cap:
            raise OfflineError("The server answered with more than it should; it was cut off.")
        parts.append(part)
    return b"".join(parts)
