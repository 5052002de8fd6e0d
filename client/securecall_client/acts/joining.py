"""Joining with an invitation: ask to be let in, wait in words, come in (protocol 10)."""

import asyncio
from contextlib import suppress
from typing import Annotated

import msgspec

from securecall import entries as e
from securecall.caps import IDENTITY_BYTES
from securecall.code import key_words
from securecall.errors import TextError
from securecall.identity import IdentityEntry, begin
from securecall.joins import read_join
from securecall.rights import Role
from securecall.roster import Member
from securecall.sentences import sentence
from securecall.wire import Id, Signed, Wire, decode, encode
from securecall_client import clock, content
from securecall_client.acts.alarms import line as alarm_line
from securecall_client.acts.enrolment import Newcomer, keep
from securecall_client.acts.invited import look_into
from securecall_client.captions import InviterLetter, JoinerLetter, Name
from securecall_client.errors import InvitationError, OfflineError, ProfileError, RefusedError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work, way
from securecall_client.own import read_own
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.results.common import Named
from securecall_client.results.people import Joined
from securecall_client.results.status import Status
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.text import clean_name
from securecall_client.transport import Connect, Credentials
from securecall_keys.context import LetterContext, StorageContext, context_bytes
from securecall_keys.device import DeviceKeys
from securecall_keys.invitation import InvitationKeys, InvitationText, read_invitation, seal_letter
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

NOTE = "joining"
"""Where the replica of a profile has a join under way."""
POLL = 0.5
"""Seconds between looks while waiting to be let in."""
_CONTEXT = context_bytes(StorageContext("joining", ""))


class Joining(Wire, frozen=True):
    """A join under way, kept sealed: what to ask the server for, and whom one waits for."""

    space: Id
    at: e.Seen
    request: Annotated[bytes, msgspec.Meta(max_length=1024)]
    letter: Annotated[bytes, msgspec.Meta(max_length=4096)]
    title: Name
    admitters: Annotated[list[Name], msgspec.Meta(max_length=64)]
    name: Name
    org: Name


async def join(
    settings: Settings,
    lock: Lock,
    say: Say,
    *,
    invitation: str | None,
    person: str,
    wait: bool,
    connect: Connect = HttpTransport,
) -> Joined:
    """Join with ``invitation``, or go on with a join that waits (None).

    Raises: InvitationError, ProofError (not the space or server the invitation names), OfflineError,
    ProfileError, TextError.
    """
    if invitation is None:
        device = Profile(settings.home).unlock(lock)
    else:
        device = await _ask(settings, lock, say, invitation, clean_name(person), connect)
    async with at_work(settings, device, say, connect) as session:
        return await go_on(session, wait=wait)


async def _ask(settings: Settings, lock: Lock, say: Say, text: str, person: str, connect: Connect) -> DeviceKeys:
    if Profile(settings.home).exists():
        raise ProfileError(
            sentence("There is a profile in %(home)s already.", home=settings.home),
            hint="Use another folder: --home DIR.",
        )
    try:
        told = read_invitation(text)
    except TextError as error:
        raise InvitationError(sentence("%(error)s.", error=error)) from error
    keys = InvitationKeys(told.space, Secret(told.secret))
    transport = connect(told.address, way(settings, say))
    try:
        server = await transport.server_key()
        transport.use(Credentials(keys.public, keys.sign_login, server))
        newcomer = Newcomer.generate()
        role, letter = await look_into(transport, told, keys, newcomer, server)
        joining = _request(told, keys, newcomer, role, letter, person)
        await transport.open_member([newcomer.identity])
        note = seal(newcomer.device.storage, encode(joining), _CONTEXT)
        await keep(settings, lock, newcomer, address=transport.address, server=server, note=(NOTE, note))
    finally:
        await transport.close()
    return newcomer.device


def _request(
    told: InvitationText, keys: InvitationKeys, newcomer: Newcomer, role: Role, letter: InviterLetter, person: str
) -> Joining:
    request = keys.join(role, newcomer.member, begin(newcomer.identity).head)
    context = LetterContext("joiner", told.space, keys.public)
    mine = seal_letter(keys.letter_key, context, encode(JoinerLetter(person)))
    return Joining(told.space, told.at, request, mine, letter.title, letter.admitters, person, letter.org)


async def awaited(session: Session) -> Joined:
    """How a join stands that waits, as far as this computer knows. Raises: ProfileError if none does."""
    return await _result(session, await _begun(session), None)


