"""The state of the line, in what can be known: what is here, what waits, since when the head is confirmed."""

from contextlib import nullcontext

from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts import alarms
from securecall_client.acts.discussing import unread
from securecall_client.acts.waiting import waiting
from securecall_client.confirming import confirmations, confirmed, holds
from securecall_client.errors import NotSentError
from securecall_client.results.status import Confirmer, SpaceLine, Status
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def status(session: Session) -> Status:
    """The state as it is; syncs if the server answers, and sends nothing."""
    for space in session.spaces():
        await session.synced(space)
    return await _status(session)


async def sync(session: Session, *, to_guests: bool = False, unconfirmed: bool = False) -> Status:
    """Fetch and send everything; with ``to_guests`` also what waits for one's word to reach guests who came since.

    The word counts for the guests that this computer knows of by now. With ``unconfirmed`` also what waits because
    nobody else has confirmed for a day what one sees. Raises: OfflineError, NotSentError if the server was not reached.
    """
    count = len(await session.replica.waiting())
    if to_guests:
        for space in session.spaces():
            session.writer.give_word(await session.view(space))
    if not session.reached and count:
        raise NotSentError(
            sentence(
                "%(why)s What you wrote waits here (%(count)s) and goes once it is reached.",
                why=session.line.why,
                count=count,
            )
        )
    session.need_server()
    with session.writer.unconfirmed() if unconfirmed else nullcontext():
        await session.sync_all()
    return await _status(session)


async def _status(session: Session) -> Status:
    views = [await session.view(space) for space in session.spaces()]
    open_alarms = [alarm for alarm in await alarms.standing(session) if not alarm.dismissed]
    return Status(
        spaces=[_line(view, session.member, await unread(session, view)) for view in views if view.chain.heads],
        outbox=len(await session.replica.waiting()),
        waiting=await waiting(session),
        alarms=[alarms.line(alarm) for alarm in open_alarms],
        reached=session.reached,
        why=None if session.reached else session.line.why,
        joining=None,
        lacking=bool(session.line.read_only),
    )


def confirmers(view: SpaceView, me: bytes) -> list[Confirmer]:
    """Who confirms this head, newest first."""
    return [
        Confirmer(
            member=one.member.hex(),
            name=view.state.name(one.member),
            confirmed=clock.iso(one.minute * 60),
            seq=min(one.seen, view.chain.next_seq - 1),
        )
        for one in confirmations(view, me)
        if holds(one)
    ]


def _line(view: SpaceView, me: bytes, unread: int) -> SpaceLine:
    minute = confirmed(view, me)
    return SpaceLine(
        space=view.space.hex(),
        kind=view.chain.kind,
        name=view.state.title,
        seq=view.chain.next_seq - 1,
        head=view.chain.head.hex(),
        epoch=view.chain.epoch,
        confirmed=None if minute is None else clock.iso(minute * 60),
        confirmed_by=confirmers(view, me),
        others=len(view.chain.roster.members.keys() - {me}),
        inside=view.is_in(),
        unread=unread,
        until=None if view.until is None else clock.iso(view.until),
    )
