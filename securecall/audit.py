"""Who should hold each epoch's keys, from a verified chain, against the grants that its entries list (protocol 6).

The rules for an entry make the two agree one entry at a time (`securecall.epochs`). This looks at whole epochs
instead, from the rosters alone, so that a mistake there would show here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from securecall import entries as e
from securecall.roster import Roster
from securecall.state import Step

Lack = Literal["no grant", "another kind", "not entitled"]


@dataclass(frozen=True, slots=True)
class Holder:
    """A device with the kind of grant that it should hold, or was given."""

    member: bytes | None
    device: bytes
    kind: e.GrantKind


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the grants of the entry at ``seq`` are not what the roster right after it calls for."""

    seq: int
    holder: Holder
    lack: Lack


@dataclass(slots=True)
class EpochAudit:
    """One epoch: the place of the entry that starts it and its author, and every device that should hold its keys."""

    epoch: int
    seq: int
    author: bytes
    holders: dict[tuple[bytes, e.GrantKind], Holder] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


def audit(steps: Sequence[Step]) -> list[EpochAudit]:
    """Every epoch of a verified chain, oldest first."""
    epochs: list[EpochAudit] = []
    given: set[tuple[bytes, e.GrantKind]] = set()
    for step in steps:
        if not isinstance(step.body, e.Entry) or step.roster is None:
            continue
        body = step.body.body
        if body.start is not None:
            epochs.append(EpochAudit(body.start.epoch, step.seq, body.author))
            given = set()
        wanted = {(holder.device, holder.kind): holder for holder in entitled(step.roster)}
        listed = {(line.device, line.kind) for line in body.grants}
        given |= listed
        epochs[-1].holders |= wanted
        epochs[-1].differences += _differences(step.seq, wanted, listed, given)
    return epochs


def entitled(roster: Roster) -> Iterator[Holder]:
    """Every device that counts, with what its member's role entitles it to."""
    for member in roster.members.values():
        for device in member.devices():
            yield Holder(member.member, device.device, "everyone" if member.role == "guest" else "seed")


def _differences(
    seq: int,
    wanted: dict[tuple[bytes, e.GrantKind], Holder],
    listed: set[tuple[bytes, e.GrantKind]],
    given: set[tuple[bytes, e.GrantKind]],
) -> Iterator[Difference]:
    devices = {device for device, _ in given}
    for key, holder in wanted.items():
        # A seed opens whatever a guest's grant does.
        if key not in given and (holder.device, "seed") not in given:
            yield Difference(seq, holder, "another kind" if holder.device in devices else "no grant")
    for device, kind in sorted(listed - wanted.keys()):
        yield Difference(seq, Holder(None, device, kind), "not entitled")
