"""Country calls: open, show, invite, rotate, close, and the roster code (protocol 5, 13)."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Literal

from nacl.utils import random

from securecall import entries as e
from securecall.code import roster_code
from securecall.errors import Problem
from securecall.roster import Member
from securecall.sentences import sentence
from securecall_client import clock, content
from securecall_client.acts.guests import as_guest, called
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.rights import need_keeper, need_open, phase
from securecall_client.apart import let_in
from securecall_client.captions import MemberName
from securecall_client.changing import Change, change, create, rotation
from securecall_client.errors import NotFoundError, OfflineError
from securecall_client.notices import make_notices
from securecall_client.refusals import SENTENCES
from securecall_client.results.calls import Call, CallMember, Calls, CallState, Code, InvitedToCall, Opened, Rotated
from securecall_client.session import Session
from securecall_client.text import clean_name
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.captioning import captions
from securecall_client.work.fold_parts import is_open, point_now
from securecall_client.work.places import read_place


async def open_call(
    session: Session,
    *,
    title: str,
    country: str,
    starts: datetime,
    civic_space: Literal["", "closing", "opening"],
    link: str,
) -> Opened:
    """Open a call in the coalition; one is alone in it until people are invited.

    Raises: OfflineError, RefusedError, TextError, WorkError (no such country).
    """
    title, country = clean_name(title, what=sentence("title")), read_place(country)
    session.need_server()
    coalition = await session.synced(session.coalition)
    me = session.need_to_be_in(coalition)
    await _tell_of_same_title(session, title)
    aliases = await called(session, coalition, [session.member])
    parent = e.Parent(coalition.space, coalition.chain.seen())
    change = e.Create("call", parent, coalition.chain.server, me.identity.head, sorted(me.barred))
    labels = captions(title, _names(coalition, [session.member]), aliases=aliases)
    view = await create(session, change, labels, coalition.space)
    info = content.CallInfo(title, country, int(starts.timestamp()), civic_space, link)
    await session.writer.write(view.space, info, "everyone")
    await _tell(session, coalition, view, [me])
    return Opened(call=view.space.hex())


async def _tell_of_same_title(session: Session, title: str) -> None:
    """Say so if an open call has this title already: each is then to be named by its id."""
    for space in session.spaces():
        view = await session.view(space)
        if view.chain.kind == "call" and view.state.title == title and phase(view) == "open":
            session.say.line(
                sentence(
                    "There is an open call %(title)s already (%(space)s). This is another one.",
                    title=title,
                    space=space.hex()[:8],
                )
            )


async def list_calls(session: Session) -> Calls:
    """Every call this profile takes part in, the newest first."""
    await session.synced(session.home)
    views = [await session.synced(space) for space in session.spaces()]
    calls = [
        describe(view, session.member)
        for view in views
        if view.chain.kind == "call" and view.chain.heads and not (view.is_wiped and view.chain.destroyed)
    ]
    return Calls(calls=sorted(calls, key=lambda call: (call.starts, call.call), reverse=True))


async def show_call(session: Session, call: str, *, guests: bool = False) -> Call:
    """One call; with ``guests`` as a guest sees it now. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    return describe(await as_guest(session, view) if guests else view, session.member)


def describe(view: SpaceView, reader: bytes | None = None) -> Call:
    """A call as it stands, for whoever has the view; ``reader`` is the member who is shown it, None for anybody."""
    info, chain = view.state.call, view.chain
    code = code_of(view)
    return Call(
        call=view.space.hex(),
        title=info.title if info else view.state.title,
        country=info.country if info else "",
        starts=clock.iso(info.starts) if info else "",
        civic_space=info.civic_space if info else "",
        link=info.link if info else "",
        state=phase(view),
        epoch=chain.epoch,
        code=code.code,
        seq=code.seq,
        members=[
            CallMember(
                member=member.member.hex(),
                name=view.state.name(member.member),
                org=view.state.org(member.member),
                role=member.role,
                ends=None if member.ends is None else clock.iso(member.ends * 60),
                you=member.member == reader,
            )
            for member in sorted(chain.roster.members.values(), key=lambda m: view.state.name(m.member).casefold())
        ],
        documents=[each[-1].body.name for each in view.state.documents.values() if not each[-1].withdrawn],
        exercises=[template.parse(body.template).title for _, body in view.state.exercises.values()],
        now=[
            point.title
            for circle, (_, agenda) in view.state.agendas.items()
            for point in agenda.points
            if point.point == point_now(view.state, circle)
        ],
        messages=sum(bool(versions[-1][1].text) for versions in view.state.messages.values()),
        decisions=len(view.state.decisions),
        commitments=sum(is_open(view.state, commitment) for commitment in view.state.commitments),
        minutes=sum(len(minutes.versions) for minutes in view.state.minutes.values()),
        inside=view.member in chain.roster.members,
        roll_call=_last_roll_call(view),
        until=None if view.until is None else clock.iso(view.until),
    )


