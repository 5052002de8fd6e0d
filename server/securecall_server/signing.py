"""The server's signing key, and the two things it signs (protocol 13, 10; `securecall.statements`)."""

import secrets

from nacl.signing import SigningKey

from securecall.labels import Label
from securecall.statements import Hello, Statement
from securecall.wire import Signed, Wire, encode

SEED_BYTES = 32


def new_seed() -> bytes:
    """An Ed25519 seed from the system's randomness."""
    return secrets.token_bytes(SEED_BYTES)


def public_half(seed: bytes) -> bytes:
    """The Ed25519 public key (32 bytes) of a seed."""
    return bytes(SigningKey(seed).verify_key)


class ServerKey:
    """The key by which clients know this server. Its secret half is never shown and never pickled."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public = bytes(self._key.verify_key)

    def __repr__(self) -> str:
        return "ServerKey(...)"

    def __reduce__(self) -> str:
        raise TypeError("A server's key is not pickled.")

    def hello(self, client_nonce: bytes, server_nonce: bytes) -> bytes:
        """The signed greeting that begins a login."""
        return self._sign(Label.HELLO, Hello(self.public, client_nonce, server_nonce))

    def statement(self, space: bytes, seq: int, head: bytes, time: int, *, newest: bool) -> bytes:
        """The signed word that ``space`` has ``head`` at ``seq``; ``time`` in unix milliseconds."""
        return self._sign(Label.STATEMENT, Statement(space, seq, head, time, newest))

    def _sign(self, label: Label, value: Wire) -> bytes:
        payload = encode(value)
        signature = self._key.sign(label.prefix() + payload).signature
        return encode(Signed(payload, self.public, signature))
