"""`server move` and `server use`: a coalition moves to another server, from what its people hold (rows S20, N01, G05).

The new server gets everything back as a restored one does (`acts.healing`), and is named in each space by an entry of
one of its owners, which is what lets the space go on there. Until then an owner's signed word leads the others there:
nobody is taken to a server that no owner has named.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from securecall import entries as e
from securecall.errors import TextError
from securecall.rights import Action, may
from securecall.sentences import sentence
from securecall_client.acts.founding import setup_credentials
from securecall_client.acts.healing import heal
from securecall_client.acts.named import the_call
from securecall_client.address import check_address
from securecall_client.changing import Change, change
from securecall_client.errors import InvitationError, OfflineError, RefusedError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.naming import labels, read_word, write_word
from securecall_client.opening import at_work, device_credentials, way
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.results.moving import Moved, ServerText
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.transport import Connect, Transport
from securecall_client.view import SpaceView
from securecall_keys.invitation import SetupText, read_setup


async def move(
    settings: Settings, lock: Lock, say: Say, *, setup: str, to: str, connect: Connect = HttpTransport
) -> Moved:
    """Begin at the server at ``to``, whose setup code is ``setup``, with all that is here.

    A server that is still reached gets the last word first: that the coalition has moved, after which it takes no more.

    Raises: InvitationError, OfflineError, RefusedError (not an owner), ProofError (not the server of the code).
    """
    check_address(to)
    _setup(setup)
    async with at_work(settings, Profile(settings.home).unlock(lock), say, connect) as session:
        return await move_with(session, setup=setup, to=to, connect=connect)


async def move_with(session: Session, *, setup: str, to: str, connect: Connect = HttpTransport) -> Moved:
    """As `move`, with a profile that is open."""
    address, code = check_address(to), _setup(setup)
    view = await _as_it_is(session)
    _need_owner(session, view)
    async with _line_to(session, address, connect) as transport:
        await _enter(session, view, transport, code)
        if session.reached and session.home not in session.line.read_only:
            view = await _say_last(session, code.server, transport.address)
    await session.turn_to(transport, code.server)
    return await _moved(session, session.member, write_word(session.author, view, code.server, transport.address))


async def text_for(session: Session, call: str | None) -> ServerText:
    """The text that leads people of the coalition, or those who are in one call alone, to the server one goes to.

    Raises: RefusedError (not an owner of it), NotFoundError.
    """
    view = await (session.view(session.coalition) if call is None else the_call(session, call))
    if not may(session.role_in(view), Action.SERVER, "space"):
        raise RefusedError(
            sentence("Only an owner of %(title)s says where its server is.", title=view.state.title), code="no-right"
        )
    server = await session.replica.meta("server") or view.chain.server
    return ServerText(text=write_word(session.author, view, server, session.transport.address))


async def own_spaces(session: Session) -> list[tuple[str, str]]:
    """Ids and titles of the calls that `text_for` can be asked of, by title."""
    views = [await session.view(space) for space in session.spaces()]
    mine = [view for view in views if view.chain.kind == "call" and _may_say(session, view)]
    return sorted(((view.space.hex(), view.state.title) for view in mine), key=lambda one: one[1].casefold())


async def may_move(session: Session) -> bool:
    """Whether one can move the coalition."""
    return session.in_coalition and _may_say(session, await session.view(session.coalition))


async def use(
    settings: Settings, lock: Lock, say: Say, *, text: str, to: str | None = None, connect: Connect = HttpTransport
) -> Moved:
    """Go to the server that an owner's text names, at the address ``to`` if given, and put back there what is lacking.

    Raises: InvitationError (no such text, or not by an owner), OfflineError, RefusedError, ProofError (another server).
    """
    async with at_work(settings, Profile(settings.home).unlock(lock), say, connect) as session:
        return await use_with(session, text=text, to=to, connect=connect)


async def use_with(session: Session, *, text: str, to: str | None = None, connect: Connect = HttpTransport) -> Moved:
    """As `use`, with a profile that is open."""
    word = read_word(await session.view(session.home), text, to)
    async with _line_to(session, word.address, connect) as transport:
        transport.use(device_credentials(session.device, word.server))
        await transport.log_in()
    await session.turn_to(transport, word.server)
    return await _moved(session, word.by, None)


@asynccontextmanager
async def _line_to(session: Session, address: str, connect: Connect) -> AsyncIterator[Transport]:
    """A line to another server, which stays open unless the block fails."""
    transport = connect(address, way(session.settings, session.say, await session.replica.text("proxy")))
    try:
        yield transport
    except BaseException:
        await transport.close()
        raise


def _setup(setup: str) -> SetupText:
    try:
        return read_setup(setup)
    except TextError as error:
        raise InvitationError(sentence("%(error)s.", error=error), code="setup-code-refused") from error


async def _as_it_is(session: Session) -> SpaceView:
    """The coalition, with what the old server still has to show; one that misbehaves is as good as gone."""
    _ = session.coalition
    with suppress(SecureCallError):
        await session.reach()
        await session.sync_all()
        return await session.view(session.home)
    session.line.lost(OfflineError("The old server cannot be used any more."))
    return await session.view(session.home)


def _may_say(session: Session, view: SpaceView) -> bool:
    inside = view.me is not None and not view.chain.destroyed
    return inside and may(session.role_in(view), Action.SERVER, "space")


def _need_owner(session: Session, view: SpaceView) -> None:
    if not may(session.role_in(view), Action.SERVER, "space"):
        raise RefusedError("Only an owner of the coalition moves it. Nothing was changed.", code="no-right")


async def _enter(session: Session, view: SpaceView, transport: Transport, code: SetupText) -> None:
    """Make oneself known at the new server by its setup code, and log in there as this device."""
    try:
        transport.use(setup_credentials(code))
        await transport.log_in()
        await transport.open_member(view.identities[session.member])
    except RefusedError as error:
        # A move that was interrupted has used it; then this device is known there.
        if error.code != "setup-code-used":
            raise
    try:
        transport.use(device_credentials(session.device, code.server))
        await transport.log_in()
    except RefusedError as error:
        raise InvitationError(
            "The server does not know this setup code, or it has been used.", code="setup-code-refused"
        ) from error


async def _say_last(session: Session, server: bytes, address: str) -> SpaceView:
    """Name the new server at the old one, which takes nothing after that in the coalition and all that hangs on it."""

    async def build(_view: SpaceView) -> Change:
        return Change(e.Server(server), labels(address))

    return await change(session, session.home, build)


async def _moved(session: Session, by: bytes, text: str | None) -> Moved:
    healed = await heal(session, finish=False)
    name = (await session.view(session.home)).state.name(by)
    return Moved(address=session.transport.address, by=name, text=text, spaces=healed.spaces, lost=healed.lost)
