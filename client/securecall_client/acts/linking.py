"""Linking a second computer: the old one shows a text, the new one answers, and gets what to pin (protocol 4.3).

Rows S03, M10. All that passes between them goes through a mailbox at the server, which can neither read it nor put a
device of its own in between: only whoever holds the text can sign the announcement or open the pins.
"""

import asyncio
from collections.abc import Awaitable, Callable

from securecall.caps import DEVICES_PER_MEMBER, IDENTITY_BYTES, LINKING_SECONDS
from securecall.errors import InvalidError, Problem, TextError
from securecall.identity import AddDevice, Announcement, Identity
from securecall.labels import Label
from securecall.sentences import sentence
from securecall.wire import read
from securecall_client import own_devices
from securecall_client.acts import arriving
from securecall_client.acts.devices import member_in, name_everywhere, write_name
from securecall_client.changing import rotate_if_due
from securecall_client.errors import LinkingError, OfflineError, ProofError, RefusedError
from securecall_client.http import HttpTransport
from securecall_client.opening import way
from securecall_client.profile import Lock
from securecall_client.progress import Say
from securecall_client.results.devices import AddedDevice, LinkedDevice
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.text import clean_name
from securecall_client.transport import Connect, Credentials, Transport
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import CannotOpenError
from securecall_keys.linking import (
    SPACES_MOST,
    LinkedSpace,
    LinkingAnswer,
    LinkingKeys,
    linking_text,
    read_linking,
)

POLL = 0.5
"""Seconds between looks into the mailbox."""


async def add_device(
    session: Session, *, name: str, show: Callable[[str], None], patience: float = LINKING_SECONDS
) -> AddedDevice:
    """Show a linking text, wait until a new computer has answered, and add it in every space.

    Raises: LinkingError after ``patience`` (seconds), ProofError, RefusedError, OfflineError; then nothing was added.
    """
    name = clean_name(name, what=sentence("name of the device")) if name else ""
    session.need_server()
    home = await session.synced(session.home)
    identity = member_in(home, session.member).identity
    if len(identity.live()) >= DEVICES_PER_MEMBER:
        raise RefusedError(
            sentence(
                "You have %(devices_per_member)s devices, and more there cannot be.",
                devices_per_member=DEVICES_PER_MEMBER,
            ),
            hint="Remove one first: securecall device list, then securecall device remove ID",
            code=Problem.CAP,
        )
    keys = LinkingKeys.fresh(session.transport.address, session.member, identity.head)
    await session.transport.open_mailbox(keys.public)
    show(linking_text(keys.text))
    try:
        async with asyncio.timeout(patience):
            announcement = await _announcement(session, keys)
    except TimeoutError:
        raise _over() from None
    device = _announced(announcement)
    await rotate_if_due(session, session.home)
    await own_devices.grow_identity(session, lambda identity: _plan(identity, device, announcement))
    spaces = await name_everywhere(session)
    answer = await linking_answer(session)
    await _until_reached(session, lambda: session.transport.put_mail(keys.public, keys.seal_answer(answer, device)))
    if name:
        await write_name(session, device, name)
    return AddedDevice(device=device.hex(), name=name, spaces=spaces)


async def _announcement(session: Session, keys: LinkingKeys) -> bytes:
    """The new computer's announcement, once it is there."""
    while True:
        try:
            mail = await session.transport.mail(keys.public)
        except OfflineError:
            mail = None
        except RefusedError as error:
            raise _over() from error
        if mail is not None and mail.request is not None:
            return _checked(keys, mail.request)
        async with session.resting():
            await asyncio.sleep(POLL)


def _checked(keys: LinkingKeys, request: bytes) -> bytes:
    """The announcement that whoever holds the text signed. Raises: ProofError if the server gave another one."""
    try:
        return keys.read_request(request)
    except (InvalidError, CannotOpenError) as error:
        raise ProofError(
            "The server handed over another device than the one that was given the linking text. Nothing was added.",
            hint="Add nothing over this server, and call the secretariat.",
        ) from error


def _announced(announcement: bytes) -> bytes:
    """The device that an announcement is of. Raises: RefusedError unless it is a computer that signed it itself."""
    try:
        announced = read(announcement, Label.ANNOUNCEMENT, Announcement, IDENTITY_BYTES)
    except InvalidError as error:
        raise RefusedError("The other computer sent no keys that hold. Nothing was added.") from error
    if announced.value.kind != "computer" or announced.value.signing != announced.key:
        raise RefusedError("The other computer sent no keys of its own. Nothing was added.")
    return announced.key


