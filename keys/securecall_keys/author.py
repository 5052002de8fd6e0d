"""Making entries: judged by the same rules that will check them, with their epoch, grants and seals.

An attempt's seed is fresh every time: a refused attempt's grants lie on the server, so its seed is burnt
(protocol 6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from securecall import entries as e
from securecall.entry_rules import Outcome, judge, space_id
from securecall.identity import begin, extend
from securecall.labels import Label, digest
from securecall.roster import Member, Roster, founded
from securecall.state import ChainState
from securecall.wire import ZERO, Signed, decode
from securecall_keys.context import GrantContext
from securecall_keys.device import DeviceKeys
from securecall_keys.epoch import EpochKeys, space_in
from securecall_keys.errors import MissingKeyError
from securecall_keys.keyring import KeyRing, make_grant
from securecall_keys.labels import Labels, seal_labels
from securecall_keys.primitives import fresh


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry ready to be sent: its bytes, the identity entries and the grants (device to box) beside it."""

    item: bytes
    identities: tuple[bytes, ...]
    grants: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Author:
    """One device of one member. Minutes are unix time in minutes, handed in by the caller."""

    member: bytes
    device: DeviceKeys

    def create(self, change: e.Create, identities: Sequence[bytes], labels: Labels, minute: int) -> tuple[bytes, Draft]:
        """A new space's id and its entry 0; ``identities`` is this member's whole identity chain."""
        identity = begin(identities[0])
        for item in identities[1:]:
            identity = extend(identity, item)
        me = Member(self.member, "owner", identity, frozenset(change.barred), 0, None)
        roster = founded(me)
        outcome = Outcome(roster, "owner", starts=True, grants=roster.recipients())
        keys = EpochKeys.from_seed(ZERO, 0, fresh())
        draft = self._draft(ChainState(ZERO), change, outcome, [keys], [], labels, identities, minute)
        return space_id(decode(draft.item, Signed, len(draft.item)).payload), draft

    def entry(
        self,
        chain: ChainState,
        ring: KeyRing,
        change: e.Change,
        minute: int,
        *,
        identities: Sequence[bytes] = (),
        labels: Labels | None = None,
    ) -> Draft:
        """The entry that makes ``change`` at the end of ``chain``.

        An entry that grants and says nothing needs no key, and its seals are then empty. Raises: InvalidError where
        the rules refuse it; MissingKeyError where this device cannot grant it, or say what it says.
        """
        outcome = judge(chain, self.member, self.device.id, change, identities)
        keys, links = ring.epochs(), []
        if outcome.starts:
            new = EpochKeys.from_seed(chain.space, chain.epoch + 1, fresh())
            links = [e.Link(older.epoch, new.link(older)) for older in ring.to_link(chain.epoch)]
            keys = [*keys, new]
        return self._draft(chain, change, outcome, keys, links, labels or Labels(), identities, minute)

    def word(self, chain: ChainState, ring: KeyRing, change: e.Change, minute: int, labels: Labels) -> bytes:
        """A signed entry that is its author's word and nothing else: it follows no entry, so no chain ever takes it.

        Raises: MissingKeyError without the running epoch's key.
        """
        body = e.EntryBody(
            chain.space, chain.number + 1, ZERO, chain.seen(), self.member, self.device.id, minute, change, None, []
        )
        sealed = seal_labels(labels, body, ring.epoch(chain.epoch))
        return self.device.sign(Label.ENTRY, e.Entry(body, sealed))

    def _draft(
        self,
        chain: ChainState,
        change: e.Change,
        outcome: Outcome,
        keys: Sequence[EpochKeys],
        links: list[e.Link],
        labels: Labels,
        identities: Sequence[bytes],
        minute: int,
    ) -> Draft:
        epoch = chain.epoch + outcome.starts
        running = keys[-1] if keys and keys[-1].epoch == epoch else None
        if running is None and (outcome.grants or labels != Labels()):
            raise MissingKeyError("the running epoch's key is not held on this device")
        start = e.Start(epoch, running.commit(), links) if running is not None and outcome.starts else None
        lines, grants = _grants(chain, outcome, keys) if outcome.grants else ([], {})
        new = not chain.heads
        body = e.EntryBody(
            ZERO if new else chain.space,
            chain.number + 1,
            chain.latest,
            chain.seen(),
            self.member,
            self.device.id,
            minute,
            change,
            start,
            lines,
        )
        sealed = seal_labels(labels, body, running) if running is not None else e.Sealed(b"", b"")
        item = self.device.sign(Label.ENTRY, e.Entry(body, sealed))
        return Draft(item, tuple(identities), grants)


def _grants(
    chain: ChainState, outcome: Outcome, keys: Sequence[EpochKeys]
) -> tuple[list[e.GrantLine], dict[bytes, bytes]]:
    sealing = _sealing_keys(outcome.roster)
    running, lines, grants = keys[-1], [], {}
    commit, space = running.commit(), space_in(chain.space, running.epoch)
    for device, kind in outcome.grants.items():
        member, public = sealing[device]
        context = GrantContext(space, running.epoch, chain.latest, commit, member.member, device, kind)
        granted = [running] if kind == "seed" else [k for k in keys if k.epoch >= member.since]
        grants[device] = make_grant(public, context, granted)
        lines.append(e.GrantLine(device, kind, digest(Label.GRANT, grants[device])))
    return lines, grants


def _sealing_keys(roster: Roster) -> dict[bytes, tuple[Member, bytes]]:
    return {
        device.device: (member, device.sealing) for member in roster.members.values() for device in member.devices()
    }
