"""A space as this device sees it: its verified chain, the keys held, and the fold of what could be opened.

Pure: places and grants come in, a step or an error comes out; nothing is read or written here.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Literal

from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.identity import Device, owner
from securecall.labels import Label, digest
from securecall.records import Record
from securecall.rights import Circle
from securecall.roster import Member
from securecall.state import ENTRY, EVERYONE, Step
from securecall_client.heard import Echo
from securecall_client.kept import Kept
from securecall_client.parent_window import ParentWindow
from securecall_client.sealed_answers import open_sealed
from securecall_client.transport import Place
from securecall_client.work.fold import fold_absent, fold_entry, fold_record, mark
from securecall_client.work.state import State
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import space_in
from securecall_keys.errors import BadGrantError, CannotOpenError, KeysError, MissingKeyError
from securecall_keys.keyring import KeyRing
from securecall_keys.labels import open_label
from securecall_keys.records import open_record


class SpaceView:
    """One space. `place` takes over the next place; `state` is the fold so far."""

    def __init__(self, space: bytes, member: bytes, device: DeviceKeys, parent: "SpaceView | None" = None) -> None:
        self.space = space
        self.member = member
        self.parent = parent
        self.chain: SpaceChain = SpaceChain(space, ParentWindow(parent) if parent else None)
        self.ring = KeyRing(space, device)
        self.steps: list[Step] = []
        self.echoes: Mapping[bytes, Echo] = {}
        """Member to what their latest beat in answer to one of ours confirmed."""
        self.identities: dict[bytes, list[bytes]] = {}
        """Member to their identity entries, as they came with this chain's entries."""
        self.grant_faults: dict[int, Literal["server", "rotator"]] = {}
        """Places whose grant to this device is missing or bad, and who is to blame."""
        self.until: float | None = None
        """When what is here of a destroyed space goes (unix seconds)."""
        self._kept: Kept | None = None
        self._open: SpaceView | None = None
        self._device = device
        self._starts: dict[int, e.Start] = {}
        self._state = State()
        self._folded = 0
        self._epochs_folded = 0

    def place(self, place: Place, grants: Mapping[int, bytes]) -> Step:
        """Verify the next place and take it over; ``grants`` holds those known, by place.

        Raises: InvalidError, ParentBehindError; then nothing changed.
        """
        if place.item is None:
            step = self.chain.append_absent(place.kind, place.digest)
        else:
            step = self.chain.append(place.kind, place.item, place.identities)
        self.steps.append(step)
        for item in place.identities:
            self.identities.setdefault(owner(item), []).append(item)
        if isinstance(step.body, e.Entry):
            self._take_keys(step.seq, step.body.body, grants.get(step.seq))
        return step

    def is_grant(self, seq: int, box: bytes) -> bool:
        """Whether ``box`` is the very grant that the entry at ``seq`` lists for this device."""
        entry = self.steps[seq].body if 0 <= seq < len(self.steps) else None
        lines = entry.body.grants if isinstance(entry, e.Entry) else []
        return any(line.device == self._device.id and line.digest == digest(Label.GRANT, box) for line in lines)

    def regrant(self, grants: Mapping[int, bytes]) -> None:
        """Try grants again that were missing or bad, with what the server gives now."""
        for seq in sorted(self.grant_faults.keys() & grants.keys()):
            entry = self.steps[seq].body
            if isinstance(entry, e.Entry):
                del self.grant_faults[seq]
                self._take_keys(seq, entry.body, grants[seq])

    def keep(self, kept: Kept) -> None:
        """Fold what is kept in the place of what was wiped."""
        self._kept, self._open = kept, None
        self._state, self._folded = State(title=kept.title), 0

    @property
    def is_wiped(self) -> bool:
        """Whether keys and others' records were wiped here, since this device went from the space or it ended."""
        return self._kept is not None

    def was_in(self) -> bool:
        """Whether this device ever counted in the space."""
        members = (roster.members.get(self.member) for _, roster in self.chain.rosters)
        return any(me is not None and me.device(self._device.id) is not None for me in members)

    def plaintext(self, step: Step) -> bytes | None:
        """What the record at a place says, under its seal; None where that cannot be opened here."""
        if not isinstance(step.body, Record):
            return None
        try:
            return open_record(step.body, self.ring.epoch(step.body.header.epoch))
        except KeysError:
            return None

    def lacks_key(self) -> Literal["server", "rotator"] | None:
        """Who is to blame that this device, which counts here, does not hold the running key; None if it does."""
        if not self.is_in() or self.ring.holds(self.chain.epoch):
            return None
        return self.grant_faults.get(self.chain.starts[self.chain.epoch], "server")

    @property
    def me(self) -> Member | None:
        """This member as the roster has them; None if they are not in the space, or it is not here at all."""
        return self.chain.roster.members.get(self.member) if self.chain.heads else None

    def starts_epochs(self) -> bool:
        """Whether this device makes new keys: a guest may not, and a recovery sheet is not at hand for long."""
        return self.me is not None and self.me.role != "guest" and not self.is_sheet()

    def is_in(self) -> bool:
        """Whether this device counts in the space now; not in one that is not here at all, or was wiped here."""
        return not self.is_wiped and self.me is not None and self.me.device(self._device.id) is not None

    def own_devices(self) -> Mapping[bytes, Device]:
        """The devices of this member that count here, by id."""
        return {device.device: device for device in self.me.devices()} if self.me is not None else {}

    def is_sheet(self) -> bool:
        """Whether this device is a recovery sheet, which may be read off on several computers, one after the other."""
        me = self.chain.roster.known.get(self.member) if self.chain.heads else None
        this = me.devices.get(self._device.id) if me is not None else None
        return this is not None and this.kind == "sheet"

    def is_own(self, step: Step) -> bool:
        """Whether this very device signed what stands at a place."""
        match step.body:
            case e.Entry(body=body):
                return body.device == self._device.id
            case Record(header=header):
                return header.device == self._device.id
            case None:
                return False

    @property
    def state(self) -> State:
        """The fold of all places. Folded anew from the start when a new key may open what did not open."""
        if self._state.unreadable and len(self.ring.epochs()) != self._epochs_folded:
            self._state, self._folded = State(title=self._kept.title if self._kept else ""), 0
        self._epochs_folded = len(self.ring.epochs())
        for step in self.steps[self._folded :]:
            self._state = self._fold(self._state, step)
        self._folded = len(self.steps)
        return self._state

    def as_guest(self, since: int, told: State | None = None) -> "SpaceView":
        """This space as a guest has it who came in epoch ``since``: folded with that guest's keys and bytes alone.

        Where that epoch is still to come, ``told`` is what its guest is told as they come; else a fold to be taken for
        theirs. To be looked at only.
        """
        sight = SpaceView(self.space, self.member, self._device)
        sight.chain, sight.ring = self.chain, self.ring.for_guest(since)
        sight.steps = self._for_guest(since, 0)
        if told is not None:
            sight._state, sight._folded, sight._epochs_folded = told, len(self.steps), len(sight.ring.epochs())
        return sight

    def for_everyone(self) -> "SpaceView":
        """As `as_guest` of whoever was there from the beginning; folded on from where it was folded to last."""
        if self._open is None:
            self._open = self.as_guest(0)
        sight = self._open
        sight.ring = self.ring.for_guest(0)
        sight.steps += self._for_guest(0, len(sight.steps))
        return sight

    def _for_guest(self, since: int, first: int) -> list[Step]:
        """The places from ``first`` on, with the bytes alone that a guest is given who came in an epoch."""
        came = self.chain.starts.get(since, self.chain.next_seq)
        return [
            step if step.kind == ENTRY or (step.kind == EVERYONE and step.seq > came) else replace(step, body=None)
            for step in self.steps[first:]
        ]

    def unsealed(self) -> "SpaceView":
        """This space with the sealed answers that this device can open before they are revealed: one's own, and as a
        facilitator everybody's. To be looked at only.
        """
        sight = copy(self)
        sight._state = open_sealed(self.state, self.space, self.member, self._device)
        return sight

    @staticmethod
    def record_id(step: Step) -> tuple[bytes, bytes] | None:
        """Author and id of the record at a place, if it is one whose bytes are here."""
        return (step.body.header.author, step.body.header.id) if isinstance(step.body, Record) else None

    def epoch_at(self, seq: int) -> int:
        """The epoch that ran just after the place ``seq``."""
        return max((epoch for epoch, start in self.chain.starts.items() if start <= seq), default=0)

    def _take_keys(self, seq: int, body: e.EntryBody, box: bytes | None) -> None:
        line = next((line for line in body.grants if line.device == self._device.id), None)
        if line is not None:
            epoch = self.epoch_at(seq)
            commit, space = self.chain.commits[epoch], space_in(self.space, epoch)
            context = GrantContext(space, epoch, body.previous, commit, self.member, self._device.id, line.kind)
            try:
                if box is None:
                    raise BadGrantError("no grant came")
                self.ring.take_grant(box, line, context, self.chain)
            except KeysError:
                self.grant_faults[seq] = _blame(box, line)
        if body.start is not None:
            self._starts[body.start.epoch] = body.start
        if line is not None:
            self._take_links(self.epoch_at(seq))

    def _take_links(self, epoch: int) -> None:
        """From the newest epoch back, as long as links lead to keys that were not held before."""
        while epoch >= 0:
            held = len(self.ring.epochs())
            self.ring.take_links(self._starts[epoch], self.chain)
            if len(self.ring.epochs()) == held and self.ring.holds(epoch - 1):
                return
            epoch -= 1

    def _fold(self, state: State, step: Step) -> State:
        match step.body:
            case e.Entry(body=body):
                allies, everyone = (self._caption(step, step.body, circle) for circle in ("allies", "everyone"))
                return fold_entry(state, step, body, allies, everyone)
            case Record():
                return self._fold_record(state, step, step.body)
            case None:
                return self._fold_absent(state, step)

    def _fold_absent(self, state: State, step: Step) -> State:
        kept = self._kept.records.get(step.seq) if self._kept else None
        if kept is None:
            return fold_absent(state, step.seq)
        return fold_record(state, replace(step, role=kept.role), Record(kept.header, b""), kept.content)

    def _caption(self, step: Step, entry: e.Entry, circle: Circle) -> bytes:
        """What an entry says to a circle; empty where this device cannot open it."""
        try:
            return open_label(entry, circle, self.ring.epoch(self.epoch_at(step.seq)))
        except KeysError:
            return b""

    def _fold_record(self, state: State, step: Step, record: Record) -> State:
        try:
            plaintext = open_record(record, self.ring.epoch(record.header.epoch))
        except MissingKeyError:
            return fold_absent(mark(state, step.seq, record.header), step.seq)
        except CannotOpenError:
            plaintext = b""
        return fold_record(state, step, record, plaintext)


def _blame(box: bytes | None, line: e.GrantLine) -> Literal["server", "rotator"]:
    """A grant that is not the one its entry signed is the server's doing; what that one holds, its author's."""
    return "server" if box is None or digest(Label.GRANT, box) != line.digest else "rotator"
