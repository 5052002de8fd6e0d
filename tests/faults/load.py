"""Writers who put load on a server and write down what they see (`tests.faults.history`).

Each keeps a verified replica of the call, as a client does, and follows the protocol: it sends the very same bytes
again while the reply is lost, and after it has given up on an item it looks at the chain before it goes on.
"""

import asyncio
import random
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp

from securecall import entries as e
from securecall.chain import SpaceChain, next_head
from securecall.errors import InvalidError
from securecall.labels import Label
from securecall.records import BlobRef, Header
from securecall.rights import Role
from securecall.state import CLASS_OF, ENTRY
from securecall.wire import item_digest
from securecall_keys.labels import Labels
from securecall_keys.records import seal_record
from securecall_server.settings import BLOBS
from tests.faults.history import Append, History
from tests.faults.programs import Server
from tests.live.api import Answer, Api, b64, somebody
from tests.world import Person, Place, Space

PATIENCE = 4
"""Times, at most, that something is sent before its writer gives it up as unknown."""
PAUSE = 0.02
"""Seconds, at most."""
REPLY = aiohttp.ClientTimeout(total=10)
LOST = (aiohttp.ClientError, TimeoutError, OSError)
"""What a line does that is cut; the request may have got through."""
UNABLE = frozenset({503, 507})
"""What a server answers that cannot now: it was not done, and it says so."""


class GoneError(Exception):
    """No reply came; whether the request was done is unknown."""


@dataclass
class Load:
    """A call on a real server, its writers, and what they saw; ``up`` is set while the server takes requests."""

    server: Server
    dice: random.Random
    session: aiohttp.ClientSession
    call: Space
    people: list[Person]
    history: History = field(default_factory=History)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False
    chunks: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    """Blob and index to the bytes of every chunk that was acknowledged, and that nobody has begun to let go."""
    lost: int = 0
    """Replies that never came."""
    unable: int = 0
    """Times that the server said that it cannot now."""
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def acknowledged(self) -> int:
        """Items acknowledged so far."""
        return len(self.history.acknowledged())

    async def reached(self, count: int) -> None:
        """Wait until so many items were acknowledged."""
        async with self.moved:
            await self.moved.wait_for(lambda: self.acknowledged >= count)

    def check_kept(self, items: Sequence[bytes]) -> None:
        """What the server keeps of the call, and of its blobs, holds all that was acknowledged so far."""
        for append in self.history.acknowledged():
            assert items[append.place] == append.item, "an acknowledged item is lost"
        blobs = self.server.folder / BLOBS / self.call.id.hex()
        for (blob, index), data in self.chunks.items():
            assert (blobs / blob.hex() / f"{index:04x}").read_bytes() == data, "an acknowledged chunk is lost"

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """All writers at work for as long as the block lasts; then each finishes what it has begun."""
        self.up.set()
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(Writer(self, person).run())
            yield
            self.done = True


async def begin(server: Server, session: aiohttp.ClientSession, seed: int, writers: int) -> Load:
    """A coalition with a call of ``writers`` people, two of them owners, on a server that runs."""
    api = Api(server, session)
    coalition = await api.found(somebody())
    roles: list[Role] = ["owner", *(["member"] * (writers - 2))]  # type: ignore[list-item]  # each is a role
    people = [(somebody(), role) for role in roles]
    call = await api.open_call(coalition, *people)
    load = Load(server, random.Random(seed), session, call, [coalition.founder, *(person for person, _ in people)])
    load.history.begun = [place.item for place in call.places]
    return load


