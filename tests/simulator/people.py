"""People with real profiles in folders, each on a line of their own to the server in memory.

A `Stage` can be copied with all that is on it, so that a scene is set up once and played many times.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from securecall import entries as e
from securecall.rights import Circle, Role
from securecall_client import sync
from securecall_client.acts import admitting, calls, documents, exercises, founding, inviting, joining
from securecall_client.changing import Change
from securecall_client.changing import change as make_change
from securecall_client.errors import ProofError, SecureCallError
from securecall_client.opening import open_session
from securecall_client.pins import Pins
from securecall_client.profile import Lock, Profile
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.view import SpaceView
from securecall_keys.labels import Labels
from securecall_server.codes import setup_code
from tests.answers import a_row, answer_of
from tests.simulator.hostile import Hostile
from tests.simulator.server import Server

ADDRESS = "http://127.0.0.1:8700"
LOCK = Lock.from_key(b"k" * 32)
TITLE, CALL = "Coalition of the harbour", "Freedonia in March"
ROW = a_row("training", "FR", "2026-12", "2027-02", "planned", (), ("legal aid",), ("money",))


@dataclass
class Spoken:
    """What acts said while they ran."""

    lines: list[str] = field(default_factory=list)

    def line(self, text: str, hint: str = "") -> None:
        """As `progress.Say.line`."""
        self.lines.append(f"{text} {hint}".rstrip())

    def progress(self, what: str, done: int, total: int) -> None:
        """Nobody looks on."""


@dataclass
class Person:
    """Somebody with a profile in ``home``; ``hostile`` is how the server treats them."""

    name: str
    home: Path
    hostile: Hostile
    say: Spoken = field(default_factory=Spoken)

    @asynccontextmanager
    async def open(self, *, offline: bool = False, unconfirmed: bool = False) -> AsyncIterator[Session]:
        """Their profile at work."""
        settings = Settings(self.home, offline=offline, unconfirmed=unconfirmed)
        async with open_session(settings, LOCK, self.say, self.hostile.connect) as session:
            yield session

    async def join(self, invitation: str | None, *, wait: bool = False) -> str:
        """Join, or go on with it; gives how it stands."""
        joined = await joining.join(
            Settings(self.home),
            LOCK,
            self.say,
            invitation=invitation,
            person=self.name,
            wait=wait,
            connect=self.hostile.connect,
        )
        return joined.state

    async def found(self, setup: str, coalition: str = TITLE) -> bytes:
        """Found the coalition."""
        founded = await founding.found(
            Settings(self.home),
            LOCK,
            self.say,
            setup=setup,
            server=ADDRESS,
            coalition=coalition,
            person=self.name,
            org="Secretariat",
            connect=self.hostile.connect,
        )
        return bytes.fromhex(founded.coalition)

    async def answer(self, call: bytes, activity: str = "training") -> str:
        """Answer the only exercise; gives where it is safe."""
        async with self.open() as session:
            return await answer(session, call, activity)

    async def answers(self, call: bytes) -> list[str]:
        """The activities that they read in the newest answers, sorted."""
        async with self.open() as session:
            shown = await exercises.show_exercise(session, call.hex(), await the_exercise(session, call))
            return sorted(str(row["activity"]) for line in shown.answers for row in line.rows)


async def the_exercise(session: Session, call: bytes) -> str:
    """The id of the only exercise."""
    [line] = (await exercises.list_exercises(session, call.hex())).exercises
    return line.exercise


async def answer(session: Session, call: bytes, activity: str = "training") -> str:
    """Answer the only exercise of a call; gives where the answer is safe."""
    row = a_row(activity, "FR")
    given = await exercises.answer_exercise(session, call.hex(), await the_exercise(session, call), answer_of(row))
    return given.saved


async def open_call(session: Session, title: str = CALL) -> bytes:
    """Open a call."""
    opened = await calls.open_call(
        session, title=title, country="FR", starts=datetime(2027, 3, 1, tzinfo=UTC), civic_space="closing", link=""
    )
    return bytes.fromhex(opened.call)


async def invite(
    session: Session, name: str, role: Role = "member", org: str = "Harbour Watch", stay: inviting.Stay | None = None
) -> str:
    """Make an invitation; gives its text."""
    made = await inviting.invite(session, role=role, org=org, label=name, expires=timedelta(days=7), stay=stay)
    return made.invitation


def member_of(view: SpaceView, name: str) -> bytes:
    """The member of that name."""
    return next(member for member in view.chain.roster.members if view.state.name(member) == name)


async def pull_anew(session: Session, space: bytes) -> SpaceView:
    """Verify a call's chain from its beginning, as a device does that has nothing of it yet."""
    view = SpaceView(space, session.member, session.device, await session.view(session.coalition))
    await sync.pull(view, session.transport, session.replica, session.pins)
    return view


async def enter(session: Session, space: bytes, change: e.Change, labels: Labels | None = None) -> SpaceView:
    """Make any entry that the rules allow."""

    async def build(_view: SpaceView) -> Change:
        return Change(change, labels or Labels())

    return await make_change(session, space, build)


