"""A bare client of the server's interface: it sends what it is told, right or wrong, and shows the answer."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import aiohttp
from nacl.utils import random

from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.labels import Label
from securecall.rights import Role
from securecall.statements import Login, Statement, read_hello, read_statement
from securecall.wire import Wire
from securecall_keys.device import DeviceKeys, public_of, sign
from securecall_keys.invitation import InvitationKeys
from securecall_keys.labels import Labels
from securecall_keys.secret import Secret
from tests.faults.programs import Server
from tests.live.process import ServerProcess
from tests.world import Person, Place, Space, make_person

PROBLEM = "application/problem+json"
Sign = Callable[[Wire], bytes]


def b64(data: bytes) -> str:
    return b64encode(data).decode()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; ``json`` is its document, or empty."""

    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body) if self.kind.endswith("json") else {}

    @property
    def code(self) -> str:
        """The stable code of a refusal, empty if it is none."""
        return self.json["code"] if self.kind == PROBLEM else ""


def item_json(place: Place, *, whole: bool = True) -> dict:
    """An item as it is sent; a new space has no class."""
    document = {
        "item": b64(place.item),
        "identities": [b64(item) for item in place.identities],
        "grants": {device.hex(): b64(box) for device, box in place.grants.items()},
    }
    return {"class": place.kind, **document} if whole else document


class Api:
    """One session with one server."""

    def __init__(self, server: ServerProcess | Server, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        body: object = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request: ``body`` as JSON, or ``data`` as it is."""
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            data, sent = json.dumps(body).encode(), {**sent, "Content-Type": "application/json"}
        request = self.session.request(
            method,
            self.server.url + path,
            data=None if data is None else BytesIO(data),
            headers={**sent, **(headers or {})},
            allow_redirects=False,
        )
        async with request as response:
            return Answer(response.status, response.content_type, await response.read())

    async def proof(self, key: bytes, sign_login: Sign, **claims: object) -> bytes:
        """The proof that answers a fresh greeting; ``claims`` replace what it says."""
        nonce = random(32)
        answer = await self.ask("POST", "/v1/hello", body={"nonce": nonce.hex()})
        hello = read_hello(b64decode(answer.json["hello"]))
        assert (hello.key, hello.value.client_nonce) == (self.server.key, nonce)
        values = {
            "server": self.server.key,
            "address": self.server.url,
            "client_nonce": nonce,
            "server_nonce": hello.value.server_nonce,
            "subject": key,
        }
        return sign_login(Login(**{**values, **claims}))  # type: ignore[arg-type]  # a forger may claim anything

    async def log_in(self, key: bytes, sign_login: Sign, **claims: object) -> Answer:
        """A login as ``key``."""
        proof = await self.proof(key, sign_login, **claims)
        return await self.ask("POST", "/v1/login", body={"proof": b64(proof)})

    async def token(self, person: Person, device: DeviceKeys | None = None) -> str:
        """A device's token."""
        answer = await self.log_in_device(device or person.device)
        assert answer.json["scope"] == "device", answer
        return answer.json["token"]

    async def log_in_device(self, device: DeviceKeys, **claims: object) -> Answer:
        return await self.log_in(device.id, lambda login: device.sign_login(Label.LOGIN, login), **claims)

    async def log_in_invited(self, keys: InvitationKeys) -> Answer:
        return await self.log_in(keys.public, keys.sign_login)

    async def log_in_setup(self) -> Answer:
        seed = Secret(self.server.setup.seed)
        return await self.log_in(public_of(seed), lambda login: sign(seed, Label.LOGIN, login))

    async def open_account(self, token: str, person: Person) -> Answer:
        return await self.ask("POST", "/v1/members", token, {"identity": [b64(item) for item in person.items]})

    async def found(self, owner: Person) -> Space:
        """The coalition that the setup code is for."""
        setup = (await self.log_in_setup()).json["token"]
        assert (await self.open_account(setup, owner)).json == {"member": owner.member.hex()}
        space = draft_space(owner, self.server.key)
        answer = await self.create(await self.token(owner), space)
        assert answer.status == 200, answer
        return space

    async def create(self, token: str, space: Space) -> Answer:
        return await self.ask("POST", "/v1/spaces", token, item_json(space.places[0], whole=False))

    async def open_call(self, coalition: Space, *people: tuple[Person, Role]) -> Space:
        """A call of the coalition's founder, with people who came by invitation, all on the server."""
        owner = coalition.founder
        token = await self.token(owner)
        call = draft_space(owner, self.server.key, "call", coalition)
        assert (await self.create(token, call)).status == 200
        for person, role in people:
            keys = call.invite(owner, role)
            await self.push(token, call)
            invited = (await self.log_in_invited(keys)).json["token"]
            assert (await self.open_account(invited, person)).status == 200
            call.admit(owner, person, role, keys)
            await self.push(token, call)
        return call

    async def push(self, token: str, space: Space) -> Statement:
        """Send the newest place of ``space``, and check the receipt."""
        answer = await self.send(token, space.id, space.places[-1])
        assert answer.status == 200, answer
        statement = self.statement(answer.json["statement"])
        seq = space.chain.next_seq - 1
        assert (statement.space, statement.seq, statement.head) == (space.id, seq, space.chain.head)
        assert (answer.json["seq"], answer.json["before"]) == (seq, space.chain.heads[seq - 1].hex())
        return statement

    async def send(self, token: str, space: bytes, place: Place) -> Answer:
        return await self.ask("POST", f"/v1/spaces/{space.hex()}/items", token, item_json(place))

    async def items(self, token: str, space: bytes, first: int = 0) -> Answer:
        return await self.ask("GET", f"/v1/spaces/{space.hex()}/items?from={first}", token)

    async def put_chunk(self, token: str, space: bytes, blob: bytes, index: int, data: bytes) -> Answer:
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/v1/spaces/{space.hex()}/blobs/{blob.hex()}/{index}"
        return await self.ask("PUT", path, token, data=data, headers=headers)

    def statement(self, text: str) -> Statement:
        return read_statement(b64decode(text), self.server.key).value


def draft_space(owner: Person, server: bytes, kind: e.SpaceKind = "coalition", parent: Space | None = None) -> Space:
    """A new space, not sent yet."""
    hangs_on = e.Parent(parent.id, parent.chain.seen()) if parent else None
    change = e.Create(kind, hangs_on, server, owner.head, [])
    name, draft = owner.author().create(change, owner.items, Labels(), 1)
    space = Space(SpaceChain(name, parent.chain if parent else None), owner)
    space.meet(owner)
    space.take(draft)
    return space


_made = iter(range(1 << 30))


def somebody() -> Person:
    """A person whom no test has met."""
    return make_person(f"somebody {next(_made)}")


def shown(answer: Answer) -> list[bytes | None]:
    """The items of a page, None where their bytes are absent."""
    return [b64decode(place["item"]) if place["item"] else None for place in answer.json["items"]]


def items_of(places: Sequence[Place]) -> list[bytes]:
    return [place.item for place in places]


def spoil(item: bytes) -> bytes:
    """The item with one bit of its signature turned."""
    return item[:-1] + bytes([item[-1] ^ 1])
