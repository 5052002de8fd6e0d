"""An honest server, kept in memory: the reference that a lying one is held against (`docs/http.md`).

Its attributes may be looked at and changed by tests. It judges items by the same rules as the real one, and
shows each caller as much as that one would; what it is asked comes through `tests.simulator.line`.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from nacl.signing import SigningKey

from securecall import caps
from securecall import entries as e
from securecall.beats import check_beat, read_beat
from securecall.chain import SpaceChain, next_head
from securecall.entry_rules import space_id
from securecall.errors import InvalidError, Problem
from securecall.identity import begin, extend, owner
from securecall.joins import read_join
from securecall.labels import Label, digest
from securecall.records import Record
from securecall.rights import Action, Role, check_right
from securecall.roster import Member, Roster
from securecall.state import ALLIES, ENTRY
from securecall.statements import Hello, Statement, read_login
from securecall.wire import ZERO, Signed, Wire, decode, encode, item_digest, read
from securecall_client.refusals import refused
from securecall_client.transport import Acknowledgement, Hint, Join, Mail, Page, Place
from tests.simulator.forging import entry_in
from tests.world import seed


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a login has proven: a device of a member, the holder of an invitation's, a mailbox's or the setup key."""

    scope: Literal["device", "invitation", "setup", "mailbox"]
    key: bytes
    member: bytes


@dataclass(frozen=True, slots=True)
class Sight:
    """What one caller may see of a chain: up to ``last``; ``role`` is None for an invitee."""

    last: int
    role: Role | None
    came: int
    present: Member | None

    def shows(self, seq: int, kind: int) -> bool:
        """Whether the bytes at a place are for this caller."""
        if kind == ENTRY:
            return True
        return self.role is not None and (self.role != "guest" or (kind != ALLIES and seq > self.came))


@dataclass(slots=True)
class Blob:
    """A blob under way or complete: whose it is, and its chunks."""

    owner: bytes
    chunks: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """A request to join that waits."""

    member: bytes
    request: bytes
    letter: bytes


@dataclass(eq=False, slots=True)
class Listener:
    """A live line: who listens to what, and what is on its way to them; None is its end."""

    server: "Server"
    caller: Caller
    spaces: frozenset[bytes]
    queue: asyncio.Queue[Hint | bytes | None] = field(default_factory=asyncio.Queue)


@dataclass(slots=True)
class Mailbox:
    """Where a member's old device and a new one meet; ``opened`` in unix milliseconds."""

    member: bytes
    device: bytes
    opened: int
    request: bytes | None = None
    answer: bytes | None = None


@dataclass(slots=True)
class Space:
    """A space as the server has it."""

    chain: SpaceChain
    places: list[Place] = field(default_factory=list)
    grants: dict[int, Mapping[bytes, bytes]] = field(default_factory=dict)
    blobs: dict[bytes, Blob] = field(default_factory=dict)
    joins: dict[bytes, Asked] = field(default_factory=dict)

    def rosters(self) -> Iterator[tuple[int, Roster]]:
        """Place and roster wherever it changed, newest first."""
        return reversed(self.chain.rosters)

    def sight_of(self, caller: Caller) -> Sight | None:
        """What a caller sees; None if the space does not exist for them."""
        if caller.scope == "device":
            waits = (key for key, asked in self.joins.items() if asked.member == caller.member)
            return self._device(caller) or self._invitee(next(waits, b""))
        return self._invitee(caller.key)

    def _device(self, caller: Caller) -> Sight | None:
        last, present = self.chain.next_seq - 1, True
        for seq, roster in self.rosters():
            member = roster.members.get(caller.member)
            if member is not None and member.device(caller.key) is not None:
                return Sight(last, member.role, self.chain.starts[member.since], member if present else None)
            last, present = seq, False
        return None

    def _invitee(self, key: bytes) -> Sight | None:
        invitation = self.chain.invitations.standing(key)
        return None if invitation is None else Sight(invitation.made, None, invitation.made, None)


