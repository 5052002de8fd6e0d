"""People and a call, played honestly, with a note of what its chain refuses at each moment. For `make.py`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256, shake_256
from typing import TypeAlias
from unittest.mock import patch

import msgspec

from securecall import caps
from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.errors import InvalidError
from securecall.identity import AddDevice, begin, extend
from securecall.labels import Label
from securecall.records import Header
from securecall.rights import Role
from securecall.state import CLASS_OF, ENTRY
from securecall.wire import Signed, decode
from securecall_keys import blobs, invitation, keyring, keystore, pages, primitives, sealed_answers
from securecall_keys.author import Author, Draft
from securecall_keys.context import Context, GrantContext, LetterContext, context_bytes
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import space_in
from securecall_keys.invitation import InvitationKeys, seal_letter
from securecall_keys.keyring import KeyRing
from securecall_keys.labels import Labels
from securecall_keys.primitives import seal_to
from securecall_keys.records import seal_record
from securecall_keys.secret import Secret

Document: TypeAlias = dict[str, object]
Grants: TypeAlias = dict[str, str]


def seed(name: str) -> bytes:
    """32 bytes that follow from a name."""
    return sha256(b"securecall vectors " + name.encode()).digest()


@contextmanager
def fixed(grants: Grants) -> Iterator[None]:
    """Random bytes from a stream, and grants from ``grants``; a grant that is not there is made and put there."""
    count = 0

    def random(size: int) -> bytes:
        nonlocal count
        count += 1
        return shake_256(seed(f"random {count}")).digest(size)

    def grant(public: bytes, plaintext: bytes, context: Context) -> bytes:
        name = sha256(public + plaintext + context_bytes(context)).hexdigest()
        if name not in grants:
            grants[name] = seal_to(public, plaintext, context).hex()
        return bytes.fromhex(grants[name])

    with ExitStack() as stack:
        for module in (primitives, blobs, invitation, keystore, pages):
            stack.enter_context(patch.object(module, "random", random))
        for module in (keyring, sealed_answers):
            stack.enter_context(patch.object(module, "seal_to", grant))
        yield


class Person:
    """Somebody with one computer, and perhaps more."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.devices = [DeviceKeys(Secret(seed(f"{name} 0")))]
        self.items = [self.devices[0].begin_identity(1)]
        self.identity = begin(self.items[0])
        self.member = self.identity.member

    def add_device(self) -> None:
        """Announce one more."""
        number = len(self.items)
        new = DeviceKeys(Secret(seed(f"{self.name} {number}")))
        change = AddDevice(new.announce(self.member, "computer"))
        item = self.devices[0].extend_identity(self.member, number, self.identity.head, number, change)
        self.identity = extend(self.identity, item)
        self.items.append(item)
        self.devices.append(new)


