"""The client's real `Transport` interface, with the server in memory behind it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TypeVar

from securecall.chain import next_head
from securecall.entries import Seen
from securecall.errors import InvalidError, ParentBehindError
from securecall.labels import Label
from securecall.state import ENTRY
from securecall.wire import ZERO, item_digest
from securecall_client.errors import OfflineError, ProofError
from securecall_client.refusals import refused
from securecall_client.transport import Acknowledgement, Credentials, Hint, Join, Mail, Page, Place
from securecall_keys.author import Draft
from tests.simulator.server import Blob, Caller, Listener, Server

T = TypeVar("T")


def head_of(places: Sequence[Place]) -> bytes:
    """The running digest over any places, whether or not they are sound."""
    head = ZERO
    for place in places:
        head = next_head(head, place.kind, digest_of(place))
    return head


def digest_of(place: Place) -> bytes:
    """The digest of what stands at a place, or what the place says of it where that cannot be read."""
    try:
        return item_digest(place.item or b"", Label.ENTRY if place.kind == ENTRY else Label.RECORD)
    except InvalidError:
        return place.digest


class Line:
    """`securecall_client.transport.Transport`: every request passes through `_request`, and `sent` keeps all bytes."""

    def __init__(self, server: Server, address: str) -> None:
        self.server, self.address = server, address
        self.sent: list[bytes] = []
        self._credentials: Credentials | None = None
        self._caller: Caller | None = None
        self._listener: Listener | None = None

    async def close(self) -> None:
        """Nothing is held."""

    def use(self, credentials: Credentials) -> None:
        """As `Transport.use`."""
        self._credentials, self._caller = credentials, None

    async def reach(self, seconds: float, *, patient: bool) -> None:
        """As `Transport.reach`."""
        async with asyncio.timeout(seconds):
            await self.log_in()

    async def log_in(self) -> None:
        """Log in, unless that is done."""
        if self._credentials is None or self._caller is not None:
            return
        await self._request("hello", lambda: None)
        if self._credentials.server not in (None, self.server.public):
            raise ProofError("This is not the server that the coalition named: its key is another one.")
        proof = self._credentials.login(self.server.public, ZERO, ZERO, self.address)
        self._caller = await self._request("login", lambda: self.server.log_in(proof), proof)

    async def server_key(self) -> bytes:
        """As `Transport.server_key`."""
        return await self._request("hello", lambda: self.server.public)

    async def open_member(self, identity: Sequence[bytes]) -> None:
        """As `Transport.open_member`."""
        caller = await self._known()
        await self._request("open_member", lambda: self.server.open_member(caller, identity), *identity)

    async def create_space(self, draft: Draft) -> Acknowledgement:
        """As `Transport.create_space`."""
        caller = await self._known()
        parts = (draft.item, *draft.identities, *draft.grants.values())
        return await self._request(
            "create_space", lambda: self.server.create(caller, draft.item, draft.identities, draft.grants), *parts
        )

    async def items(self, space: bytes, first: int) -> Page:
        """As `Transport.items`."""
        caller = await self._known()

        def show() -> Page:
            places, heads = self.server.shown(space, caller), self.server.spaces[space].chain.heads
            head, newest = heads[len(places) - 1], len(places) == len(heads)
            return self.server.page_of(space, places, first, head, newest=newest)

        return await self._request("items", show)

    async def append(
        self,
        space: bytes,
        kind: int,
        item: bytes,
        identities: Sequence[bytes] = (),
        grants: Mapping[bytes, bytes] | None = None,
    ) -> Acknowledgement:
        """As `Transport.append`."""
        caller, boxes = await self._known(), grants or {}
        return await self._request(
            "append",
            lambda: self.server.append(caller, space, kind, item, identities, boxes),
            item,
            *identities,
            *boxes.values(),
        )

    async def put_back(self, space: bytes, first: int, places: Sequence[Place], rest: bytes, end: bytes) -> int:
        """As `Transport.put_back`."""
        caller = await self._known()
        parts = [part for place in places for part in (place.item or b"", *place.identities)]
        return await self._request(
            "put_back", lambda: self.server.put_back(caller, space, first, places, rest, end), *parts, rest, end
        )

    async def lift(self, space: bytes, at: Seen) -> None:
        """As `Transport.lift`."""
        caller = await self._known()
        await self._request("lift", lambda: self.server.lift(caller, space, at))

    async def grants(self, space: bytes, first: int) -> dict[int, bytes]:
        """As `Transport.grants`."""
        caller = await self._known()

        def give() -> dict[int, bytes]:
            held, sight = self.server.sight(space, caller)
            return {
                seq: boxes[caller.key]
                for seq, boxes in held.grants.items()
                if first <= seq <= sight.last and caller.key in boxes
            }

        return await self._request("grants", give)

    async def put_chunk(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """As `Transport.put_chunk`."""
        caller = await self._known()

        def put() -> None:
            held, sight = self.server.sight(space, caller)
            if sight.present is None:
                raise refused("not-found")
            self.server.need_open(space)
            held.blobs.setdefault(blob, Blob(caller.member)).chunks.setdefault(index, data)

        await self._request("put_chunk", put, data)

    async def get_chunk(self, space: bytes, blob: bytes, index: int) -> bytes:
        """As `Transport.get_chunk`."""
        caller = await self._known()

        def give() -> bytes:
            held, _ = self.server.sight(space, caller)
            if blob not in held.blobs or index not in held.blobs[blob].chunks:
                raise refused("not-found")
            return held.blobs[blob].chunks[index]

        return await self._request("get_chunk", give)

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """As `Transport.chunks`."""
        caller = await self._known()

        def tell() -> dict[int, int]:
            held, _ = self.server.sight(space, caller)
            there = held.blobs.get(blob, Blob(b"")).chunks
            return {index: len(data) for index, data in there.items()}

        return await self._request("chunks", tell)

    async def put_join(self, space: bytes, request: bytes, letter: bytes) -> None:
        """As `Transport.put_join`."""
        caller = await self._known()
        await self._request("put_join", lambda: self.server.put_join(caller, space, request, letter), request, letter)

    async def joins(self, space: bytes) -> list[Join]:
        """As `Transport.joins`."""
        caller = await self._known()
        return await self._request("joins", lambda: self.server.joins(caller, space))

    async def open_mailbox(self, key: bytes) -> None:
        """As `Transport.open_mailbox`."""
        caller = await self._known()
        await self._request("open_mailbox", lambda: self.server.open_mailbox(caller, key))

    async def put_mail(self, key: bytes, mail: bytes) -> None:
        """As `Transport.put_mail`."""
        caller = await self._known()
        await self._request("put_mail", lambda: self.server.put_mail(caller, key, mail), mail)

    async def mail(self, key: bytes) -> Mail:
        """As `Transport.mail`."""
        caller = await self._known()
        return await self._request("mail", lambda: self.server.mail(caller, key))

    async def live(self, spaces: Sequence[bytes]) -> AsyncGenerator[Hint | bytes, None]:
        """As `Transport.live`."""
        caller = await self._known()
        self._listener = listener = self._listen(caller, spaces)
        try:
            while (message := await listener.queue.get()) is not None:
                for heard in self._let_through(message):
                    yield heard
        finally:
            if self._listener is listener:
                self._listener = None
            listener.server.listeners.remove(listener)

    async def beat(self, data: bytes) -> None:
        """As `Transport.beat`."""
        listener = self._listener
        if listener is None:
            raise OfflineError("The line to the server was lost.")
        await self._request("beat", lambda: listener.server.beat(listener, data), data)

    def _listen(self, caller: Caller, spaces: Sequence[bytes]) -> Listener:
        return self.server.listen(caller, spaces)

    def _let_through(self, message: Hint | bytes) -> Sequence[Hint | bytes]:
        """What comes of a message on the live line."""
        return [message]

    async def _known(self) -> Caller:
        await self.log_in()
        if self._caller is None:
            raise refused("unauthorized")
        return self._caller

    async def _request(self, name: str, answer: Callable[[], T], *parts: bytes) -> T:
        """One request: what it sends is noted, and a refusal by the rules is told as over a real line."""
        self.sent.extend(parts)
        try:
            return answer()
        except InvalidError as error:
            raise refused(error.problem) from error
        except ParentBehindError as error:
            raise refused("bad-parent") from error