class Server:
    """One server. ``page`` is how many places it shows at once, ``ahead`` how far its clock is off (ms)."""

    def __init__(self, name: str = "server", page: int = 500) -> None:
        self.name, self.page, self.ahead = name, page, 0
        self._key = SigningKey(seed("server", name))
        self.public = bytes(self._key.verify_key)
        self.setup_seed = seed("setup", name)
        self.setup_key = bytes(SigningKey(self.setup_seed).verify_key)
        self.founder, self.coalition = b"", b""
        self.spaces: dict[bytes, Space] = {}
        self.members: dict[bytes, list[bytes]] = {}
        self.devices: dict[bytes, tuple[bytes, bytes]] = {}
        """Device to its member and login key."""
        self.removed: dict[bytes, tuple[bytes, bytes]] = {}
        """The same of devices that were removed."""
        self.mailboxes: dict[bytes, Mailbox] = {}
        self.listeners: list[Listener] = []
        self.restored = False
        """Whether it was put back from a backup; ``lifted`` are the spaces that go on since."""
        self.lifted: set[bytes] = set()
        self.pretends = False
        """Whether it acts as if every space were its own to go on with: a twin does, which has another key."""
        self._time = 0

    def copy(self, name: str = "") -> "Server":
        """The same server with a history of its own from here on; with another name, it has another key."""
        twin = Server(name or self.name, self.page)
        twin.founder, twin.coalition, twin.ahead = self.founder, self.coalition, self.ahead
        twin.restored, twin.lifted, twin.pretends = self.restored, set(self.lifted), self.pretends or bool(name)
        twin.members = {member: list(items) for member, items in self.members.items()}
        twin.devices, twin.removed = dict(self.devices), dict(self.removed)
        for known, space in self.spaces.items():
            twin.spaces[known] = other = Space(twin.chain(known, space.chain.hangs_on))
            for place in space.places:
                if place.item is None:
                    other.chain.append_absent(place.kind, place.digest)
                else:
                    other.chain.append(place.kind, place.item, place.identities)
            other.places, other.grants = list(space.places), dict(space.grants)
            other.blobs = {blob: Blob(each.owner, dict(each.chunks)) for blob, each in space.blobs.items()}
            other.joins = dict(space.joins)
        return twin

    def restore(self) -> "Server":
        """What a backup of now would be, put back: the same server, with the same key."""
        backup = self.copy()
        backup.restored, backup.lifted = True, set()
        return backup

    def is_read_only(self, name: bytes) -> bool:
        """Whether nothing new is taken for a space that is here."""
        if self.pretends:
            return False
        held = self.restored and name not in self.lifted
        chain = self.spaces[name].chain
        above = [self.spaces[chain.hangs_on.space].chain] if chain.hangs_on else []
        return held or any(one.server != self.public for one in (chain, *above))

    def need_open(self, name: bytes) -> None:
        """Refuse while nothing new is taken."""
        if self.is_read_only(name):
            raise refused("read-only")

    def put_back(
        self, caller: Caller, name: bytes, first: int, places: Sequence[Place], rest: bytes, end: bytes
    ) -> int:
        """Take over places that lead to a head that the space's server has signed."""
        space = self.spaces.get(name)
        if space is None:
            create = entry_in(places[0].item or b"").body.change
            assert isinstance(create, e.Create)
            if create.server == self.public and not self.restored:
                raise refused("conflict")
            if create.kind == "coalition":
                if self.coalition or caller.member != self.founder:
                    raise refused("setup-code-used")
                self.coalition = name
            space, trusted = Space(self.chain(name, create.parent)), {self.public}
            if create.parent is not None:
                trusted |= {key for _, key in self.spaces[create.parent.space].chain.servers}
        else:
            trusted = {self.public, *(key for _, key in space.chain.servers)}
            if not self.is_read_only(name):
                raise refused("conflict")
        tried = self._tried(name, space, first, places)
        digests = [(place.kind, place.digest) for place in places]
        digests += [(rest[at], rest[at + 1 : at + 33]) for at in range(0, len(rest), 33)]
        head = tried.heads[first - 1] if first else ZERO
        for kind, each in digests:
            head = next_head(head, kind, each)
        if not first and tried.hangs_on is None:
            trusted |= {key for _, key in tried.servers}
        signed = read(end, Label.STATEMENT, Statement, caps.STATEMENT_BYTES)
        wanted = (name, first + len(digests) - 1, head)
        if signed.key not in trusted or (signed.value.space, signed.value.seq, signed.value.head) != wanted:
            raise InvalidError(Problem.BAD_SEEN, "places that lead to no head that the server has signed")
        space.chain = tried
        space.places += places[len(space.places) - first :]
        self.spaces[name] = space
        for place in places:
            self.know(place.identities)
        return len(space.places)

    def _tried(self, name: bytes, space: Space, first: int, places: Sequence[Place]) -> SpaceChain:
        """The space's chain with these places, on a copy."""
        chain = self.chain(name, space.chain.hangs_on or _parent(places[0]))
        for place in [*space.places[:first], *places] if first <= len(space.places) else []:
            if chain.next_seq < len(space.places) and space.places[chain.next_seq].digest != place.digest:
                raise refused("conflict")
            chain.append(place.kind, place.item or b"", place.identities)
        if not chain.heads:
            raise refused("conflict")
        return chain

    def lift(self, caller: Caller, name: bytes, at: e.Seen) -> None:
        """Let a space go on, at the word of an owner of it or of its parent who is in it."""
        space, sight = self.sight(name, caller)
        parent = space.chain.hangs_on
        rosters = [space.chain.roster, *([self.spaces[parent.space].chain.roster] if parent else [])]
        if sight.present is None or not any(caller.member == o.member for one in rosters for o in one.owners()):
            raise refused("no-right")
        if at != space.chain.seen():
            raise refused("conflict")
        self.lifted.add(name)

    def chain(self, space: bytes, parent: e.Parent | None) -> SpaceChain:
        """An empty chain, with its parent's beside it."""
        return SpaceChain(space, self.spaces[parent.space].chain if parent else None)

    def now(self) -> int:
        """Unix milliseconds, never the same twice, so that every statement has its own time."""
        self._time = max(self._time + 1, time.time_ns() // 1_000_000 + self.ahead)
        return self._time

    def sign(self, label: Label, value: Wire) -> bytes:
        """Sign as this server."""
        payload = encode(value)
        return encode(Signed(payload, self.public, self._key.sign(label.prefix() + payload).signature))

    def statement(self, space: bytes, seq: int, head: bytes, *, newest: bool) -> bytes:
        """A signed statement, as of now."""
        return self.sign(Label.STATEMENT, Statement(space, seq, head, self.now(), newest))

    def hello(self, mine: bytes, theirs: bytes) -> bytes:
        """The signed greeting."""
        return self.sign(Label.HELLO, Hello(self.public, mine, theirs))

    def log_in(self, proof: bytes) -> Caller:
        """Whom a proof proves."""
        login = read_login(proof)
        subject = login.value.subject
        if login.value.server != self.public:
            raise refused("unauthorized")
        member, key = self.devices.get(subject, (b"", b""))
        if key and key == login.key:
            return Caller("device", subject, member)
        member, key = self.removed.get(subject, (b"", b""))
        if key and key == login.key:
            raise refused("unauthorized", tuple(self.members[member]))
        stranger = refused("read-only" if self.restored and self.coalition not in self.lifted else "unauthorized")
        if subject != login.key:
            raise stranger
        if subject == self.setup_key:
            if self.coalition:
                raise refused("setup-code-used")
            return Caller("setup", subject, b"")
        for space in self.spaces.values():
            if space.chain.invitations.standing(subject) is not None:
                return Caller("invitation", subject, b"")
            if space.chain.invitations.made(subject) is not None:
                raise refused(Problem.BAD_INVITE)
        if self._standing(subject) is not None:
            return Caller("mailbox", subject, b"")
        raise stranger

    def open_mailbox(self, caller: Caller, key: bytes) -> None:
        """Open a mailbox in place of the member's last one."""
        if caller.scope != "device" or key in self.mailboxes:
            raise refused("unauthorized" if caller.scope != "device" else "conflict")
        self.mailboxes = {known: box for known, box in self.mailboxes.items() if box.member != caller.member}
        self.mailboxes[key] = Mailbox(caller.member, caller.key, self.now())

    def put_mail(self, caller: Caller, key: bytes, mail: bytes) -> None:
        """Take a message from one of the two, once."""
        box = self._box(caller, key)
        side = "request" if caller.key == key else "answer"
        if getattr(box, side) not in (None, mail):
            raise refused("conflict")
        setattr(box, side, mail)

    def mail(self, caller: Caller, key: bytes) -> Mail:
        """What is in a mailbox, for the two."""
        box = self._box(caller, key)
        return Mail(box.request, box.answer)

    def _box(self, caller: Caller, key: bytes) -> Mailbox:
        box = self._standing(key)
        if box is None or caller.key not in (key, box.device):
            raise refused("not-found")
        return box

    def _standing(self, key: bytes) -> Mailbox | None:
        box = self.mailboxes.get(key)
        return box if box is not None and self.now() - box.opened < caps.LINKING_SECONDS * 1_000 else None

    def sight(self, name: bytes, caller: Caller) -> tuple[Space, Sight]:
        """A space and what the caller sees of it."""
        space = self.spaces.get(name)
        sight = space.sight_of(caller) if space else None
        if space is None or sight is None:
            raise refused("read-only" if self.restored else "not-found")
        return space, sight

    def open_member(self, caller: Caller, items: Sequence[bytes]) -> None:
        """Take over an identity."""
        if caller.scope == "device":
            raise refused("unauthorized")
        member = begin(items[0]).member
        self.know(items)
        if caller.scope == "setup":
            self.founder = member

    def know(self, items: Sequence[bytes]) -> None:
        """Take over what is new of identity entries that were verified."""
        for item in items:
            entries = self.members.setdefault(owner(item), [])
            if item not in entries:
                entries.append(item)
        for member in {owner(item) for item in items}:
            first, *rest = self.members[member]
            identity = begin(first)
            for item in rest:
                identity = extend(identity, item)
            for device in identity.devices.values():
                self.devices.pop(device.device, None)
                (self.devices if device.live else self.removed)[device.device] = member, device.login

    def create(
        self, caller: Caller, item: bytes, identities: Sequence[bytes], grants: Mapping[bytes, bytes]
    ) -> Acknowledgement:
        """Begin a space; the same again is answered the same."""
        payload = decode(item, Signed, caps.ENTRY_BYTES).payload
        name = space_id(payload)
        body = decode(payload, e.Entry, caps.ENTRY_BYTES).body
        if body.author != caller.member or not isinstance(body.change, e.Create):
            raise InvalidError(Problem.NO_RIGHT, "a space is begun by its author")
        if name in self.spaces:
            return self.receipt(name, 0)
        if body.change.kind == "coalition":
            if body.author != self.founder or self.coalition:
                raise refused("setup-code-used")
            self.coalition = name
        if body.change.parent is not None:
            self.need_open(body.change.parent.space)
        self.spaces[name] = Space(self.chain(name, body.change.parent))
        self.lifted.add(name)
        return self._take(name, ENTRY, item, identities, grants)

    def append(
        self,
        caller: Caller,
        name: bytes,
        kind: int,
        item: bytes,
        identities: Sequence[bytes],
        grants: Mapping[bytes, bytes],
    ) -> Acknowledgement:
        """Take an item, or answer with the receipt of one that is there."""
        space, sight = self.sight(name, caller)
        if sight.role is None:
            raise refused("not-found")
        known = item_digest(item, Label.ENTRY if kind == ENTRY else Label.RECORD)
        for seq, place in enumerate(space.places):
            if place.digest == known:
                return self.receipt(name, seq)
        if not self._comes_here(space, kind, item):
            self.need_open(name)
        return self._take(name, kind, item, identities, grants)

    def _comes_here(self, space: Space, kind: int, item: bytes) -> bool:
        """Whether an item is the `server` entry by which a space comes to this server."""
        change = entry_in(item).body.change if kind == ENTRY else None
        return isinstance(change, e.Server) and change.key == self.public != space.chain.server

    def _take(
        self, name: bytes, kind: int, item: bytes, identities: Sequence[bytes], grants: Mapping[bytes, bytes]
    ) -> Acknowledgement:
        space = self.spaces[name]
        step = space.chain.check(kind, item, identities)
        match step.body:
            case e.Entry(body=body):
                _check_boxes(body.grants, grants)
            case Record(header=header):
                for ref in header.blobs:
                    blob = space.blobs.get(ref.blob)
                    if blob is None or blob.owner != header.author or blob.chunks.keys() != set(range(ref.chunks)):
                        raise refused("not-complete")
        space.chain.commit(step)
        space.places.append(Place(kind, step.digest, item, tuple(identities)))
        space.grants[step.seq] = dict(grants)
        _let_go(space, step.body)
        space.joins = {key: asked for key, asked in space.joins.items() if space.chain.invitations.standing(key)}
        self.know(identities)
        for listener in self.listeners:
            self._hint(listener, name)
        return self.receipt(name, step.seq)

    def listen(self, caller: Caller, spaces: Sequence[bytes]) -> Listener:
        """A live line, with the first hints on it."""
        listener = Listener(self, caller, frozenset(spaces))
        self.listeners.append(listener)
        for space in spaces:
            self._hint(listener, space)
        return listener

    def _hint(self, listener: Listener, name: bytes) -> None:
        space = self.spaces.get(name) if name in listener.spaces else None
        sight = space.sight_of(listener.caller) if space else None
        if sight is not None:
            listener.queue.put_nowait(Hint(name, sight.last))

    def beat(self, sender: Listener, data: bytes) -> None:
        """Hand a good beat on to the others in the call who listen; drop any other."""
        with suppress(InvalidError):
            beat = read_beat(data)
            header, caller = beat.value.header, sender.caller
            if (header.author, header.device) != (caller.member, caller.key) or header.space not in sender.spaces:
                return
            space = self.spaces[header.space]
            check_beat(space.chain, beat)
            for listener in self.listeners:
                sight = space.sight_of(listener.caller) if header.space in listener.spaces else None
                if listener is not sender and sight is not None and sight.present is not None:
                    listener.queue.put_nowait(data)

    def receipt(self, name: bytes, seq: int) -> Acknowledgement:
        """The receipt for a place."""
        heads = self.spaces[name].chain.heads
        return Acknowledgement(
            seq, heads[seq - 1] if seq else ZERO, self.statement(name, seq, heads[seq], newest=False)
        )

    def shown(self, name: bytes, caller: Caller) -> list[Place]:
        """The whole chain as this caller may see it."""
        space, sight = self.sight(name, caller)
        return [
            place if sight.shows(seq, place.kind) else Place(place.kind, place.digest, None, place.identities)
            for seq, place in enumerate(space.places[: sight.last + 1])
        ]

    def page_of(self, name: bytes, places: Sequence[Place], first: int, head: bytes, *, newest: bool = True) -> Page:
        """A page of a history that ends with ``head``, and the statement about its end."""
        read_only = self.is_read_only(name)
        end = self.statement(name, len(places) - 1, head, newest=newest and not read_only)
        return Page(tuple(places[first : first + self.page]), end, read_only)

    def put_join(self, caller: Caller, name: bytes, request: bytes, letter: bytes) -> None:
        """Keep a request to join."""
        join = read_join(request)
        space = self.spaces.get(name)
        standing = space.chain.invitations.standing(join.key) if space else None
        if space is None or standing is None or (join.value.role, join.value.member) != (standing.role, caller.member):
            raise refused(Problem.BAD_INVITE)
        self.need_open(name)
        space.joins[join.key] = Asked(caller.member, request, letter)

    def joins(self, caller: Caller, name: bytes) -> list[Join]:
        """Who asks to be let in."""
        space, sight = self.sight(name, caller)
        if sight.present is None:
            raise refused("not-found")
        check_right(sight.present.role, Action.ADMIT, "member")
        return [Join(each.request, each.letter, tuple(self.members[each.member])) for each in space.joins.values()]


def _parent(first: Place) -> e.Parent | None:
    change = entry_in(first.item or b"").body.change if first.kind == ENTRY else None
    return change.parent if isinstance(change, e.Create) else None


def _let_go(space: Space, body: e.Entry | Record | None) -> None:
    """Keep nothing of what the item drops; of a space that it destroys, entries and digests alone."""
    if isinstance(body, Record):
        space.blobs = {blob: kept for blob, kept in space.blobs.items() if blob not in body.header.drops}
    if space.chain.destroyed:
        space.places = [place if place.kind == ENTRY else replace(place, item=None) for place in space.places]
        space.grants, space.blobs, space.joins = {}, {}, {}


def _check_boxes(lines: Sequence[e.GrantLine], grants: Mapping[bytes, bytes]) -> None:
    wanted = {line.device: line.digest for line in lines}
    if {device: digest(Label.GRANT, box) for device, box in grants.items()} != wanted:
        raise InvalidError(Problem.BAD_GRANTS, "other grants beside the entry than it lists")