def _last_roll_call(view: SpaceView) -> str | None:
    held = view.state.roll_calls
    return clock.iso(held[max(held)] * 60) if held else None


def code_of(view: SpaceView) -> Code:
    """The roster code at the last entry or roll call, whichever is later."""
    seq = max(view.chain.latest_seq, *view.state.roll_calls, 0)
    return Code(code=roster_code(view.chain.heads[seq]), seq=seq)


async def code(session: Session, call: str, *, roll_call: bool) -> Code:
    """The roster code; with ``roll_call`` at a new place that nobody could aim at.

    Raises: ClosedError, OfflineError, RefusedError.
    """
    view = await the_call(session, call)
    if not roll_call:
        return code_of(view)
    need_open(view)
    need_keeper(session, view, sentence("call the roll"))
    session.need_server()
    _, saved = await session.writer.write(view.space, content.RollCall(random(32)), "everyone")
    if saved == "here":
        raise OfflineError("The roll call waits on this computer; it takes place once it is sent.")
    return code_of(await session.view(view.space))


async def invite_to_call(session: Session, call: str, people: list[str]) -> InvitedToCall:
    """Let people of the coalition into a call; whoever is in is told of it once more, should that have been lost.

    Whoever has said two different things of their devices stays out, is named, and keeps nobody else out.

    Raises: NotFoundError, RefusedError, OfflineError, ClosedError.
    """
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, sentence("let people in"))
    coalition = await session.view(session.coalition)
    named = sorted({find_member(coalition, person) for person in people})
    wanted = [member for member in named if member not in view.chain.roster.members]

    if wanted:
        came = await let_in(session, view.space, wanted, partial(_admission, session))
        view, coalition = await session.view(view.space), await session.view(session.coalition)
        for member in [one for one in wanted if one not in came]:
            session.say.line(
                sentence(
                    "%(member)s stays out of the call. %(sentences)s",
                    member=coalition.state.name(member),
                    sentences=SENTENCES[Problem.BAD_IDENTITY],
                )
            )
        named, wanted = [one for one in named if one in {*came, *view.chain.roster.members}], came
    await _tell(session, coalition, view, [coalition.chain.roster.members[member] for member in named])
    names = [coalition.state.name(member) for member in wanted]
    return InvitedToCall(
        call=view.space.hex(), title=view.state.title, admitted=[member.hex() for member in wanted], names=names
    )


async def _admission(session: Session, view: SpaceView, wanted: list[bytes]) -> Change:
    coalition = await session.view(session.coalition)
    inside, known, at = view.chain.roster.members, view.chain.roster.known, coalition.chain.seen()
    admissions, identities = [], []
    for member in wanted:
        there = coalition.chain.roster.members.get(member)
        if there is None:
            raise NotFoundError(
                sentence("%(member)s is no longer in the coalition.", member=coalition.state.name(member))
            )
        if member in inside:
            continue
        head, barred = there.identity.head, sorted(there.barred)
        admissions.append(e.Admission(member, head, barred, "member", None, e.FromParent(at)))
        first = known[member].number + 1 if member in known else 0
        identities += coalition.identities[member][first : there.identity.number + 1]
    if not admissions:
        raise NotFoundError("They are all in the call already.")
    names = _names(coalition, wanted)
    aliases = await called(session, view, wanted, {name.member: name for name in names})
    return Change(e.Admit(admissions), captions(names=names, aliases=aliases), tuple(identities))


def _names(view: SpaceView, people: Iterable[bytes]) -> list[MemberName]:
    return [view.state.names[member] for member in people if member in view.state.names]


async def _tell(session: Session, coalition: SpaceView, view: SpaceView, people: Iterable[Member]) -> None:
    """Put up notices in the coalition, so that nobody can hide the call from them or lead them into a twin."""
    records = iter(lambda: random(16), b"")
    notices = make_notices(coalition.space, session.member, records, view.space, view.chain.seen(), people)
    for record, notice in notices:
        await session.writer.write(coalition.space, notice, "allies", record=record)


async def rotate_call(session: Session, call: str) -> Rotated:
    """Start a new epoch. Raises: RefusedError, OfflineError."""
    view = await the_call(session, call)
    return Rotated(epoch=(await change(session, view.space, rotation)).chain.epoch)


async def close_call(session: Session, call: str) -> CallState:
    """Close a call: what was sent before and arrives after is shown as such; nothing is dropped."""
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, sentence("close it"))
    _, saved = await session.writer.write(view.space, content.Close(), "everyone")
    return CallState(
        call=view.space.hex(), title=view.state.title, state=phase(await session.view(view.space)), saved=saved
    )
