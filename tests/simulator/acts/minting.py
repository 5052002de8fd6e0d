"""Entries and records that the server makes with keys of its own, or lets through though nobody may make them."""

from collections.abc import Callable

from nacl.utils import random

from securecall import entries as e
from securecall.records import BlobRef
from securecall_client import clock, content
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_keys.author import Author
from securecall_keys.device import DeviceKeys
from tests.simulator.field import Field, look
from tests.simulator.forging import forge_entry, forge_record
from tests.simulator.hostile import Hostile
from tests.simulator.people import member_of
from tests.simulator.refusal import Act, Lie

Mint = Callable[[SpaceView, Author], Place]
RULES = "breaks the rules"
NEVER = bytes(32)


def by_a_ghost(mint: Mint, *, named: str = "") -> Lie:
    """Show at the end what a device of the server's own signed, as if it were of whom it names, or of nobody."""

    async def lie(field: Field, server: Hostile) -> None:
        view = await field.view("Bob")
        author = member_of(view, named) if named else NEVER
        place = mint(view, Author(author, DeviceKeys.generate()))
        server.tell(field.stage.call, lambda places: [*places, place])

    return lie


def by(name: str, mint: Mint) -> Lie:
    """Show at the end what somebody truly signed, and may not."""

    async def lie(field: Field, server: Hostile) -> None:
        async with field.stage[name].open() as session:
            view = await session.synced(field.stage.call)
            place = mint(view, session.author)
        server.tell(field.stage.call, lambda places: [*places, place])

    return lie


def entry(make: Callable[[SpaceView, Author], e.Change], **body: object) -> Mint:
    """An entry; ``body`` replaces fields of it."""
    return lambda view, author: forge_entry(view, author, make(view, author), **body)


def said(view: SpaceView, device: Author, /, **header: object) -> Place:
    """A record that says nothing."""
    return forge_record(view, device, content.write(content.Empty(asks=False), clock.minute()), **header)


def planted(view: SpaceView, author: Author) -> Place:
    """A file that nobody put up."""
    body = content.Document(random(16), 1, "plan.pdf", "application/pdf", 1, random(16), random(32), [random(32)])
    listed = [BlobRef(body.blob, 1, 1024)]
    return forge_record(view, author, content.write(body, clock.minute()), blobs=listed)


def with_identity(mint: Callable[[SpaceView, Author, bytes], Place]) -> Mint:
    """What brings an identity of its own along."""
    return lambda view, author: mint(view, author, DeviceKeys.generate().begin_identity(1))


def ghost_admitted(view: SpaceView, author: Author, identity: bytes) -> Place:
    """An entry that lets a ghost in, with its identity."""
    admission = e.Admission(random(32), random(32), [], "member", None, e.Joining(random(200)))
    place = forge_entry(view, author, e.Admit([admission]))
    return Place(place.kind, place.digest, place.item, (identity,))


def device_added(view: SpaceView, author: Author, identity: bytes) -> Place:
    """An entry that gives its author another device."""
    place = forge_entry(view, author, e.Devices(author.member, random(32), []))
    return Place(place.kind, place.digest, place.item, (identity,))


MINTING: dict[str, Act] = {
    "writes as nobody": Act("S02 S17", by_a_ghost(said), look, words=RULES),
    "writes as Bob with a device of its own": Act("S03 M01", by_a_ghost(said, named="Bob"), look, words=RULES),
    "plants a file as Bob": Act("S17", by_a_ghost(planted, named="Bob"), look, words=RULES),
    "starts an epoch with a key that it knows": Act(
        "S04 S05", by_a_ghost(entry(lambda _view, _author: e.Rotate()), named="Bob"), look, words=RULES
    ),
    "lets a ghost in as Sec": Act("S02 S03", by_a_ghost(with_identity(ghost_admitted), named="Sec"), look, words=RULES),
    "gives Bob another device": Act("S03", by_a_ghost(with_identity(device_added), named="Bob"), look, words=RULES),
    "removes Ann as Sec": Act(
        "S02", by_a_ghost(entry(lambda view, _author: e.Remove([member_of(view, "Ann")])), named="Sec"), look,
        words=RULES,
    ),
    "destroys the call as Sec": Act(
        "S02", by_a_ghost(entry(lambda _view, _author: e.Destroy()), named="Sec"), look, words=RULES
    ),
    "names itself another key as Sec": Act(
        "S01 S20", by_a_ghost(entry(lambda _view, author: e.Server(author.device.id)), named="Sec"), look, words=RULES
    ),
    "lets through that a chair removes the owner": Act(
        "S02 M07", by("Bob", entry(lambda view, _author: e.Remove([member_of(view, "Sec")]))), look, words=RULES
    ),
    "lets through that a chair makes himself owner": Act(
        "S02 M07",
        by("Bob", entry(lambda _view, author: e.SetRole([e.NewRole(author.member, "owner", None)]))), look, words=RULES,
    ),
    "lets a rotation through that lists no grants": Act(
        "S10 S39", by("Bob", entry(lambda _view, _author: e.Rotate())), look, words=RULES
    ),
    "lets an entry through that hangs on an older one": Act(
        "S11 S27", by("Bob", entry(lambda _view, _author: e.Leave(), previous=NEVER)), look, words=RULES
    ),
    "lets a record through that skips a number": Act(
        "S18", by("Bob", lambda view, author: said(view, author, n=7)), look, words=RULES
    ),
    "lets a record through under an old epoch": Act(
        "S06 M05", by("Bob", lambda view, author: said(view, author, epoch=0)), look, words=RULES
    ),
    "lets a record through that has seen another history": Act(
        "S08 S27", by("Bob", lambda view, author: said(view, author, seen=e.Seen(2, NEVER))), look, words="history"
    ),
    "lets a record through of another call": Act(
        "S12 S30", by("Bob", lambda view, author: said(view, author, space=NEVER)), look, words=RULES
    ),
    "lets a record through in Sec's name": Act(
        "M01 S30", by("Bob", lambda view, author: said(view, author, author=member_of(view, "Sec"))), look, words=RULES
    ),
}  # fmt: skip