class Story:
    """A call from its creation to its end, with every change once; and what must be refused on the way."""

    def __init__(self) -> None:
        self.people = {name: Person(name) for name in ("amina", "ben", "chi", "guest")}
        self.items: list[Document] = []
        self.contents: Document = {}
        self.faults: dict[str, Document] = {}
        self.rings: dict[bytes, KeyRing] = {}
        amina = self.people["amina"]
        parent = e.Parent(seed("parent"), e.Seen(0, seed("parent's head")))
        change = e.Create("call", parent, seed("server"), amina.identity.head, [])
        space, draft = Author(amina.member, amina.devices[0]).create(change, amina.items, Labels(b"", b"Amina"), 1)
        self.chain = SpaceChain(space)
        self.invitations = {
            name: InvitationKeys(space, Secret(seed(f"invitation of {name}")[:16])) for name in (*self.people, "nobody")
        }
        self.take(draft)

    def ring(self, device: DeviceKeys) -> KeyRing:
        """The key ring of a device."""
        return self.rings.setdefault(device.id, KeyRing(self.chain.space, device))

    def take(self, draft: Draft) -> None:
        """Append an entry; whoever is granted something opens it."""
        step = self.chain.append(ENTRY, draft.item, draft.identities)
        grants = {device.hex(): box.hex() for device, box in draft.grants.items()}
        self.items.append(
            {
                "class": ENTRY,
                "item": draft.item.hex(),
                "identities": [item.hex() for item in draft.identities],
                "grants": grants,
            }
        )
        assert isinstance(step.body, e.Entry)  # noqa: S101  for the type checker: a draft is an entry
        body = step.body.body
        for person in self.people.values():
            for device in person.devices:
                for line in (line for line in body.grants if line.device == device.id):
                    context = self.context(body, line, person.member)
                    self.ring(device).take_grant(draft.grants[device.id], line, context, self.chain)

    def context(self, body: e.EntryBody, line: e.GrantLine, member: bytes) -> GrantContext:
        """The context of a grant that the newest entry lists."""
        epoch = self.chain.epoch
        space, commit = space_in(self.chain.space, epoch), self.chain.commits[epoch]
        return GrantContext(space, epoch, body.previous, commit, member, line.device, line.kind)

    def draft(self, name: str, change: e.Change, about: str = "") -> Draft:
        """An honest entry by somebody, with the news of whom it is about."""
        by, identities = self.people[name], list[bytes]()
        if about:
            known = self.chain.roster.known.get(self.people[about].member)
            identities = self.people[about].items[known.number + 1 if known else 0 :]
        author = Author(by.member, by.devices[0])
        minute = len(self.items) + 1
        return author.entry(self.chain, self.ring(by.devices[0]), change, minute, identities=identities)

    def enter(self, name: str, change: e.Change, about: str = "") -> None:
        """Make and append an entry."""
        self.take(self.draft(name, change, about))

    def header(self, name: str, circle: str = "allies") -> Header:
        """The header of somebody's next record."""
        by = self.people[name]
        n = self.chain.counts.get((by.devices[0].id, circle), 0)
        record = seed(f"record {len(self.items)}")[:16]
        return Header(
            self.chain.space,
            self.chain.epoch,
            "everyone" if circle == "everyone" else "allies",
            record,
            by.member,
            by.devices[0].id,
            n,
            self.chain.seen(),
            [],
            [],
        )

    def write(self, name: str, content: str, header: Header) -> None:
        """Append a record."""
        device = self.people[name].devices[0]
        item = seal_record(header, content.encode(), self.ring(device).epoch(self.chain.epoch), device)
        kind = CLASS_OF[header.circle]
        self.contents[str(len(self.items))] = content
        self.chain.append(kind, item)
        self.items.append({"class": kind, "item": item.hex(), "identities": [], "grants": {}})

    def invite(self, *names: tuple[str, Role]) -> None:
        """Invite people, with a letter each."""
        invitees = []
        for name, role in names:
            keys = self.invitations[name]
            context = LetterContext("inviter", self.chain.space, keys.public)
            letter = seal_letter(keys.letter_key, context, b"Amina can admit you")
            invitees.append(e.Invitee(keys.public, role, 30_000_000, letter))
        self.enter("amina", e.Invite(invitees))

    def admission(self, name: str, role: Role) -> e.Admit:
        """Somebody's admission upon their invitation."""
        person = self.people[name]
        request = self.invitations[name].join(role, person.member, person.identity.head)
        ends = 30_000_000 if role == "guest" else None
        return e.Admit([e.Admission(person.member, person.identity.head, [], role, ends, e.Joining(request))])

    def fault(self, name: str, about: str, item: bytes, kind: int = ENTRY, identities: tuple[bytes, ...] = ()) -> None:
        """Note that a chain refuses this item here, and why."""
        try:
            self.chain.check(kind, item, identities)
        except InvalidError as error:
            problem = error.problem.value
        else:
            raise RuntimeError(f"{name} is no fault")
        self.faults[name] = {
            "about": about,
            "after": len(self.items),
            "class": kind,
            "item": item.hex(),
            "identities": [entry.hex() for entry in identities],
            "expect": problem,
        }

    def body(self, name: str, change: e.Change, **fields: object) -> bytes:
        """An entry truly signed, with honest fields but those given, and empty seals."""
        by = self.people[name]
        honest = e.EntryBody(
            self.chain.space,
            self.chain.number + 1,
            self.chain.latest,
            self.chain.seen(),
            by.member,
            by.devices[0].id,
            len(self.items) + 1,
            change,
            None,
            [],
        )
        return by.devices[0].sign(Label.ENTRY, e.Entry(msgspec.structs.replace(honest, **fields), e.Sealed(b"", b"")))

    def spoil(self, name: str, about: str, draft: Draft, fields: Document) -> None:
        """Note the fault of an honest draft whose body has other fields and is signed again."""
        signed = decode(draft.item, Signed, caps.ENTRY_BYTES)
        entry = decode(signed.payload, e.Entry, caps.ENTRY_BYTES)
        by = next(p for p in self.people.values() if p.member == entry.body.author)
        item = by.devices[0].sign(Label.ENTRY, e.Entry(msgspec.structs.replace(entry.body, **fields), entry.sealed))
        self.fault(name, about, item, ENTRY, draft.identities)
