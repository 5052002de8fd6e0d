"""Who one is, and who else is in the coalition."""

import msgspec

from securecall import entries as e
from securecall.code import key_words
from securecall_client import clock
from securecall_client.acts.joining import joined_as
from securecall_client.acts.named import find_member, the_call
from securecall_client.results.people import CallInCommon, MemberInCall, MemberLine, Members, MemberShown, Whoami
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def whoami(session: Session) -> Whoami:
    """Oneself, as the coalition knows one; from outside it, as the call does. Raises: RefusedError if one is out."""
    view = await session.synced(session.home)
    role, known = session.role_in(view), view.state.names.get(session.member)
    name, org = (known.name, known.org) if known is not None else await joined_as(session)
    return Whoami(
        member=session.member.hex(),
        device=session.device.id.hex(),
        name=name or view.state.name(session.member),
        org=org,
        role=role,
    )


async def members(session: Session) -> Members:
    """The coalition's members, by name."""
    view = await session.synced(session.coalition)
    session.need_to_be_in(view)
    return Members(members=sorted(_lines(view), key=lambda line: (line.name.casefold(), line.member)))


async def show_member(session: Session, typed: str) -> MemberShown:
    """One member, by name, id or the beginning of it. Raises: NotFoundError, ProofError."""
    view = await session.synced(session.coalition)
    member = find_member(view, typed)
    [line] = [line for line in _lines(view) if line.member == member.hex()]
    calls = []
    for space in session.spaces():
        call = await session.synced(space)
        there = call.chain.roster.members.get(member)
        if call.chain.kind == "call" and there is not None and call.is_in():
            calls.append(CallInCommon(call=space.hex(), title=call.state.title, role=there.role))
    calls.sort(key=lambda call: (call.title, call.call))
    return MemberShown(**msgspec.structs.asdict(line), words=key_words(member), calls=calls)


async def members_of_call(session: Session, call: str) -> list[MemberInCall]:
    """The members of a call, by name. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    known = view.chain.roster.members
    lines = [
        MemberInCall(
            **msgspec.structs.asdict(line),
            alias=view.state.for_guests(bytes.fromhex(line.member)),
            ends=None if (ends := known[bytes.fromhex(line.member)].ends) is None else clock.iso(ends * 60),
            you=line.member == session.member.hex(),
        )
        for line in _lines(view)
    ]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.member))


def _came(view: SpaceView) -> dict[bytes, int]:
    """The minute at which each member was last let in."""
    came: dict[bytes, int] = {}
    for step in view.steps:
        if isinstance(step.body, e.Entry):
            entry = step.body.body
            if isinstance(entry.change, e.Create):
                came[entry.author] = entry.minute
            elif isinstance(entry.change, e.Admit):
                came |= dict.fromkeys((each.member for each in entry.change.admissions), entry.minute)
    return came


def _lines(view: SpaceView) -> list[MemberLine]:
    came = _came(view)
    return [
        MemberLine(
            member=member.member.hex(),
            name=view.state.name(member.member),
            org=view.state.org(member.member),
            role=member.role,
            devices=len(member.devices()),
            since=clock.iso(came[member.member] * 60),
        )
        for member in view.chain.roster.members.values()
    ]
