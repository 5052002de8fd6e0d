"""A small world for tests: people, their devices, and spaces whose members all keep up.

Helpers are verbs. Every secret of a person or device follows from their name, and minutes are counted, so that
a failing test fails the same way again; only an epoch's seed, nonces and HPKE draw on the system.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec
import pytest
from nacl.signing import SigningKey

from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.errors import InvalidError, Problem
from securecall.identity import AddDevice, DeviceKind, Identity, RemoveDevice, begin, extend
from securecall.labels import Label
from securecall.records import BlobRef, Header, Record
from securecall.rights import Circle, Role
from securecall.situation import ParentView
from securecall.state import CLASS_OF, ENTRY, ChainState, Step
from securecall.statements import Statement
from securecall.wire import Signed, encode
from securecall_keys.author import Author, Draft
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import space_in
from securecall_keys.invitation import InvitationKeys
from securecall_keys.keyring import KeyRing
from securecall_keys.labels import Labels
from securecall_keys.records import seal_record
from securecall_keys.secret import Secret

END = 30_000_000
"""The minute at which stays and invitations end here."""


def seed(*words: object) -> bytes:
    """32 bytes that follow from ``words``."""
    return sha256("/".join(map(str, words)).encode()).digest()


SERVER = bytes(SigningKey(seed("server")).verify_key)
"""The key of the server that orders the chains here; `state` signs with it."""


def make_device(*words: object) -> DeviceKeys:
    """A device whose secret follows from ``words``."""
    return DeviceKeys(Secret(seed("device", *words)))


@dataclass(slots=True)
class Person:
    """A person with their devices, newest last, and their own identity chain."""

    name: str
    member: bytes
    identity: Identity
    items: list[bytes]
    devices: list[DeviceKeys]

    @property
    def device(self) -> DeviceKeys:
        """The first device."""
        return self.devices[0]

    @property
    def head(self) -> bytes:
        """The newest head of the identity chain."""
        return self.identity.head

    def author(self, device: DeviceKeys | None = None) -> Author:
        """This person at one of their devices."""
        return Author(self.member, device or self.device)

    def add_device(self, kind: DeviceKind = "computer", by: DeviceKeys | None = None) -> DeviceKeys:
        """Announce one more device, upon the word of ``by``."""
        device = make_device(self.name, len(self.devices))
        self.extend(AddDevice(device.announce(self.member, kind)), by or self.device)
        self.devices.append(device)
        return device

    def remove_device(self, device: DeviceKeys, by: DeviceKeys | None = None) -> None:
        """Take a device out of the identity."""
        self.extend(RemoveDevice(device.id), by or self.device)

    def extend(self, change: AddDevice | RemoveDevice, by: DeviceKeys) -> None:
        """Add an entry to the identity chain."""
        number = self.identity.number + 1
        item = by.extend_identity(self.member, number, self.head, number, change)
        self.identity = extend(self.identity, item)
        self.items.append(item)

    def news(self, chain: ChainState) -> tuple[bytes, ...]:
        """The identity entries that ``chain`` does not know yet."""
        known = chain.roster.known.get(self.member) if chain.rosters else None
        return tuple(self.items[known.number + 1 if known else 0 :])


def make_person(name: str) -> Person:
    """A person with one computer."""
    device = make_device(name, 0)
    item = device.begin_identity(1)
    identity = begin(item)
    return Person(name, identity.member, identity, [item], [device])


def make_people(count: int) -> list[Person]:
    """Several people, in ascending order of their ids."""
    return sorted((make_person(f"person {n}") for n in range(count)), key=lambda person: person.member)


@dataclass(frozen=True, slots=True)
class Place:
    """What the server hands out for one place."""

    kind: int
    item: bytes
    identities: tuple[bytes, ...] = ()
    grants: dict[bytes, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Space:
    """A space as an honest server and honest clients have it: one chain, and a key ring for each device."""

    chain: SpaceChain
    founder: Person
    places: list[Place] = field(default_factory=list)
    rings: dict[bytes, KeyRing] = field(default_factory=dict)
    devices: dict[bytes, DeviceKeys] = field(default_factory=dict)
    starts: list[e.Start] = field(default_factory=list)
    minute: int = 1
    invited: int = 0

    @property
    def id(self) -> bytes:
        """The space's id."""
        return self.chain.space

    def meet(self, *people: Person) -> None:
        """Learn of people's devices, so that their rings can be kept."""
        self.devices.update({device.id: device for person in people for device in person.devices})

    def ring(self, device: DeviceKeys) -> KeyRing:
        """The key ring that this device has in this space."""
        self.devices[device.id] = device
        return self.rings.setdefault(device.id, KeyRing(self.id, device))

    def take(self, draft: Draft) -> Step:
        """Append an entry; every device that it grants to opens its grant and follows the links, newest first."""
        step = self.chain.append(ENTRY, draft.item, draft.identities)
        self.places.append(Place(ENTRY, draft.item, draft.identities, dict(draft.grants)))
        assert isinstance(step.body, e.Entry)
        for line in step.body.body.grants:
            self._take_grant(step.body.body, line, draft.grants[line.device])
        if step.body.body.start is not None:
            self.starts.append(step.body.body.start)
        for line in step.body.body.grants:
            for start in reversed(self.starts):
                self.ring(self.devices[line.device]).take_links(start, self.chain)
        return step

    def context(self, body: e.EntryBody, line: e.GrantLine) -> GrantContext:
        """The context of a grant that the newest entry lists."""
        epoch, owner = self.chain.epoch, self.chain.roster
        member = next(m.member for m in owner.members.values() if m.device(line.device))
        space = space_in(self.id, epoch)
        return GrantContext(space, epoch, body.previous, self.chain.commits[epoch], member, line.device, line.kind)

    def _take_grant(self, body: e.EntryBody, line: e.GrantLine, box: bytes) -> None:
        ring = self.ring(self.devices[line.device])
        ring.take_grant(box, line, self.context(body, line), self.chain)

    def draft(
        self,
        by: Person,
        change: e.Change,
        *,
        device: DeviceKeys | None = None,
        identities: Sequence[bytes] = (),
        labels: Labels | None = None,
    ) -> Draft:
        """An honest entry, made and not yet appended."""
        self.minute += 1
        author = by.author(device)
        return author.entry(
            self.chain, self.ring(author.device), change, self.minute, identities=identities, labels=labels
        )

    def enter(
        self,
        by: Person,
        change: e.Change,
        *about: Person,
        device: DeviceKeys | None = None,
        labels: Labels | None = None,
    ) -> Step:
        """Make and append an entry; the news of those it is ``about`` come along."""
        self.meet(by, *about)
        identities = [item for person in about for item in person.news(self.chain)]
        return self.take(self.draft(by, change, device=device, identities=identities, labels=labels))

    def invite(self, by: Person, role: Role = "member") -> InvitationKeys:
        """Make one invitation."""
        self.invited += 1
        keys = InvitationKeys(self.id, Secret(seed("invitation", self.invited)[:16]))
        self.enter(by, e.Invite([e.Invitee(keys.public, role, END, b"")]))
        return keys

    def admission(self, person: Person, role: Role, via: InvitationKeys | e.Joining | e.FromParent) -> e.Admission:
        """How ``person`` is admitted: bars none, a guest's end at `END`."""
        if isinstance(via, InvitationKeys):
            via = e.Joining(via.join(role, person.member, person.head))
        return e.Admission(person.member, person.head, [], role, END if role == "guest" else None, via)

    def admit(self, by: Person, person: Person, role: Role, via: InvitationKeys | e.FromParent) -> Step:
        """Admit one person."""
        return self.enter(by, e.Admit([self.admission(person, role, via)]), person)

    def welcome(self, person: Person, role: Role = "member", by: Person | None = None) -> Step:
        """Invite and admit, in two entries."""
        author = by or self.founder
        return self.admit(author, person, role, self.invite(author, role))

    def remove(self, by: Person, *people: Person) -> Step:
        """Take people out."""
        return self.enter(by, e.Remove(sorted(person.member for person in people)))

    def set_role(self, by: Person, person: Person, role: Role) -> Step:
        """Give somebody another role."""
        return self.enter(by, e.SetRole([e.NewRole(person.member, role, END if role == "guest" else None)]))

    def rotate(self, by: Person) -> Step:
        """Start an epoch."""
        return self.enter(by, e.Rotate())

    def name_devices(
        self,
        by: Person,
        person: Person,
        *barred: DeviceKeys,
        device: DeviceKeys | None = None,
    ) -> Step:
        """Name somebody's newest identity head, with the whole list of bars afterwards."""
        bars = sorted(other.id for other in barred)
        return self.enter(by, e.Devices(person.member, person.head, bars), person, device=device)

    def leave(self, by: Person) -> Step:
        """Go."""
        return self.enter(by, e.Leave())

    def claim(self, by: Person, person: Person) -> Step:
        """Claim for somebody."""
        return self.enter(by, e.Claim(person.member))

    def destroy(self, by: Person) -> Step:
        """End the space."""
        return self.enter(by, e.Destroy())

    def header(self, by: Person, circle: Circle = "allies", device: DeviceKeys | None = None) -> Header:
        """The header of the next record of a device; its id follows from the place."""
        key = (device or by.device).id
        n = self.chain.counts.get((key, circle), 0)
        name, seen = seed("record", self.chain.next_seq)[:16], self.chain.seen()
        return Header(self.id, self.chain.epoch, circle, name, by.member, key, n, seen, [], [])

    def seal(self, by: Person, header: Header, content: bytes = b"", device: DeviceKeys | None = None) -> bytes:
        """A record with this header, sealed with what its author holds."""
        key = device or by.device
        return seal_record(header, content, self.ring(key).epoch(self.chain.epoch), key)

    def write(self, by: Person, content: bytes = b"", circle: Circle = "allies", **header: object) -> Step:
        """Write a record; ``header`` replaces fields of its header."""
        item = self.seal(by, replace_in(self.header(by, circle), **header), content)
        step = self.chain.append(CLASS_OF[circle], item)
        self.places.append(Place(CLASS_OF[circle], item))
        return step

    def body(self, by: Person, change: e.Change, device: DeviceKeys | None = None) -> e.EntryBody:
        """The clear body of an entry that follows and grants nothing: what a forger starts from."""
        key = (device or by.device).id
        return e.EntryBody(
            self.id, self.chain.number + 1, self.chain.latest, self.chain.seen(), by.member, key,
            self.minute, change, None, [],
        )  # fmt: skip