class Writer:
    """One person at one device, who writes until the load is done."""

    def __init__(self, load: Load, person: Person) -> None:
        self._load, self._person = load, person
        self._dice = random.Random(load.dice.random())
        self._api = Api(load.server, load.session)
        self._token = ""
        self._chain = SpaceChain(load.call.id, load.call.chain.parent)
        self._items: list[bytes] = []
        self._own_blobs: list[bytes] = []
        self._doubts = 0
        """Requests without a reply that settles whether they were done."""

    async def run(self) -> None:
        """Write one thing after the other, with pauses."""
        while not self._load.done:
            with suppress(GoneError):
                await self.follow()
                # Meanwhile others write, so that what follows may be made upon what is not the newest any more.
                await asyncio.sleep(self._dice.random() * PAUSE)
                await self._act()

    async def _act(self) -> None:
        lot = self._dice.random()
        if self._chain.roster.members[self._person.member].role == "owner" and lot < 0.4:
            await self.relabel()
        elif lot < 0.6:
            await self.say()
        elif lot < 0.9:
            await self.put_up()
        else:
            await self.let_go()

    async def say(self) -> None:
        """A record."""
        await self.write([], [])

    async def put_up(self) -> None:
        """A file of one or two chunks, and the record that lists it."""
        blob, chunks = self._dice.randbytes(16), [self._dice.randbytes(3_000) for _ in range(self._dice.randint(1, 2))]
        for index, data in enumerate(chunks):
            path = f"/v1/spaces/{self._chain.space.hex()}/blobs/{blob.hex()}/{index}"
            answer = await self._ask("PUT", path, data=data, headers={"Content-Type": "application/octet-stream"})
            assert answer.status == 204, answer
            self._load.chunks[blob, index] = data
        if await self.write([BlobRef(blob, len(chunks), sum(map(len, chunks)))], []):
            self._own_blobs.append(blob)

    async def let_go(self) -> None:
        """A record that drops the newest of one's own files, if there is one."""
        if not self._own_blobs:
            return
        blob = self._own_blobs[-1]
        for key in [key for key in self._load.chunks if key[0] == blob]:
            del self._load.chunks[key]
        await self.write([], [blob])
        self._own_blobs.pop()

    async def write(self, blobs: list[BlobRef], drops: list[bytes]) -> bool:
        """A record of the next number; whether it was acknowledged."""
        device, chain = self._person.device, self._chain
        n, name = chain.counts.get((device.id, "allies"), 0), self._dice.randbytes(16)
        header = Header(
            chain.space, chain.epoch, "allies", name, self._person.member, device.id, n, chain.seen(), blobs, drops
        )
        keys = self._load.call.ring(device).epoch(chain.epoch)
        return await self._send(Place(CLASS_OF["allies"], seal_record(header, b"load", keys, device)))

    async def relabel(self) -> None:
        """An entry: of two that race, one is refused and was never there."""
        change = e.Relabel([self._person.member])
        ring = self._load.call.ring(self._person.device)
        draft = self._person.author().entry(self._chain, ring, change, self._chain.minute, labels=Labels(b"name"))
        await self._send(Place(ENTRY, draft.item))

    async def _send(self, place: Place) -> bool:
        """Send an item until it is answered, or patience ends; whether it was acknowledged."""
        append = self._load.history.send(place.item)
        document = {"class": place.kind, "item": b64(place.item), "identities": [], "grants": {}}
        doubts = self._doubts
        answer = await self._ask("POST", f"/v1/spaces/{self._chain.space.hex()}/items", body=document)
        if answer.status == 200:
            await self._take_receipt(append, place, answer)
            return True
        assert answer.status in {403, 409, 422}, answer
        assert answer.code in {"stale", "bad-count", "bad-blob"}, answer
        if doubts == self._doubts:
            self._load.history.refuse(append)
        return False

    async def _take_receipt(self, append: Append, place: Place, answer: Answer) -> None:
        statement = self._api.statement(answer.json["statement"])
        label = Label.ENTRY if place.kind == ENTRY else Label.RECORD
        before = bytes.fromhex(answer.json["before"])
        assert statement.head == next_head(before, place.kind, item_digest(place.item, label))
        assert statement.seq == answer.json["seq"]
        async with self._load.moved:
            self._load.history.acknowledge(append, statement.seq)
            self._load.moved.notify_all()

    async def follow(self) -> None:
        """Read what is new, verify it, and note what the whole list looks like from here."""
        asked = self._load.history.ask()
        answer = await self._ask("GET", f"/v1/spaces/{self._chain.space.hex()}/items?from={self._chain.next_seq}")
        assert answer.status == 200, answer
        for place in answer.json["items"]:
            item = b64decode(place["item"])
            try:
                self._chain.append(place["class"], item, [b64decode(one) for one in place["identities"]])
            except InvalidError as error:
                raise AssertionError("the server shows an item that breaks the rules") from error
            self._items.append(item)
        end = self._api.statement(answer.json["end"])
        if end.seq < self._chain.next_seq:
            assert self._chain.heads[end.seq] == end.head
        self._load.history.read(asked, tuple(self._items))

    async def _ask(self, method: str, path: str, **more: object) -> Answer:
        """Ask until there is an answer that says something, logging in again where the server was started anew.

        Raises: GoneError once patience has ended.
        """
        for _ in range(self._dice.randint(1, PATIENCE)):
            await self._load.up.wait()
            try:
                answer = await self._ask_once(method, path, more)
            except LOST:
                self._load.lost += 1
                self._doubts += 1
                continue
            if answer.status not in UNABLE:
                return answer
            self._load.unable += 1
            self._doubts += 1
        raise GoneError

    async def _ask_once(self, method: str, path: str, more: dict[str, object]) -> Answer:
        async with asyncio.timeout(REPLY.total):
            for _ in range(2):
                if not self._token:
                    self._token = await self._api.token(self._person)
                answer = await self._api.ask(method, path, self._token, **more)  # type: ignore[arg-type]  # handed on
                if answer.status != 401:
                    return answer
                self._token = ""
        raise TimeoutError
