"""Founding a coalition with a server's setup code."""

from nacl.utils import random

from securecall import entries as e
from securecall.identity import begin
from securecall.labels import Label
from securecall.statements import Login
from securecall_client import content
from securecall_client.captions import MemberName
from securecall_client.changing import create
from securecall_client.errors import InvitationError, ProfileError, RefusedError
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.results import Founded
from securecall_client.session import Session, Settings
from securecall_client.text import clean_name
from securecall_client.transport import Connect, Credentials, Transport
from securecall_client.work.captioning import captions
from securecall_client.work.enrolment import Newcomer, keep
from securecall_keys.device import public_of, sign
from securecall_keys.errors import TextError
from securecall_keys.invitation import SetupText, read_setup


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
    """Begin a coalition: its first owner, their profile and organisation.

    Raises: InvitationError, OfflineError, ProofError (not the server of the code), ProfileError, TextError.
    """
    names = (clean_name(coalition, what="coalition"), clean_name(person), clean_name(org, what="organisation"))
    if Profile(settings.home).exists():
        raise ProfileError(f"There is a profile in {settings.home} already.", hint="Use another folder: --home DIR.")
    try:
        code = read_setup(setup)
    except TextError as error:
        raise InvitationError(f"{error}.", code="setup-code-refused") from error
    transport = connect(server)
    try:
        newcomer = Newcomer.generate()
        transport.use(setup_credentials(code))
        await _log_in(transport)
        await transport.open_member([newcomer.identity])
        await keep(settings, lock, newcomer, address=transport.address, server=code.server, note=("founding", b""))
    finally:
        await transport.close()
    async with at_work(settings, newcomer.device, say, connect) as session:
        await session.reach()
        return await _create(session, code.server, newcomer, *names)


def setup_credentials(code: SetupText) -> Credentials:
    """Log in with a setup code."""
    subject = public_of(code.seed)

    def sign_login(server: bytes, mine: bytes, theirs: bytes, address: str) -> bytes:
        return sign(code.seed, Label.LOGIN, Login(server, address, mine, theirs, subject))

    return Credentials(subject, sign_login, code.server)


async def _log_in(transport: Transport) -> None:
    try:
        await transport.log_in()
    except RefusedError as error:
        raise InvitationError(
            "The server does not know this setup code, or it has been used.", code="setup-code-refused"
        ) from error


async def _create(session: Session, server: bytes, newcomer: Newcomer, title: str, person: str, org: str) -> Founded:
    organisation = random(16)
    change = e.Create("coalition", None, server, begin(newcomer.identity).head, [])
    me = MemberName(newcomer.member, person, organisation, org)
    view = await create(session, change, captions(title, [me]), None)
    await session.replica.set_meta("coalition", view.space)
    await session.write(view.space, content.Organisation(organisation, org, "", ""), "allies")
    return Founded(coalition=view.space.hex(), member=newcomer.member.hex())