def _plan(identity: Identity, device: bytes, announcement: bytes) -> list[own_devices.IdentityChange]:
    """A device that was added before, and did not hear of it, is added no second time."""
    known = identity.devices.get(device)
    return [] if known is not None and known.live else [AddDevice(announcement)]


async def linking_answer(session: Session) -> LinkingAnswer:
    """What a new device of this member pins: every space that they are in, as far as this device has verified it."""
    spaces = []
    for space in session.spaces()[:SPACES_MOST]:
        view, pin = await session.view(space), session.pins.get(space)
        if pin is not None and view.chain.heads and session.member in view.chain.roster.members:
            parent = view.parent.space if view.parent is not None else None
            spaces.append(LinkedSpace(space, parent, pin.at, pin.time))
    home = await session.view(session.home)
    return LinkingAnswer(home.chain.server, session.home, spaces)


async def _until_reached(session: Session, act: Callable[[], Awaitable[None]]) -> None:
    """Do what the new computer waits for, as long as it may wait; the line may be lost meanwhile."""
    try:
        async with asyncio.timeout(LINKING_SECONDS):
            while True:
                try:
                    return await act()
                except OfflineError:
                    async with session.resting():
                        await asyncio.sleep(POLL)
    except (TimeoutError, RefusedError) as error:
        raise LinkingError(
            "The new computer was added, and could not be told in time, so it cannot begin.",
            hint="Remove it (securecall device list, device remove), and link it anew.",
        ) from error


async def link(
    settings: Settings,
    lock: Lock,
    say: Say,
    *,
    text: str,
    connect: Connect = HttpTransport,
    patience: float = LINKING_SECONDS,
) -> LinkedDevice:
    """Make this computer another device of whoever shows ``text``, with a profile and a passphrase of its own.

    Raises: LinkingError, ProofError, OfflineError, ProfileError.
    """
    try:
        told = read_linking(text)
    except TextError as error:
        raise LinkingError(sentence("%(error)s.", error=error)) from error
    keys, transport = LinkingKeys(told), connect(told.address, way(settings, say))
    try:
        server = await transport.server_key()
        transport.use(Credentials(keys.public, keys.sign_login, server))
        await _log_in(transport)
        device = await arriving.prepare(settings, lock)
        say.line(sentence("Waiting for the other computer, which adds this one now."))
        answer = await _ask(transport, keys, device, patience)
    finally:
        await transport.close()
    if answer.server != server:
        raise ProofError("This is not the server that your other computer knows.", hint=arriving.STOP_LINKING)
    await arriving.take_over(settings, device, told.address, told.member, answer)
    return await arriving.arrive(settings, device, say, connect, answer.home, told.identity)


async def _log_in(transport: Transport) -> None:
    try:
        await transport.log_in()
    except RefusedError as error:
        raise _over() from error


async def _ask(transport: Transport, keys: LinkingKeys, device: DeviceKeys, patience: float) -> LinkingAnswer:
    """Leave this device's announcement, and wait for the answer."""
    try:
        await transport.put_mail(keys.public, keys.request(device.announce(keys.text.member, "computer")))
    except RefusedError as error:
        if error.code != "conflict":
            raise _over() from error
        raise LinkingError(
            "Another computer has used this linking text before.",
            hint="If it was not yours, remove it at once, on the computer that showed the text: securecall device list",
        ) from error
    try:
        async with asyncio.timeout(patience):
            box = await _wait(transport, keys.public)
    except TimeoutError:
        raise _over() from None
    try:
        return keys.open_answer(box, device.id)
    except CannotOpenError as error:
        raise ProofError(
            "The server handed over something else than your other computer wrote.", hint=arriving.STOP_LINKING
        ) from error


async def _wait(transport: Transport, key: bytes) -> bytes:
    while True:
        try:
            mail = await transport.mail(key)
        except OfflineError:
            mail = None
        except RefusedError as error:
            raise _over() from error
        if mail is not None and mail.answer is not None:
            return mail.answer
        await asyncio.sleep(POLL)


def _over() -> LinkingError:
    return LinkingError(
        "The linking text has ended: it is good for ten minutes, and works once.",
        hint="Let the other computer show a new one: securecall device add",
    )
