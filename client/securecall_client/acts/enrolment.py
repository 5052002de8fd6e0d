"""Beginning a profile: a new device with its own identity, known to a server (protocol 4, 10)."""

from dataclasses import dataclass

from securecall.identity import begin
from securecall_client import clock
from securecall_client.profile import Lock, Profile
from securecall_client.replica import Replica
from securecall_client.settings import Settings
from securecall_keys.device import DeviceKeys


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device and the identity that it begins."""

    device: DeviceKeys
    member: bytes
    identity: bytes

    @classmethod
    def generate(cls) -> "Newcomer":
        """A new person on a new device; nothing is kept anywhere yet."""
        device = DeviceKeys.generate()
        identity = device.begin_identity(clock.minute())
        return cls(device, begin(identity).member, identity)


async def keep(
    settings: Settings, lock: Lock, newcomer: Newcomer, *, address: str, server: bytes, note: tuple[str, bytes]
) -> None:
    """Begin the profile on disk; ``note`` (key, value) says how to go on if this is interrupted.

    Raises: ProfileError if there is a profile already.
    """
    profile = Profile(settings.home)
    profile.create(newcomer.device, lock)
    async with Replica.open(profile.replica) as replica:
        await replica.set_identity([newcomer.identity])
        await replica.set_meta("member", newcomer.member)
        await replica.set_meta("address", address.encode())
        await replica.set_meta("proxy", (settings.proxy or "").encode())
        await replica.set_meta(*note)
        await replica.set_meta("server", server)
