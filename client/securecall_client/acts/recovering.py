"""The printed recovery sheet: making it, and getting back in with it (protocol 4.4; rows S25, S26).

A sheet is a device that signs only who one's devices are. On a new computer it is put to work once, in a folder that
goes again: it finds the coalition at the place it names, and from there every space it was told of, adds the computer
in each, and is then replaced.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from securecall.errors import TextError
from securecall.identity import AddDevice, Identity, RemoveDevice
from securecall.sentences import sentence
from securecall_client import own_devices
from securecall_client.acts import arriving
from securecall_client.acts.devices import name_everywhere
from securecall_client.acts.linking import linking_answer
from securecall_client.changing import rotate_if_due
from securecall_client.errors import LinkingError, OfflineError, ProofError, RefusedError
from securecall_client.folder import private_dir
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work, device_credentials, way
from securecall_client.pins import Pins
from securecall_client.profile import Lock, Profile
from securecall_client.progress import Say
from securecall_client.receipts import STOP
from securecall_client.replica import Replica
from securecall_client.results.devices import DeviceSpace, MadeSheet, Recovered
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.transport import Connect
from securecall_client.view import SpaceView
from securecall_keys.device import DeviceKeys
from securecall_keys.linking import LinkingAnswer
from securecall_keys.primitives import fresh
from securecall_keys.sheet import Sheet, SheetPlace, read_sheet


async def make_sheet(session: Session) -> MadeSheet:
    """A new recovery sheet, in place of any there was. Raises: OfflineError, RefusedError, ProofError."""
    session.need_server()
    await session.synced(session.home)
    secret = fresh()
    device = DeviceKeys(secret)

    def plan(identity: Identity) -> list[own_devices.IdentityChange]:
        old = [RemoveDevice(each.device) for each in identity.live() if each.kind == "sheet"]
        return [*old, AddDevice(device.announce(session.member, "sheet"))]

    await rotate_if_due(session, session.home)
    await own_devices.grow_identity(session, plan)
    spaces = await name_everywhere(session)
    home = await session.view(session.home)
    sheet = Sheet(secret, SheetPlace(session.transport.address, session.member, session.home, home.chain.seen()))
    return MadeSheet(
        device=device.id.hex(), words=sheet.words(), place=sheet.place_text(), sheet=sheet.line(), spaces=spaces
    )


async def recover(
    settings: Settings, lock: Lock, say: Say, *, text: str, connect: Connect = HttpTransport
) -> Recovered:
    """Make this computer a device of the member whose sheet it is, and replace the sheet.

    Raises: LinkingError, ProofError (the server shows less, or another history, than the sheet names), OfflineError,
    RefusedError, ProfileError.
    """
    try:
        sheet = read_sheet(text)
    except TextError as error:
        raise LinkingError(sentence("%(error)s.", error=error), code="sheet-refused") from error
    server = await _server(settings, say, sheet, connect)
    device = await arriving.prepare(settings, lock, sheet.place.member)
    scratch = private_dir(settings.home / "recovery")
    answer, waiting = await _as_sheet(replace(settings, home=scratch), sheet, server, device, say, connect)
    await arriving.take_over(settings, device, sheet.place.address, sheet.place.member, answer)
    linked = await arriving.arrive(settings, device, say, connect, answer.home, None)
    _need_everywhere(waiting)
    shutil.rmtree(scratch, ignore_errors=True)
    made = await _replace_sheet(settings, device, say, connect)
    return Recovered(device=linked.device, member=linked.member, space=linked.space, title=linked.title, recovery=made)


def _need_everywhere(waiting: list[DeviceSpace]) -> None:
    """Raise LinkingError where the sheet alone can still let this computer in: it must not go yet."""
    if waiting:
        raise LinkingError(
            sentence(
                "This computer is in, but not yet in %(name)s: %(why)s. The sheet still counts.",
                name=waiting[0].name,
                why=waiting[0].why,
            ),
            hint="Run it again with the same sheet, a little later.",
            code="sheet-not-replaced",
        )


async def _replace_sheet(settings: Settings, device: DeviceKeys, say: Say, connect: Connect) -> MadeSheet:
    """Another sheet in place of the one that was used. Raises: LinkingError, ProofError."""
    try:
        async with at_work(settings, device, say, connect) as session:
            await session.reach()
            return await make_sheet(session)
    except (OfflineError, RefusedError) as error:
        raise LinkingError(
            sentence("This computer is in. The sheet could not be replaced, and still counts: %(error)s", error=error),
            hint="Make a new one as soon as you can: securecall device recovery",
            code="sheet-not-replaced",
        ) from error


async def _server(settings: Settings, say: Say, sheet: Sheet, connect: Connect) -> bytes:
    """The server's key, once it has let the sheet in: until then nothing is made here."""
    transport = connect(sheet.place.address, way(settings, say))
    try:
        server = await transport.server_key()
        transport.use(device_credentials(DeviceKeys(sheet.secret), server))
        await transport.log_in()
        return server
    except RefusedError as error:
        raise _gone() from error
    finally:
        await transport.close()


async def _as_sheet(
    scratch: Settings, sheet: Sheet, server: bytes, device: DeviceKeys, say: Say, connect: Connect
) -> tuple[LinkingAnswer, list[DeviceSpace]]:
    """Let the sheet add ``device`` wherever it counts. Returns what that is to pin, and where it is not in yet."""
    paper = DeviceKeys(sheet.secret)
    await _write_down(scratch.home, sheet, server, paper)
    async with at_work(scratch, paper, say, connect) as session:
        await session.reach()
        session.need_server()
        await session.take_part(sheet.place.space, None)
        home = await session.synced(sheet.place.space)
        session.need_server()
        _check(home, server)
        await arriving.fetch(session)
        await own_devices.grow_identity(session, lambda identity: _plan(identity, device))
        spaces = await name_everywhere(session)
        return await linking_answer(session), [space for space in spaces if space.state == "waiting"]


async def _write_down(scratch: Path, sheet: Sheet, server: bytes, paper: DeviceKeys) -> None:
    profile, place = Profile(scratch), sheet.place
    pins = Pins(profile.pins, paper.storage)
    pins.load()
    pins.rise(place.space, place.at)
    async with Replica.open(profile.replica) as replica:
        await replica.set_meta("member", place.member)
        await replica.set_meta("address", place.address.encode())
        await replica.set_meta("server", server)
        await replica.set_meta("coalition", place.space)


def _check(home: SpaceView, server: bytes) -> None:
    if home.chain.server != server:
        raise ProofError("This is not the server that your coalition names.", hint=STOP)
    if not home.is_in() or not home.is_sheet():
        raise _gone()


def _plan(identity: Identity, device: DeviceKeys) -> list[own_devices.IdentityChange]:
    """A computer that was added before, and did not come so far, is added no second time."""
    known = identity.devices.get(device.id)
    return [] if known is not None and known.live else [AddDevice(device.announce(identity.member, "computer"))]


def _gone() -> LinkingError:
    return LinkingError(
        "This recovery sheet does not count any more: it was used, replaced or removed.",
        hint="Look for a newer one. Without it, ask the secretariat for a new invitation.",
        code="sheet-refused",
    )
