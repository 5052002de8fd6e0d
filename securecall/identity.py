"""A member's identity chain: which devices speak for them (protocol 4).

Entry 0 adds the first device and is signed by it; the member's id is the digest of its payload. Later
entries, each signed by a device that is live just before, add a device (with the new device's own
signed announcement, its proof of possession) or remove one.

Rules, in the order they are checked: number and previous digest follow; the signer is a live device; the
announced keys are sound, belong to this member, and none of them was ever announced in this chain; at
most eight devices are live, and one always is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.points import SEALING_BYTES, check_sealing, check_signing
from securecall.sentences import sentence
from securecall.wire import U32, ZERO, Id, Signed, Verified, Wire, decode, read

DeviceKind = Literal["computer", "sheet"]
SealingKey = Annotated[bytes, msgspec.Meta(min_length=SEALING_BYTES, max_length=SEALING_BYTES)]


class Announcement(Wire, frozen=True):
    """A device's public keys, signed by its signing key together with the member (zero in entry 0)."""

    member: Id
    kind: DeviceKind
    signing: Id
    sealing: SealingKey
    login: Id


class AddDevice(Wire, frozen=True, tag="add_device"):
    """Announce a device; ``announcement`` is a signed `Announcement`."""

    announcement: Annotated[bytes, msgspec.Meta(max_length=caps.IDENTITY_BYTES)]


class RemoveDevice(Wire, frozen=True, tag="remove_device"):
    """Take a device out, by another or by itself."""

    device: Id


class IdentityEntry(Wire, frozen=True):
    """One entry of an identity chain; ``member`` and ``previous`` are zero in entry 0."""

    member: Id
    number: U32
    previous: Id
    device: Id
    minute: U32
    change: AddDevice | RemoveDevice


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its member announced it. ``added_by`` is itself for the first one."""

    device: bytes
    kind: DeviceKind
    sealing: bytes
    login: bytes
    added_by: bytes
    added_at: int
    live: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity chain as of its entry ``number``: a value that `extend` turns into the next."""

    member: bytes
    number: int
    head: bytes
    devices: Mapping[bytes, Device]
    heads: tuple[bytes, ...]
    """The digest of each entry, by number."""

    def live(self) -> tuple[Device, ...]:
        """The devices that count at this head, in order of addition."""
        return tuple(device for device in self.devices.values() if device.live)

    def keys(self) -> frozenset[bytes]:
        """Every public key ever announced here."""
        return frozenset(
            key for device in self.devices.values() for key in (device.device, device.sealing, device.login)
        )


def begin(data: bytes) -> Identity:
    """Read entry 0. Raises: InvalidError."""
    return _begin(_read(data))


def extend(identity: Identity, data: bytes) -> Identity:
    """The identity after one more entry. Raises: InvalidError."""
    return _extend(identity, _read(data))


def grow(known: Mapping[bytes, Identity], items: Sequence[bytes]) -> dict[bytes, Identity]:
    """The identities that ``items`` begin or extend, as of their last entry; ``known`` is left as it is.

    Raises: InvalidError, also for an entry of somebody whose chain is neither known nor begun here.
    """
    if sum(map(len, items)) > caps.IDENTITIES_BYTES:
        raise InvalidError(Problem.TOO_LARGE, "too many identity entries beside one entry")
    grown: dict[bytes, Identity] = {}
    for item in items:
        entry = _read(item)
        if entry.value.number == 0:
            identity = _begin(entry)
            if identity.member in known or identity.member in grown:
                raise InvalidError(Problem.BAD_IDENTITY, "an identity that begins twice")
        else:
            member = entry.value.member
            before = grown.get(member) or known.get(member)
            if before is None:
                raise InvalidError(Problem.BAD_IDENTITY, "an identity entry without those before it")
            identity = _extend(before, entry)
        grown[identity.member] = identity
    return grown


