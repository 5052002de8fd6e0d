"""Founding a coalition with a server's setup code."""

from functools import partial
from typing import Annotated

import msgspec
from nacl.utils import random

from securecall import entries as e
from securecall.caps import ENTRY_BYTES, GRANT_BYTES
from securecall.errors import TextError
from securecall.identity import begin
from securecall.labels import Label
from securecall.sentences import sentence
from securecall.wire import Id, Wire, encode
from securecall_client import clock, content
from securecall_client.acts.enrolment import Newcomer, keep
from securecall_client.captions import MemberName
from securecall_client.changing import begin as begin_space
from securecall_client.errors import InvitationError, ProfileError, RefusedError
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work, way
from securecall_client.own import read_own
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.results.people import Founded
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.text import clean_name
from securecall_client.transport import Connect, Credentials, Transport
from securecall_client.work.captioning import captions
from securecall_keys.author import Author, Draft
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.device import DeviceKeys, public_of, sign
from securecall_keys.invitation import SetupText, read_setup
from securecall_keys.primitives import seal

NOTE = "founding"
"""Where the replica of a profile has a founding under way."""
_CONTEXT = context_bytes(StorageContext("founding", ""))


async def found(
    settings: Settings,
    lock: Lock,
    say: Say,
    *,
    setup: str,
    server: str,
    coalition: str,
    person: str,
    org: str,
    connect: Connect = HttpTransport,
) -> Founded:
    """Begin a coalition: its first owner, their profile and organisation; or go on where that was interrupted.

    Raises: InvitationError, OfflineError, ProofError (not the server of the code), ProfileError, TextError.
    """
    names = (
        clean_name(coalition, what=sentence("coalition")),
        clean_name(person),
        clean_name(org, what=sentence("organisation")),
    )
    if Profile(settings.home).exists():
        device = Profile(settings.home).unlock(lock)
    else:
        device = await _prepare(settings, lock, setup, connect(server, way(settings, say)), *names)
    async with at_work(settings, device, say, connect) as session:
        return await go_on(session)


class Founding(Wire, frozen=True):
    """A founding under way, kept sealed until the server has it: the very bytes, so that sending twice does no harm."""

    space: Id
    item: Annotated[bytes, msgspec.Meta(max_length=ENTRY_BYTES)]
    grant: Annotated[bytes, msgspec.Meta(max_length=GRANT_BYTES)]
    organisation: content.Organisation


async def _prepare(
    settings: Settings, lock: Lock, setup: str, transport: Transport, title: str, person: str, org: str
) -> DeviceKeys:
    """Log in with the setup code, and begin the profile with the coalition's entry 0 ready in it."""
    try:
        code = read_setup(setup)
    except TextError as error:
        raise InvitationError(sentence("%(error)s.", error=error), code="setup-code-refused") from error
    try:
        newcomer = Newcomer.generate()
        transport.use(setup_credentials(code))
        await _log_in(transport)
        await transport.open_member([newcomer.identity])
        note = seal(newcomer.device.storage, encode(_entry(newcomer, code.server, title, person, org)), _CONTEXT)
        await keep(settings, lock, newcomer, address=transport.address, server=code.server, note=(NOTE, note))
    finally:
        await transport.close()
    return newcomer.device


def _entry(newcomer: Newcomer, server: bytes, title: str, person: str, org: str) -> Founding:
    organisation = content.Organisation(random(16), org, "", "")
    me = MemberName(newcomer.member, person, organisation.organisation, org)
    change = e.Create("coalition", None, server, begin(newcomer.identity).head, [])
    author = Author(newcomer.member, newcomer.device)
    space, draft = author.create(change, [newcomer.identity], captions(title, [me]), clock.minute())
    return Founding(space, draft.item, draft.grants[newcomer.device.id], organisation)


async def go_on(session: Session) -> Founded:
    """Go on with a founding that was interrupted.

    Raises: ProfileError if none was, OfflineError, ProofError.
    """
    note = await session.replica.meta(NOTE)
    if note is None or session.home:
        raise ProfileError(
            sentence("There is a profile in %(home)s already.", home=session.settings.home),
            hint="Use another folder: --home DIR.",
        )
    founding = read_own(session.device.storage, note, _CONTEXT, Founding, 2 * ENTRY_BYTES)
    await session.reach(patient=True)
    session.need_server()
    identities = tuple(await session.replica.identity())
    draft = Draft(founding.item, identities, {session.device.id: founding.grant})
    await begin_space(session, founding.space, draft, None)
    await session.replica.set_meta("coalition", founding.space)
    await session.find_home()
    await session.writer.write(founding.space, founding.organisation, "allies")
    return Founded(coalition=founding.space.hex(), member=session.member.hex())


def setup_credentials(code: SetupText) -> Credentials:
    """Log in with a setup code."""
    return Credentials(public_of(code.seed), partial(sign, code.seed, Label.LOGIN), code.server)


async def _log_in(transport: Transport) -> None:
    try:
        await transport.log_in()
    except RefusedError as error:
        raise InvitationError(
            "The server does not know this setup code, or it has been used.", code="setup-code-refused"
        ) from error
