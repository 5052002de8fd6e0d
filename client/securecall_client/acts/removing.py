"""Taking people out of a call: removal and new key in one entry, and the receipt (protocol 5; row R01)."""

from collections.abc import Collection, Sequence

from securecall import entries as e
from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts.named import find_member, the_call
from securecall_client.changing import Change, change
from securecall_client.confirming import seen_by
from securecall_client.errors import NotFoundError
from securecall_client.results.calls import Receipt, Removal, Removed, SealedRead
from securecall_client.results.common import Named
from securecall_client.sealed_answers import holders
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.readers import could_open
from securecall_client.work.state import Origin
from securecall_keys.labels import Labels


async def remove_from_call(session: Session, call: str, people: list[str]) -> Removed:
    """Remove people from a call. Raises: NotFoundError, RefusedError, OfflineError, ProofError."""
    view = await the_call(session, call)
    gone = sorted({find_member(view, person) for person in people})

    async def build(view: SpaceView) -> Change:
        left = [member for member in gone if member not in view.chain.roster.members]
        if left:
            raise NotFoundError(sentence("%(left)s is not in the call any more.", left=view.state.name(left[0])))
        return Change(e.Remove(gone), Labels())

    after = await change(session, view.space, build)
    return Removed(epoch=after.chain.epoch, receipt=receipt(after, session.member, gone))


async def removals(session: Session, call: str) -> list[Removal]:
    """The removals from a call, the newest first, as the call's chain has them. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    places = [(step.seq, step.body.body.change) for step in view.steps if isinstance(step.body, e.Entry)]
    return [
        Removal(place=seq, receipt=receipt(view, session.member, made.members, seq))
        for seq, made in reversed(places)
        if isinstance(made, e.Remove)
    ]


def receipt(view: SpaceView, me: bytes, gone: list[bytes], place: int | None = None) -> Receipt:
    """What the removal at a place did, by default at the latest entry, as far as this device can know."""
    state, seq = view.state, view.chain.latest_seq if place is None else place
    entry = view.steps[seq].body
    minute = entry.body.minute if isinstance(entry, e.Entry) else clock.minute()
    documents, answers = held(view, seq, gone)
    names = [state.name(member) for member in gone]
    unseen = [
        Named(name=state.name(member))
        for member in sorted(view.chain.roster.members, key=state.name)
        if member != me and seen_by(view, member) < seq
    ]
    return Receipt(
        removed=[Named(name=state.name(member)) for member in gone],
        at=clock.iso(minute * 60),
        documents=documents,
        answers=answers,
        sealed=sealed_read(view, seq, gone),
        keeps=sentence(
            "%(names)s could read what was put up before, and copies already made stay with them.", names=names
        ),
        from_now=sentence(
            "From now on %(names)s can read nothing new %(where)s, and write nothing.", names=names, where=_where(view)
        ),
        new_key_not_seen_by=unseen,
    )


def held(view: SpaceView, seq: int, people: Collection[bytes]) -> tuple[int, int]:
    """How many documents and answers stood before a place that any of these people could open."""
    state, rosters = view.state, [(at, roster) for at, roster in view.chain.rosters if at < seq]

    def could(origin: Origin) -> bool:
        return origin.seq < seq and not could_open(rosters, origin).isdisjoint(people)

    documents = sum(any(could(version.origin) for version in versions) for versions in state.documents.values())
    own, entered = state.answers.values(), state.answers_for.values()
    answers = sum(could(origin) for given in own for origin, answer in given if answer.questions)
    answers += sum(could(origin) for given in entered for origin, _ in given)
    return documents, answers


def sealed_read(view: SpaceView, seq: int, people: Collection[bytes]) -> list[SealedRead]:
    """The sealed answers before a place that any of these people could read as facilitators, since one of their devices
    was given the key.
    """
    state = view.state
    roster = next(roster for at, roster in reversed(view.chain.rosters) if at < seq)
    gone = (roster.members[member] for member in people if member in roster.members)
    devices = {device for member in gone for device in member.identity.devices}
    found = []
    for exercise, sealing in state.sealed.items():
        keys = {key for key, _ in sealing.keys.values() if holders(state, exercise, key) & devices}
        authors = {at.author for at, answer in sealing.answers if at.seq < seq and answer.key in keys}
        if authors and state.is_sealed(exercise):
            names = [Named(name=name) for name in sorted(map(state.name, authors))]
            title = template.parse(state.exercises[exercise][1].template).title
            found.append(SealedRead(exercise=exercise.hex(), title=title, of=names))
    return found


def together(receipts: Sequence[Receipt], name: str, keeps: str, from_now: str) -> Receipt:
    """One receipt for what happened to one person in several spaces."""
    unseen = {each.name for receipt in receipts for each in receipt.new_key_not_seen_by}
    return Receipt(
        removed=[Named(name=name)],
        at=max((receipt.at for receipt in receipts), default=clock.iso(clock.now())),
        documents=sum(receipt.documents for receipt in receipts),
        answers=sum(receipt.answers for receipt in receipts),
        sealed=[read for receipt in receipts for read in receipt.sealed],
        keeps=keeps,
        from_now=from_now,
        new_key_not_seen_by=[Named(name=each) for each in sorted(unseen)],
    )


def _where(view: SpaceView) -> str:
    return sentence("in this call") if view.chain.kind == "call" else sentence("in %(title)s", title=view.state.title)
