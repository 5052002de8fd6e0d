"""The scene of the hostile acts: a call with some past, news that not everybody has, and people at its door."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from securecall_client.acts import admitting, calls, documents
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from tests.simulator.people import Person, Stage, answer, invite
from tests.simulator.server import Server

PLAN, PLAN_SIZE = "plan.pdf", 1_100_000
"""A document of two chunks."""
NOTE = "note.txt"
"""A document of one."""


@dataclass(frozen=True, slots=True)
class Field:
    """The stage, and what acts need to know of it.

    Ann, Bob and Sec are in the call and have its first ``known`` places; Bob and Sec have the news too: an answer of
    Bob's, a new epoch, another answer. Cem is in the call and has nothing of it. Dora asks to be let in, and Eve
    has an ``invitation``.
    """

    stage: Stage
    known: int
    invitation: str

    @property
    def downloads(self) -> Path:
        """Where files are fetched to."""
        folder = self.stage.root / "downloads"
        folder.mkdir(exist_ok=True)
        return folder

    def copy(self, root: Path) -> "Field":
        """The same in another folder."""
        return replace(self, stage=self.stage.copy(root))

    @property
    def news(self) -> list[Place]:
        """What Ann does not have yet, as the server has it."""
        return self.stage.server.spaces[self.stage.call].places[self.known :]

    def place(self, space: bytes, kind: int) -> Place:
        """The newest entry, or record of a class, in a space."""
        return next(place for place in reversed(self.stage.server.spaces[space].places) if place.kind == kind)

    @property
    def identities(self) -> tuple[bytes, ...]:
        """Identity entries that came with some entry of the coalition."""
        return next(
            place.identities for place in self.stage.server.spaces[self.stage.coalition].places[1:] if place.identities
        )

    async def view(self, name: str) -> SpaceView:
        """The call as far as somebody has it; nothing is asked of the server."""
        async with self.stage[name].open(offline=True) as session:
            return await session.view(self.stage.call)


Attempt = Callable[[Field, Person], Awaitable[None]]
"""What somebody does, such as the functions below."""


def build(root: Path) -> Field:
    """The scene, set up once."""
    return asyncio.run(_set_up(Stage(root, Server())))


async def _set_up(stage: Stage) -> Field:
    await stage.set_up()
    await stage.play()
    for name, size in ((PLAN, PLAN_SIZE), (NOTE, 20)):
        await stage.put_up("Bob", name, bytes(size))
    await stage.sync("Sec", "Bob", "Ann")
    known = stage.places
    await stage["Bob"].answer(stage.call, "shelter")
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
        text, other = await invite(session, "Dora"), await invite(session, "Eve")
    await stage["Bob"].answer(stage.call, "food")
    assert await stage["Dora"].join(text) == "waiting"
    return Field(stage, known, other)


async def look(field: Field, who: Person) -> None:
    """Look at the call."""
    async with who.open() as session:
        await calls.show_call(session, field.stage.call.hex())


async def follow(field: Field, who: Person) -> None:
    """Look at what calls there are."""
    async with who.open() as session:
        await calls.list_calls(session)


async def write(field: Field, who: Person) -> None:
    """Answer the exercise."""
    async with who.open() as session:
        await answer(session, field.stage.call, "training")


async def rotate(field: Field, who: Person) -> None:
    """Make a new key."""
    async with who.open() as session:
        await calls.rotate_call(session, field.stage.call.hex())


async def fetch(field: Field, who: Person) -> None:
    """Fetch the document of two chunks into the download folder, and take it away again."""
    path = field.downloads / "got"
    async with who.open() as session:
        await documents.get_document(session, field.stage.call.hex(), PLAN, path)
    assert path.read_bytes() == bytes(PLAN_SIZE)
    path.unlink()


async def put_up(field: Field, who: Person) -> None:
    """Put a document up."""
    path = field.stage.root / "new.txt"
    path.write_bytes(b"new")
    async with who.open() as session:
        await documents.add_documents(session, field.stage.call.hex(), [path], "allies")


async def admit(_field: Field, who: Person) -> None:
    """Let in whoever asks."""
    async with who.open() as session:
        await admitting.admit(session, confirmed=True)


async def join(field: Field, who: Person) -> None:
    """Ask to be let in with the invitation."""
    await who.join(field.invitation)
