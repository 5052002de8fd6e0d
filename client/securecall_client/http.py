"""The transport over HTTP (`docs/http.md`).

What is not JSON of the expected form is treated as "no SecureCall server there": a captive portal, another program,
another version. Logging in stands in `securecall_client.http_requests`, what a bad line needs in `.http_line`.
"""

from base64 import b64decode
from collections.abc import AsyncGenerator, Mapping, Sequence

import aiohttp

from securecall import caps
from securecall.entries import Seen
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.http_forms import (
    AcknowledgementForm,
    ChunksForm,
    GrantsForm,
    HintForm,
    JoinsForm,
    MailForm,
    PageForm,
    PutBackForm,
    b64,
    item_form,
    ours,
    place_form,
    read_form,
)
from securecall_client.http_requests import BYTES, HttpRequests, json_body
from securecall_client.transport import Acknowledgement, Hint, Join, Mail, Page, Place, Way
from securecall_keys.author import Draft


class HttpTransport(HttpRequests):
    """`securecall_client.transport.Transport` over one HTTP line."""

    def __init__(self, address: str, way: Way) -> None:
        super().__init__(address, way)
        self._begun: dict[tuple[bytes, int], int] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        """The live line, while it is up."""

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
            return Page(places, b64decode(page.end, validate=True), page.read_only)

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

    async def put_back(self, space: bytes, first: int, places: Sequence[Place], rest: bytes, end: bytes) -> int:
        """`PUT /v1/spaces/S/items`."""
        body = {"items": [place_form(place) for place in places], "rest": b64(rest), "end": b64(end)}
        found = await self._json("PUT", f"/v1/spaces/{space.hex()}/items?from={first}", PutBackForm, body)
        return found.places

    async def lift(self, space: bytes, at: Seen) -> None:
        """`PUT /v1/spaces/S/lift`."""
        body = {"seq": at.seq, "head": at.head.hex()}
        await self._request("PUT", f"/v1/spaces/{space.hex()}/lift", body=json_body(body))

    async def grants(self, space: bytes, first: int) -> dict[int, bytes]:
        """`GET /v1/spaces/S/grants`."""
        found = await self._json("GET", f"/v1/spaces/{space.hex()}/grants?from={first}", GrantsForm)
        with ours():
            return {grant.seq: b64decode(grant.box, validate=True) for grant in found.grants}

    async def put_chunk(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """`PUT /v1/spaces/S/blobs/B/I`; of a chunk that was cut, only what the server does not have yet."""
        path = f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}/{index}"
        tries = 0

        async def attempt() -> None:
            nonlocal tries
            if tries and index in await self._chunks(space, blob):
                return
            tries += 1
            first = self._begun.get((blob, index), 0)
            try:
                await self._once("PUT", f"{path}?from={first}" if first else path, body=data[first:], kind=BYTES)
            except RefusedError as error:
                if not first or error.code not in ("conflict", "malformed"):
                    raise
                # The server has forgotten the beginning, as it may.
                self._begun.pop((blob, index), None)
                await self._once("PUT", path, body=data, kind=BYTES)

        await self._line.persist(attempt, lambda: self._begun.get((blob, index), 0))

    async def get_chunk(self, space: bytes, blob: bytes, index: int) -> bytes:
        """`GET /v1/spaces/S/blobs/B/I`; of a chunk that was cut, only what is missing."""
        path, data = f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}/{index}", bytearray()

        async def attempt() -> None:
            rest = f"{path}?from={len(data)}" if data else path
            await self._once("GET", rest, kind=BYTES, into=data, cap=caps.CHUNK_BYTES)

        await self._line.persist(attempt, lambda: len(data))
        return bytes(data)

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """`GET /v1/spaces/S/blobs/B`; a blob that nobody has begun has none."""
        return await self._line.persist(lambda: self._chunks(space, blob))

    async def _chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """The chunks that are there; what is there of others is kept for when they are sent."""
        try:
            reply = await self._once("GET", f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}")
        except RefusedError as error:
            if error.code != "not-found":
                raise
            return {}
        found = read_form(reply.content, ChunksForm)
        self._begun.update({(blob, index): size for index, size in found.begun.items()})
        return found.chunks

    async def put_join(self, space: bytes, request: bytes, letter: bytes) -> None:
        """`PUT /v1/spaces/S/joins`."""
        body = {"request": b64(request), "letter": b64(letter)}
        await self._request("PUT", f"/v1/spaces/{space.hex()}/joins", body=json_body(body))

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

    async def open_mailbox(self, key: bytes) -> None:
        """`POST /v1/mailboxes`."""
        await self._request("POST", "/v1/mailboxes", body=json_body({"key": key.hex()}))

    async def put_mail(self, key: bytes, mail: bytes) -> None:
        """`PUT /v1/mailboxes/K`."""
        await self._request("PUT", f"/v1/mailboxes/{key.hex()}", body=json_body({"mail": b64(mail)}))

    async def mail(self, key: bytes) -> Mail:
        """`GET /v1/mailboxes/K`."""
        found = await self._json("GET", f"/v1/mailboxes/{key.hex()}", MailForm)
        with ours():
            request, answer = (
                None if part is None else b64decode(part, validate=True) for part in (found.request, found.answer)
            )
            return Mail(request, answer)

    async def live(self, spaces: Sequence[bytes]) -> AsyncGenerator[Hint | bytes, None]:
        """`GET /v1/live`."""
        await self.log_in()
        first = {"token": self._token, "spaces": [space.hex() for space in spaces]}
        try:
            async with self._line.socket("/v1/live") as socket:
                await socket.send_json(first)
                self._socket = socket
                try:
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            yield _hint(message.data)
                        elif message.type is aiohttp.WSMsgType.BINARY:
                            yield message.data
                finally:
                    # Another line may have been opened meanwhile.
                    if self._socket is socket:
                        self._socket = None
        finally:
            # A server that went away may have forgotten it, and the next login shall show whether one is there.
            self._token = ""

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


def _hint(text: str) -> Hint:
    form = read_form(text.encode(), HintForm)
    with ours():
        return Hint(bytes.fromhex(form.space), form.seq)