def replace_in(header: Header, **fields: object) -> Header:
    """``header`` with other fields; a forger's may hold anything."""
    return msgspec.structs.replace(header, **fields)


def change_body(body: e.EntryBody, **fields: object) -> e.EntryBody:
    """``body`` with other fields; a forger's may hold anything."""
    return msgspec.structs.replace(body, **fields)


def sign_body(device: DeviceKeys, body: e.EntryBody) -> bytes:
    """An entry with this body and empty seals, truly signed."""
    return device.sign(Label.ENTRY, e.Entry(body, e.Sealed(b"", b"")))


def found(
    owner: Person,
    kind: e.SpaceKind = "coalition",
    parent: Space | None = None,
    *,
    labels: Labels | None = None,
    view: ParentView | None = None,
    bars: Sequence[bytes] = (),
) -> Space:
    """A new space of ``owner``; one that hangs on ``parent`` sees it, unless ``view`` says what it sees."""
    hangs_on = e.Parent(parent.id, parent.chain.seen()) if parent else None
    change = e.Create(kind, hangs_on, SERVER, owner.head, list(bars))
    name, draft = owner.author().create(change, owner.items, labels or Labels(), 1)
    space = Space(SpaceChain(name, view or (parent.chain if parent else None)), owner)
    space.meet(owner)
    space.take(draft)
    return space


