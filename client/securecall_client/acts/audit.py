"""The audit of a space's keys: who should hold each epoch's, against what its entries list and what is here."""

from collections.abc import Sequence

from securecall.audit import Difference, EpochAudit, audit
from securecall.entries import SpaceKind
from securecall.sentences import sentence
from securecall_client.acts import named
from securecall_client.results.alarms import Audit, EpochLine, Recipient
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def audit_call(session: Session, call: str) -> Audit:
    """Recompute who should hold each epoch's key, and compare. Raises: NotFoundError, ProofError."""
    return _audit(await named.the_call(session, call))


async def audit_all(session: Session) -> Sequence[tuple[SpaceKind, Audit]]:
    """The same of every space that one is in: the coalition, its calls, spaces for two. Raises: ProofError."""
    views = [await session.synced(space) for space in session.spaces()]
    return [(view.chain.kind, _audit(view)) for view in views if view.is_in() and not view.chain.destroyed]


def _audit(view: SpaceView) -> Audit:
    epochs = [_line(view, epoch) for epoch in audit(view.steps)]
    clean = not any(epoch.differences for epoch in epochs)
    return Audit(call=view.space.hex(), title=view.state.title, epochs=epochs, clean=clean)


def _line(view: SpaceView, epoch: EpochAudit) -> EpochLine:
    holders = epoch.holders.values()
    recipients = [
        Recipient(
            member=holder.member.hex(),
            name=view.state.name(holder.member),
            device=holder.device.hex(),
            kind=holder.kind,
        )
        for holder in holders
        if holder.member is not None
    ]
    return EpochLine(
        epoch=epoch.epoch,
        seq=epoch.seq,
        author=epoch.author.hex(),
        author_name=view.state.name(epoch.author),
        recipients=sorted(recipients, key=lambda one: (one.name, one.device, one.kind)),
        differences=[*(_difference(view, one) for one in epoch.differences), *_here(view, epoch)],
    )


def _difference(view: SpaceView, difference: Difference) -> str:
    holder = difference.holder
    whose: str = sentence("device %(device)s", device=holder.device.hex()[:8])
    if holder.member is not None:
        whose = f"{view.state.name(holder.member)}'s {whose}"
    what = {
        "no grant": sentence("%(whose)s counts here and was given no key", whose=whose),
        "another kind": sentence(
            "%(whose)s was given a key of another kind than its member's role calls for", whose=whose
        ),
        "not entitled": sentence("%(whose)s was given a key and does not count here", whose=whose),
    }[difference.lack]
    return sentence("At place %(seq)s, %(what)s.", seq=difference.seq, what=what)


def _here(view: SpaceView, epoch: EpochAudit) -> list[str]:
    """What this device holds of the epoch, against what it should while it is in the call."""
    me = view.me
    if me is None or not view.is_in():
        return []
    should = me.role != "guest" or epoch.epoch >= me.since
    holds = view.ring.holds(epoch.epoch)
    if should == holds:
        return []
    if not should:
        return [sentence("This computer holds this key, which is from before you came as a guest.")]
    fault = view.grant_faults.get(epoch.seq)
    whose = {"server": ": the server gave none, or another", "rotator": ": what its author sealed does not open"}
    return [sentence("This computer should hold this key and does not%(get)s.", get=whose.get(fault or "", ""))]
