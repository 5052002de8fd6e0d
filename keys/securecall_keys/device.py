"""A device's keys, all from one secret of 32 bytes (protocol 4)."""

from nacl.signing import SigningKey

from securecall.identity import AddDevice, Announcement, DeviceKind, IdentityEntry, RemoveDevice
from securecall.labels import Label
from securecall.wire import ZERO, Signed, Wire, encode
from securecall_keys.context import Context, DeviceContext
from securecall_keys.primitives import derive, fresh, sealing_public, unseal_from
from securecall_keys.secret import Secret


def sign(key: Secret, label: Label, payload: Wire) -> bytes:
    """``payload`` as a signed thing under ``label``, encoded; ``key`` is an Ed25519 seed."""
    signing = SigningKey(key.expose())
    data = encode(payload)
    signature = signing.sign(label.prefix() + data).signature
    return encode(Signed(data, bytes(signing.verify_key), signature))


def public_of(key: Secret) -> bytes:
    """The Ed25519 public key of a seed."""
    return bytes(SigningKey(key.expose()).verify_key)


class DeviceKeys:
    """Signing, sealing, login and storage keys of one device; `id` is its public signing key."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret
        self._signing = derive(secret, DeviceContext("signing"))
        self._sealing = derive(secret, DeviceContext("sealing"))
        self._login = derive(secret, DeviceContext("login"))
        self.storage = derive(secret, DeviceContext("storage"))
        self.id = public_of(self._signing)

    @classmethod
    def generate(cls) -> "DeviceKeys":
        """A new device."""
        return cls(fresh())

    def sign(self, label: Label, payload: Wire) -> bytes:
        """Sign as this device."""
        return sign(self._signing, label, payload)

    def sign_login(self, label: Label, payload: Wire) -> bytes:
        """Sign with the login key, which signs nothing else."""
        return sign(self._login, label, payload)

    def open(self, box: bytes, context: Context) -> bytes:
        """Open what was sealed to this device. Raises: CannotOpenError."""
        return unseal_from(self._sealing, box, context)

    def announce(self, member: bytes, kind: DeviceKind) -> bytes:
        """This device's signed announcement for ``member`` (zero for the first device of a new identity)."""
        login, sealing = public_of(self._login), sealing_public(self._sealing)
        return self.sign(Label.ANNOUNCEMENT, Announcement(member, kind, self.id, sealing, login))

    def begin_identity(self, minute: int) -> bytes:
        """Entry 0 of a new identity, with this device as its first."""
        change = AddDevice(self.announce(ZERO, "computer"))
        return self.sign(Label.IDENTITY, IdentityEntry(ZERO, 0, ZERO, self.id, minute, change))

    def extend_identity(
        self, member: bytes, number: int, previous: bytes, minute: int, change: AddDevice | RemoveDevice
    ) -> bytes:
        """Entry ``number`` of an identity, after the one with digest ``previous``."""
        entry = IdentityEntry(member, number, previous, self.id, minute, change)
        return self.sign(Label.IDENTITY, entry)