def owner(data: bytes) -> bytes:
    """Whose chain an identity entry belongs to, by what it says itself; nothing is verified. Raises: InvalidError."""
    payload = decode(data, Signed, caps.IDENTITY_BYTES).payload
    entry = decode(payload, IdentityEntry, caps.IDENTITY_BYTES)
    return entry.member if entry.number else digest(Label.MEMBER, payload)


def _begin(entry: Verified[IdentityEntry]) -> Identity:
    value = entry.value
    if value.number != 0 or value.member != ZERO or value.previous != ZERO:
        raise InvalidError(Problem.BAD_IDENTITY, "an identity must begin with its entry 0")
    if not isinstance(value.change, AddDevice):
        raise InvalidError(Problem.BAD_IDENTITY, "an identity must begin with a device")
    device = _announced(value.change, ZERO, entry.key, 0)
    if device.device != entry.key:
        raise InvalidError(Problem.BAD_IDENTITY, "an identity must be begun by its first device")
    member = digest(Label.MEMBER, entry.payload)
    devices = MappingProxyType({device.device: device})
    return Identity(member, 0, entry.digest, devices, (entry.digest,))


def _extend(identity: Identity, entry: Verified[IdentityEntry]) -> Identity:
    value = entry.value
    number = identity.number + 1
    if value.member != identity.member or value.number != number or value.previous != identity.head:
        raise InvalidError(Problem.BAD_IDENTITY, "an identity entry that does not follow the one before")
    if number >= caps.IDENTITY_ENTRIES:
        raise InvalidError(
            Problem.CAP,
            sentence("an identity has at most %(identity_entries)s entries", identity_entries=caps.IDENTITY_ENTRIES),
        )
    signer = identity.devices.get(entry.key)
    if signer is None or not signer.live:
        raise InvalidError(Problem.BAD_IDENTITY, "an identity entry by a device that is not live")
    devices = dict(identity.devices)
    match value.change:
        case AddDevice():
            _add(devices, identity, _announced(value.change, identity.member, entry.key, number))
        case RemoveDevice(device=device):
            _remove(devices, device)
    heads = (*identity.heads, entry.digest)
    return Identity(identity.member, number, entry.digest, MappingProxyType(devices), heads)


def _read(data: bytes) -> Verified[IdentityEntry]:
    entry = read(data, Label.IDENTITY, IdentityEntry, caps.IDENTITY_BYTES)
    if entry.value.device != entry.key:
        raise InvalidError(Problem.BAD_IDENTITY, "an identity entry in another device's name")
    return entry


def _announced(change: AddDevice, member: bytes, added_by: bytes, number: int) -> Device:
    announcement = read(change.announcement, Label.ANNOUNCEMENT, Announcement, caps.IDENTITY_BYTES)
    value = announcement.value
    if value.signing != announcement.key or value.member != member:
        raise InvalidError(Problem.BAD_IDENTITY, "an announcement by another device or for another member")
    if value.login == value.signing:
        raise InvalidError(Problem.BAD_KEY, "login and signing keys must differ")
    check_signing(value.signing)
    check_signing(value.login)
    check_sealing(value.sealing)
    return Device(value.signing, value.kind, value.sealing, value.login, added_by, number, live=True)


def _add(devices: dict[bytes, Device], identity: Identity, device: Device) -> None:
    if identity.keys() & {device.device, device.sealing, device.login}:
        raise InvalidError(Problem.BAD_KEY, "a key that this member announced before")
    if len(identity.live()) >= caps.DEVICES_PER_MEMBER:
        raise InvalidError(
            Problem.CAP,
            sentence("a member has at most %(devices_per_member)s devices", devices_per_member=caps.DEVICES_PER_MEMBER),
        )
    devices[device.device] = device


def _remove(devices: dict[bytes, Device], device: bytes) -> None:
    known = devices.get(device)
    if known is None or not known.live:
        raise InvalidError(Problem.BAD_IDENTITY, "a device that is not live cannot be removed")
    if sum(other.live for other in devices.values()) == 1:
        raise InvalidError(Problem.BAD_IDENTITY, "a member's last device cannot be removed")
    devices[device] = replace(known, live=False)
