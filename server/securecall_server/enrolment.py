"""What the server takes over of identities: whose devices are whose, and which may log in (protocol 4).

A space may name an older head of an identity than the server has seen elsewhere; what it has stays. An
entry that contradicts what it has is refused; but where a space is put back that stood before, what it has stays also
then, and such a member logs in by that alone: no member may keep others' spaces from them by saying two things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.identity import Identity, IdentityEntry
from securecall.labels import Label, digest
from securecall.wire import ZERO, Signed, decode, item_digest
from securecall_server.store.interface import Store
from securecall_server.store.rows import DeviceRow, IdentityRow


@dataclass(slots=True)
class Enrolment:
    """The identities that a batch brings, on top of those that the database has."""

    store: Store
    _known: dict[bytes, list[bytes]] = field(default_factory=dict)

    async def rows(
        self, items: Sequence[bytes], grown: Mapping[bytes, Identity], *, stood: bool = False
    ) -> tuple[tuple[IdentityRow, ...], tuple[DeviceRow, ...]]:
        """What is to be written for identity entries that were verified; ``grown`` is what they led to.

        Those that contradict what the server has are passed over if they ``stood`` in their space before.

        Raises: InvalidError (`Problem.BAD_IDENTITY`) if they contradict what the server has.
        """
        after = dict(self._known)
        new: list[IdentityRow] = []
        for item in items:
            member, number, previous = _place(item)
            if member not in after:
                after[member] = await self.store.identity(member)
            have = after[member]
            if number < len(have) and have[number] == item:
                continue
            if number == len(have) and previous == _head(have):
                after[member] = [*have, item]
                new.append(IdentityRow(member, number, item))
            elif not stood:
                raise InvalidError(Problem.BAD_IDENTITY, "contradicts the identity entries that are here")
        devices = [row for member in {row.member for row in new} for row in device_rows(grown[member])]
        await self._check_owners(devices)
        self._known = after
        return tuple(new), tuple(devices)

    async def _check_owners(self, devices: Sequence[DeviceRow]) -> None:
        for row in devices:
            known = await self.store.device(row.device)
            if known is not None and known.member != row.member:
                raise InvalidError(Problem.BAD_IDENTITY, "a device that is another member's")


def _place(item: bytes) -> tuple[bytes, int, bytes]:
    """Member, number and head before of an identity entry that was verified before."""
    payload = decode(item, Signed, caps.IDENTITY_BYTES).payload
    entry = decode(payload, IdentityEntry, caps.IDENTITY_BYTES)
    return (entry.member if entry.number else digest(Label.MEMBER, payload)), entry.number, entry.previous


def _head(items: Sequence[bytes]) -> bytes:
    return item_digest(items[-1], Label.IDENTITY) if items else ZERO


def device_rows(identity: Identity) -> list[DeviceRow]:
    """What login is told of an identity's devices."""
    return [
        DeviceRow(device.device, identity.member, device.login, device.live) for device in identity.devices.values()
    ]