def open_call(owner: Person, *people: tuple[Person, Role]) -> Space:
    """A call on a coalition that nobody here sees, with people in it who joined by invitation."""
    coalition = found(owner)
    call = found(owner, "call", coalition)
    call.chain.parent = None
    for person, role in people:
        call.welcome(person, role)
    return call


def replay(space: Space, places: Sequence[Place] | None = None) -> SpaceChain:
    """A fresh replica that verifies what the server hands out. Raises: InvalidError, ParentBehindError."""
    chain = SpaceChain(space.id, space.chain.parent)
    for place in space.places if places is None else places:
        chain.append(place.kind, place.item, place.identities)
    return chain


def picture(chain: SpaceChain) -> tuple[object, ...]:
    """All that a refused item must leave as it was."""
    return (
        tuple(chain.heads), len(chain.rosters), chain.rosters and chain.roster, chain.number, chain.latest,
        chain.epoch, dict(chain.starts), dict(chain.commits), dict(chain.counts), set(chain.ids),
        dict(chain.blobs), set(chain.dropped), dict(chain.absent), chain.destroyed, chain.minute,
        tuple(chain.servers),
    )  # fmt: skip


def refuse(space: Space, kind: int, item: bytes, identities: Sequence[bytes] = ()) -> Problem:
    """The problem for which the chain refuses an item; and that nothing changed."""
    before = picture(space.chain)
    with pytest.raises(InvalidError) as caught:
        space.chain.append(kind, item, identities)
    assert picture(space.chain) == before
    return caught.value.problem


def refuse_entry(
    space: Space, by: Person, change: e.Change, /, *about: Person, device: DeviceKeys | None = None, **body: object
) -> Problem:
    """The problem for which an entry, truly signed, is refused; ``body`` replaces fields of its body."""
    forged = change_body(space.body(by, change, device), **body)
    identities = [item for person in about for item in person.news(space.chain)]
    return refuse(space, ENTRY, sign_body(device or by.device, forged), identities)


def refuse_record(space: Space, by: Person, kind: int | None = None, /, **header: object) -> Problem:
    """The problem for which a record, truly signed, is refused."""
    forged = replace_in(space.header(by), **header)
    item = by.device.sign(Label.RECORD, Record(forged, b""))
    return refuse(space, CLASS_OF[forged.circle] if kind is None else kind, item)


def make_blob(*words: object, chunks: int = 1) -> BlobRef:
    """A blob as a record lists it."""
    return BlobRef(seed("blob", *words)[:16], chunks, chunks * 1024)


def state(space: Space, seq: int | None = None, /, *, time: int = 0, newest: bool = True, **fields: object) -> bytes:
    """The server's signed statement about a place, the newest unless named; a liar's ``fields`` may hold anything."""
    at = space.chain.next_seq - 1 if seq is None else seq
    honest = Statement(space.id, at, space.chain.heads[at], time, newest)
    return sign_anything(seed("server"), Label.STATEMENT, encode(msgspec.structs.replace(honest, **fields)))


def sign_anything(secret: bytes, label: Label, payload: bytes) -> bytes:
    """Any payload as a signed thing, whether or not it means something."""
    key = SigningKey(secret)
    return encode(Signed(payload, bytes(key.verify_key), key.sign(label.prefix() + payload).signature))