@dataclass
class Stage:
    """Everybody, the server, and the call they are in."""

    root: Path
    server: Server
    people: dict[str, Person] = field(default_factory=dict)
    coalition: bytes = b""
    call: bytes = b""

    def __getitem__(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = Person(name, self.root / name, Hostile(self.server))
        return self.people[name]

    @property
    def setup(self) -> str:
        """The text of the setup code."""
        return setup_code(self.server.setup_seed, self.server.public)

    def copy(self, root: Path) -> "Stage":
        """The same scene in another folder, to be played on its own."""
        stage = Stage(root, self.server.copy(), coalition=self.coalition, call=self.call)
        for person in self.people.values():
            shutil.copytree(person.home, stage[person.name].home)
        return stage

    async def welcome(self, name: str, role: Role = "member", by: str = "Sec", org: str = "Harbour Watch") -> None:
        """Invite somebody into the coalition and let them in."""
        async with self[by].open() as session:
            text = await invite(session, name, role, org)
        assert await self[name].join(text) == "waiting"
        async with self[by].open() as session:
            await admitting.admit(session, confirmed=True)
        assert await self[name].join(None) == "joined"

    async def receive(self, name: str, role: Role = "guest", until: datetime | None = None, by: str = "Sec") -> Person:
        """Invite somebody from outside the coalition into the call, and let them in."""
        async with self[by].open() as session:
            text = await invite(session, name, role, "World body", inviting.Stay(self.call.hex(), until))
        assert await self[name].join(text) == "waiting"
        async with self[by].open() as session:
            await admitting.admit(session, confirmed=True)
        assert await self[name].join(None) == "joined"
        return self[name]

    async def set_up(self) -> None:
        """Sec founds; Bob (chair), Ann and Cem join; a call with an exercise, and all three in it."""
        self.coalition = await self["Sec"].found(self.setup)
        for name in ("Bob", "Ann", "Cem"):
            await self.welcome(name, "chair" if name == "Bob" else "member")
        async with self["Sec"].open() as session:
            self.call = await open_call(session)
            await calls.invite_to_call(session, self.call.hex(), ["Bob", "Ann", "Cem"])
            bob = member_of(await session.view(self.coalition), "Bob")
            await enter(session, self.call, e.SetRole([e.NewRole(bob, "chair", None)]))
            await exercises.start_exercise(session, self.call.hex(), "who-does-what", "allies")
        await self.sync("Sec", "Bob", "Ann")

    async def play(self) -> None:
        """Let there be records of both circles, answers and a new epoch."""
        async with self["Bob"].open() as session:
            await calls.code(session, self.call.hex(), roll_call=True)
            await answer(session, self.call, "monitoring")
            await calls.rotate_call(session, self.call.hex())
        await self["Ann"].answer(self.call, "legal aid")

    async def put_up(self, name: str, file: str, content: bytes, circle: Circle = "allies") -> str:
        """Put a file up; gives the document's id."""
        path = self.root / file
        path.write_bytes(content)
        async with self[name].open() as session:
            added = await documents.add_documents(session, self.call.hex(), [path], circle)
        return added.documents[0].document

    async def sync(self, *names: str) -> None:
        """Bring people's profiles up to date."""
        for name in names or tuple(self.people):
            async with self[name].open() as session:
                await session.sync_all()

    async def newcomer(self, name: str) -> Person:
        """Somebody who knows of the call and has nothing of it yet: it was hidden from them so far."""
        person = self[name]
        person.hostile.tell(self.call, lambda _: [])
        async with person.open() as session:
            await session.synced(self.coalition)
        person.hostile.be_honest()
        return person

    @property
    def places(self) -> int:
        """Places in the call's chain, as the server has it."""
        return len(self.server.spaces[self.call].places)


def build(root: Path) -> Stage:
    """The scene, set up once; all but Cem have the call on their computers."""
    stage = Stage(root, Server())
    asyncio.run(stage.set_up())
    return stage


def replica_lines(profile: Profile) -> list[str]:
    """All that stands in a replica but alarms."""
    database = sqlite3.connect(profile.replica)
    try:
        return [line for line in database.iterdump() if not line.startswith('INSERT INTO "alarms"')]
    finally:
        database.close()


def kept(person: Person) -> dict[str, object]:
    """All that a refusal must leave as it was: the replica but for alarms, where the pins stand, keystore, chunks, and
    which files there are.
    """
    profile = Profile(person.home)
    pins = Pins(profile.pins, profile.unlock(LOCK).storage)
    pins.load()
    found = {space: pins.get(space) for space in person.hostile.server.spaces}
    return {
        "replica": replica_lines(profile),
        "pins": {space: pin.at for space, pin in found.items() if pin is not None},
        "keystore": profile.keystore.read_bytes(),
        "chunks": sorted(path.name for path in profile.chunks.iterdir()),
        "files": sorted(path.name for path in person.home.iterdir() if not path.name.startswith("replica.sqlite-")),
    }


@contextmanager
def unchanged(person: Person) -> Iterator[None]:
    """Whatever happens within leaves no trace in the profile but alarms."""
    before = kept(person)
    yield
    assert kept(person) == before


@contextmanager
def proven(*words: str) -> Iterator[None]:
    """Proof of misbehaviour is found, and told in a plain sentence with what to do."""
    with pytest.raises(ProofError) as caught:
        yield
    assert caught.value.exit_code == 3
    check_plain(caught.value)
    for word in words:
        assert word in str(caught.value)


def check_plain(error: SecureCallError, *exit_codes: int) -> None:
    """A sentence for a tired person: whole, short, without ids, codes or names of types; with one of the exit codes."""
    assert not exit_codes or error.exit_code in exit_codes
    message = str(error)
    assert message[0].isupper() or message[0].isdigit() or message[0] == "/"
    assert message[-1] == "."
    assert len(message) < 220
    for alien in ("Error", "0x", "None", "Traceback", "b'", "http_"):
        assert alien not in message
