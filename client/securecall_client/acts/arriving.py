"""A new device of a member who is there already: its profile, what it pins, and its first sync (protocol 4.3, 13.4).

What it is told to pin comes from another device of the same member, or from paper, and never from the server.
"""

from securecall.sentences import sentence
from securecall_client.errors import LinkingError, ProfileError, ProofError, SecureCallError
from securecall_client.opening import at_work
from securecall_client.pins import Pins
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.replica import Replica
from securecall_client.results.devices import LinkedDevice
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.spaces import awaited
from securecall_client.transport import Connect
from securecall_client.view import SpaceView
from securecall_keys.device import DeviceKeys
from securecall_keys.linking import LinkingAnswer

STOP_LINKING = sentence("Do not use this computer for it, remove it again on the other one, and call the secretariat.")
_BEGUN = ("coalition", "call", "joining", "founding")
"""What the replica notes of a profile that has arrived, or is on its way by another road."""


async def prepare(settings: Settings, lock: Lock, member: bytes | None = None) -> DeviceKeys:
    """The device of a new profile, on disk before anybody is told of it; one that never arrived is taken up again.

    So is one of ``member``, if that is given. Raises: ProfileError.
    """
    profile = Profile(settings.home)
    if not profile.exists():
        device = DeviceKeys.generate()
        profile.create(device, lock)
        return device
    device = profile.unlock(lock)
    async with Replica.open(profile.replica) as replica:
        own = member is not None and await replica.meta("member") == member
        if not own and any([await replica.meta(note) is not None for note in _BEGUN]):
            raise ProfileError(
                sentence("There is a profile in %(home)s already.", home=settings.home),
                hint="Use another folder: --home DIR.",
            )
    return device


async def take_over(settings: Settings, device: DeviceKeys, address: str, member: bytes, answer: LinkingAnswer) -> None:
    """Write down whose device this is, and pin what its member's other device had verified."""
    profile = Profile(settings.home)
    pins = Pins(profile.pins, device.storage)
    pins.load()
    async with Replica.open(profile.replica) as replica:
        await replica.set_meta("member", member)
        await replica.set_meta("address", address.encode())
        for space in answer.spaces:
            pins.rise(space.space, space.at, space.time)
            await replica.add_space(space.space, space.parent)
            await replica.set_meta(awaited(space.space), b"1")
        await replica.set_meta("server", answer.server)


async def arrive(
    settings: Settings,
    device: DeviceKeys,
    say: Say,
    connect: Connect,
    home: bytes,
    identity: bytes | None,
) -> LinkedDevice:
    """Fetch and verify everything as the new device, from the pins on; done once home is here.

    ``identity`` is a head of one's identity that must be there, if one was named.

    Raises: ProofError, LinkingError if this device does not count, OfflineError.
    """
    async with at_work(settings, device, say, connect) as session:
        await session.reach()
        session.need_server()
        view = await session.synced(home)
        session.need_server()
        _check(view, identity)
        await session.replica.set_meta("coalition" if view.chain.kind == "coalition" else "call", home)
    async with at_work(settings, device, say, connect) as session:
        if await session.reach():
            await fetch(session)
        title = (await session.view(home)).state.title
        return LinkedDevice(device=device.id.hex(), member=session.member.hex(), space=home.hex(), title=title)


async def fetch(session: Session) -> None:
    """Bring every space up to date; what keeps one from it is told and holds up nothing, unless it is proof.

    Raises: ProofError.
    """
    try:
        await session.sync_all()
    except ProofError:
        raise
    except SecureCallError as error:
        session.say.line(str(error))


def _check(view: SpaceView, identity: bytes | None) -> None:
    me = view.me if view.is_in() else None
    if me is None:
        raise LinkingError("This computer was not added.", hint="Link it anew: securecall device add on the other.")
    if identity is not None and identity not in me.identity.heads:
        raise ProofError("The server shows other devices of yours than your other computer knows.", hint=STOP_LINKING)
