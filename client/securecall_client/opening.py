"""Opening a profile: lock, unlock, replica, line; and closing all of it again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from securecall.labels import Label
from securecall.sentences import sentence
from securecall_client.address import check_address
from securecall_client.afterwards import see_to_others
from securecall_client.errors import ProfileError, RefusedError
from securecall_client.http import HttpTransport
from securecall_client.profile import Lock, Profile, Turn
from securecall_client.progress import Say
from securecall_client.replica import Replica
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.transport import Connect, Credentials, Way
from securecall_keys.device import DeviceKeys


def device_credentials(device: DeviceKeys, server: bytes) -> Credentials:
    """Log in as a device, at the server with this key alone."""
    return Credentials(device.id, partial(device.sign_login, Label.LOGIN), server)


def way(settings: Settings, say: Say, kept: str | None = None) -> Way:
    """How the server is reached: by the proxy that a person names now, else by the one that the profile keeps."""
    return Way(say, (kept or "") if settings.proxy is None else settings.proxy)


@asynccontextmanager
async def replica_in_turn(profile: Profile, say: Say) -> AsyncIterator[tuple[Replica, Turn]]:
    """A profile's replica, for the only process at work on it; whoever waits for its turn is told for whom."""
    turn = profile.turn(
        "",
        lambda holder: say.line(sentence("Waiting for %(holder)s, which is at work on this profile.", holder=holder)),
    )
    await turn.take()
    try:
        async with Replica.open(profile.replica) as replica:
            yield replica, turn
    finally:
        turn.give()


@asynccontextmanager
async def open_session(
    settings: Settings, lock: Lock, say: Say, connect: Connect = HttpTransport
) -> AsyncIterator[Session]:
    """Unlock a profile and work with it, as the only process that does. Raises: ProfileError, ProofError."""
    device = Profile(settings.home).unlock(lock)
    async with at_work(settings, device, say, connect) as session:
        if not session.home:
            raise ProfileError(
                "This profile has not finished joining.", hint="Run securecall join again.", code="not-joined"
            )
        if not settings.offline:
            await session.reach()
        yield session
        await see_to_others(session)
        await follow_server(session)


async def follow_server(session: Session) -> None:
    """Where the chain says that the space one came in by has moved, go there from the next time on (row N01).

    While a move is under way the profile is ahead of the chain, and stays so.
    """
    view, server = await session.view(session.home), await session.replica.meta("server")
    if not view.chain.heads or server == view.chain.server or server not in {key for _, key in view.chain.servers}:
        return
    for address in view.state.addresses:
        with suppress(RefusedError):
            await session.keep_server(check_address(address), view.chain.server)
            session.say.line(
                sentence(
                    "%(title)s has moved to %(address)s; from now on this computer goes there.",
                    title=view.state.title,
                    address=address,
                )
            )
            return


@asynccontextmanager
async def at_work(
    settings: Settings, device: DeviceKeys, say: Say, connect: Connect = HttpTransport
) -> AsyncIterator[Session]:
    """A session on a profile whose device is unlocked, whether or not it has joined anything yet."""
    profile = Profile(settings.home)
    async with replica_in_turn(profile, say) as (replica, turn):
        address, server = await replica.text("address"), await replica.meta("server")
        if address is None or server is None:
            raise ProfileError(
                "This profile is incomplete.", hint="Remove its folder and begin again.", code="incomplete"
            )
        transport = connect(address, way(settings, say, await replica.text("proxy")))
        transport.use(device_credentials(device, server))
        session = Session(settings, profile, device, replica, transport, say, turn)
        try:
            await session.begin()
            await session.outbox.tidy()
            async with session.noting():
                yield session
        finally:
            await session.transport.close()
