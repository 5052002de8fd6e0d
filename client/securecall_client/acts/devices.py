"""One's own devices: list, name, remove; and barring somebody else's lost one (protocol 4.2, 5.2; rows S10, T07)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from securecall import entries as e
from securecall.errors import Problem
from securecall.identity import Identity, RemoveDevice
from securecall.rights import Action, Circle, may
from securecall.roster import Member
from securecall.sentences import sentence
from securecall_client import clock, content, duties, own_devices
from securecall_client.acts.named import find_member
from securecall_client.changing import Change, NothingToDoError, change, rotate_if_due
from securecall_client.errors import OfflineError, RefusedError
from securecall_client.refusals import refused
from securecall_client.results.common import Saved
from securecall_client.results.devices import (
    DeviceLine,
    DeviceReceipt,
    Devices,
    DeviceSpace,
    NamedDevice,
    RemovedDevice,
)
from securecall_client.results.partings import NOT_REACHED
from securecall_client.session import Session
from securecall_client.text import clean_name
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_keys.labels import Labels


def member_in(view: SpaceView, member: bytes) -> Member:
    """A member of a space. Raises: RefusedError if they are not in it (any more)."""
    known = view.chain.roster.members.get(member)
    if known is None:
        raise refused(Problem.NOT_A_MEMBER)
    return known


async def list_devices(session: Session, of: str | None = None) -> Devices:
    """One's own devices, or those of somebody else (``of``). Raises: NotFoundError."""
    home = await session.synced(session.home)
    who = member_in(home, session.member if of is None else find_member(home, of))
    return Devices(
        devices=[
            DeviceLine(
                device=device.device.hex(),
                name=home.state.device_names.get((who.member, device.device), ""),
                kind=device.kind,
                this=device.device == session.device.id,
            )
            for device in who.devices()
        ]
    )


def find_device(home: SpaceView, who: Member, typed: str) -> bytes:
    """The device of a member that ``typed`` names, by id, its beginning, or name. Raises: NotFoundError."""
    known = home.state.device_names
    return find(
        sentence("device"), typed, {d.device: known.get((who.member, d.device)) or d.kind for d in who.devices()}
    )


async def name_device(session: Session, typed: str, name: str) -> NamedDevice:
    """Call one of one's devices by a name. Raises: NotFoundError, TextError, RefusedError."""
    name = clean_name(name, what=sentence("name of the device"))
    home = await session.synced(session.home)
    device = find_device(home, member_in(home, session.member), typed)
    return NamedDevice(device=device.hex(), name=name, saved=await write_name(session, device, name))


async def write_name(session: Session, device: bytes, name: str) -> Saved:
    """Say what one calls a device: to allies, or, as a guest, who can write to nobody else, to everyone."""
    me = member_in(await session.view(session.home), session.member)
    circle: Circle = "everyone" if me.role == "guest" else "allies"
    _, saved = await session.writer.write(session.home, content.DeviceName(device, name), circle)
    return saved


async def remove_device(session: Session, typed: str) -> RemovedDevice:
    """Take one of one's devices out of every space, and make new keys.

    Raises: NotFoundError, RefusedError (this very computer), OfflineError, ProofError.
    """
    session.need_server()
    home = await session.synced(session.home)
    device = find_device(home, member_in(home, session.member), typed)
    if device == session.device.id:
        raise RefusedError(
            "This is the computer you sit at, and it cannot take itself out.",
            hint="Do it from another of your devices, or ask an owner or chair: securecall device remove ID --of YOU",
            code="this-device",
        )

    def plan(identity: Identity) -> list[own_devices.IdentityChange]:
        return [RemoveDevice(device)] if identity.devices[device].live else []

    await rotate_if_due(session, session.home)
    await own_devices.grow_identity(session, plan)
    return _removed(home, session.member, device, await name_everywhere(session))


async def bar_device(session: Session, typed: str, of: str) -> RemovedDevice:
    """Shut somebody else's lost device out of every space where one may, and make new keys there (row T07).

    Raises: NotFoundError, RefusedError (not one's right in the coalition), OfflineError, ProofError.
    """
    session.need_server()
    home = await session.synced(session.home)
    who = member_in(home, find_member(home, of))
    device = find_device(home, who, typed)
    if not may(member_in(home, session.member).role, Action.BAR, who.role):
        raise refused(Problem.NO_RIGHT)

    async def bar(space: bytes) -> None:
        await rotate_if_due(session, space)
        with suppress(NothingToDoError):
            await change(session, space, lambda view: _bar(view, who.member, device))
            await rotate_if_due(session, space)
        await duties.shut_out(session, space)

    def is_out(view: SpaceView) -> bool:
        there = view.chain.roster.members.get(who.member)
        return there is None or (there.device(device) is None and who.member not in duties.strays(view))

    return _removed(home, who.member, device, await everywhere(session, bar, is_out))


async def _bar(view: SpaceView, member: bytes, device: bytes) -> Change:
    who = view.chain.roster.members.get(member)
    if who is None or who.device(device) is None:
        raise NothingToDoError
    return Change(e.Devices(member, who.identity.head, sorted({*who.barred, device})), Labels())


async def name_everywhere(session: Session) -> list[DeviceSpace]:
    """Name one's newest identity head in every space, rotate where that makes it due, and tell new devices.

    What cannot be done now is done by whichever of one's devices syncs next. Raises: ProofError.
    """
    told = []

    async def name(space: bytes) -> None:
        await rotate_if_due(session, space)
        told.extend(await own_devices.name_devices(session, space))
        await rotate_if_due(session, space)

    home = await session.view(session.home)
    spaces = await everywhere(session, name, lambda view: own_devices.is_named(home, view))
    await own_devices.tell(session, told)
    return spaces


async def everywhere(
    session: Session, act: Callable[[bytes], Awaitable[None]], is_done: Callable[[SpaceView], bool]
) -> list[DeviceSpace]:
    """Do something in every space that this device is in, and tell for each how it stands. Raises: ProofError."""
    spaces = []
    for space in session.spaces():
        why = ""
        try:
            view = await session.synced(space)
            if not view.chain.heads or not view.is_in() or view.chain.destroyed:
                continue
            await act(space)
        except OfflineError:
            why = NOT_REACHED
        except RefusedError as error:
            why = str(error)
        view = await session.view(space)
        done = is_done(view) and not view.chain.roster.due
        spaces.append(
            DeviceSpace(
                space=space.hex(),
                name=view.state.title,
                state="done" if done else "waiting",
                why="" if done else why or sentence("somebody else who may make a new key has to do so"),
            )
        )
    return spaces


def _removed(home: SpaceView, member: bytes, device: bytes, spaces: list[DeviceSpace]) -> RemovedDevice:
    waiting = [each.name for each in spaces if each.state == "waiting"]
    from_now = sentence("From now on it can read nothing new, and write nothing.")
    if waiting:
        from_now = sentence("Until it is done there too, it can still read: %(waiting)s.", waiting=waiting)
    receipt = DeviceReceipt(
        device=device.hex(),
        name=home.state.device_names.get((member, device), ""),
        at=clock.iso(clock.now()),
        keeps=sentence(
            "What is on it already can be read by whoever has it and its passphrase, until it meets the server again "
            "and wipes that. Copies stay."
        ),
        from_now=from_now,
    )
    return RemovedDevice(spaces=spaces, receipt=receipt)