async def waiting(settings: Settings, lock: Lock, say: Say, connect: Connect = HttpTransport) -> Status:
    """The state of a profile whose join waits. Raises: ProfileError if none does."""
    device = Profile(settings.home).unlock(lock)
    async with at_work(settings, device, say, connect) as session:
        joined = await awaited(session)
        alarms = [alarm_line(alarm) for alarm in await session.alarms.listing()]
        return Status(spaces=[], outbox=0, waiting=[], alarms=alarms, reached=False, why=None, joining=joined)


async def joined_as(session: Session) -> tuple[str, str]:
    """Name and organisation as this profile joined; empty if it did not join by invitation."""
    joining = await _joining(session)
    return (joining.name, joining.org) if joining is not None else ("", "")


async def _joining(session: Session) -> Joining | None:
    note = await session.replica.meta(NOTE)
    if note is None:
        return None
    return read_own(session.device.storage, note, _CONTEXT, Joining, 64 * 1024)


async def _begun(session: Session) -> Joining:
    """The join that this profile began with. Raises: ProfileError if it has joined, or began otherwise."""
    joining = await _joining(session)
    if joining is None or session.home:
        raise ProfileError(
            "This profile has joined already.",
            hint="To join something else as somebody new, use another folder: --home DIR.",
            code="joined-already",
        )
    return joining


async def go_on(session: Session, *, wait: bool) -> Joined:
    """Go on with a join that waits, and ask for it anew.

    Raises: ProfileError if none waits, OfflineError, ProofError.
    """
    joining = await _begun(session)
    await session.reach(patient=True)
    session.need_server()
    session.pins.rise(joining.space, joining.at)
    if not await _admitted(session, joining):
        await session.transport.put_join(joining.space, joining.request, joining.letter)
        if not wait:
            return await _result(session, joining, None)
        names = [*joining.admitters]
        session.say.line(
            sentence(
                "Waiting to be let into %(title)s. One of these must be online and let you in: %(names)s.",
                title=joining.title,
                names=names,
            )
        )
        session.say.line(
            sentence("Tell one of them that you wait. You may stop (Ctrl-C), and go on later: securecall join")
        )
        while not await _admitted(session, joining):  # noqa: ASYNC110  the event happens on another computer
            await asyncio.sleep(POLL)
    return await _come_in(session, joining)


async def look(session: Session) -> Joined:
    """Whether one has been let in by now, which is then done to the end. Raises: as `go_on`."""
    joining = await _begun(session)
    session.need_server()
    return await (_come_in(session, joining) if await _admitted(session, joining) else _result(session, joining, None))


async def _come_in(session: Session, joining: Joining) -> Joined:
    """Fetch and verify what one has been let into."""
    await session.take_part(joining.space, None)
    view = await session.synced(joining.space)
    me = view.me
    if me is None:
        raise OfflineError("The line was lost before everything was here. Run securecall join again.")
    await session.replica.set_meta("coalition" if view.chain.kind == "coalition" else "call", joining.space)
    await session.find_home()
    with suppress(SecureCallError):
        # So that whoever let one in knows at once that both see the same history.
        await session.writer.write(joining.space, content.Empty(asks=False), "everyone")
    return await _result(session, joining, me)


async def _admitted(session: Session, joining: Joining) -> bool:
    """Whether the server shows this device more than an invitee sees."""
    try:
        page = await session.transport.items(joining.space, joining.at.seq + 1)
    except RefusedError as error:
        if error.code != "not-found":
            raise
        return False
    return bool(page.places)


async def _result(session: Session, joining: Joining, me: Member | None) -> Joined:
    """How the join stands: waiting unless one is in as ``me``."""
    ends = me.ends if me is not None else None
    [first, *_] = await session.replica.identity()
    return Joined(
        member=session.member.hex(),
        words=key_words(session.member),
        state="waiting" if me is None else "joined",
        waiting_for=[Named(name=name) for name in joining.admitters] if me is None else [],
        since=clock.iso(_minute(first) * 60),
        space=joining.space.hex(),
        title=joining.title,
        role=read_join(joining.request).value.role if me is None else me.role,
        ends=None if ends is None else clock.iso(ends * 60),
    )


def _minute(identity: bytes) -> int:
    """When the identity was made that a join begins with."""
    signed = decode(identity, Signed, IDENTITY_BYTES)
    return decode(signed.payload, IdentityEntry, IDENTITY_BYTES).minute
