"""A second client's sealing and opening, from `docs/protocol.md` with nothing of ours (sections 1 to 3, 6, 8)."""

import hmac
from hashlib import sha3_256, sha256, shake_256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from tests.vectors.page import LABELS, Message, RefusedError, read, write

ZERO = bytes(32)


def digest(label: str, *parts: bytes) -> bytes:
    """`D(label, …)` of section 1.4."""
    return sha256(LABELS[label] + b"".join(parts)).digest()


def signed(data: bytes, label: str, kind: str, cap: int) -> tuple[Message, bytes, bytes, bytes]:
    """A signed thing's meaning, signer, digest and payload, in the order of work of section 1.2."""
    outer = read("Signed", data, cap)
    try:
        VerifyKey(outer["key"]).verify(LABELS[label] + outer["payload"], outer["signature"])
    except (BadSignatureError, ValueError) as error:
        raise RefusedError("bad-signature") from error
    own = digest(label, outer["key"], outer["signature"], outer["payload"])
    return read(kind, outer["payload"], cap), outer["key"], own, outer["payload"]


def context(kind: str, *values: Any) -> bytes:
    """A context (section 3)."""
    return LABELS["context"] + write(kind, *values)


def kdf(secret: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 without salt, 32 bytes (RFC 5869)."""
    return _expand(hmac.digest(ZERO, secret, "sha256"), info, 32)


def _expand(key: bytes, info: bytes, size: int) -> bytes:
    return hmac.digest(key, info + b"\x01", "sha256")[:size]


class Epoch:
    """The keys of an epoch, from its seed or from `everyone` (section 6.1)."""

    def __init__(self, space: bytes, epoch: int, *, seed: bytes | None = None, everyone: bytes = b"") -> None:
        self.space, self.epoch, self.seed = space, epoch, seed
        self.everyone = everyone if seed is None else kdf(seed, self._context("everyone"))

    def _context(self, purpose: str) -> bytes:
        return context("EpochContext", purpose, self.space if self.epoch else ZERO, self.epoch)

    def commit(self) -> bytes:
        """What the entry that starts it says."""
        return kdf(self.everyone, self._context("commit"))

    def key(self, circle: str, purpose: str) -> bytes:
        """The key of a circle for records, entries or beats."""
        base = self.everyone if circle == "everyone" else kdf(self.seed or b"", self._context("allies"))
        return kdf(base, self._context(purpose))

    def older(self, link: Message) -> "Epoch":
        """The epoch that a link leads to."""
        associated = context("LinkContext", self.space, self.epoch, link["epoch"])
        seed = unseal(kdf(self.seed or b"", self._context("history")), link["box"], associated)
        return Epoch(self.space, link["epoch"], seed=seed)


class Sealing:
    """A sealing key from its seed (section 2.2); ``public`` is its public half."""

    def __init__(self, seed: bytes) -> None:
        expanded = shake_256(seed).digest(96)
        self._mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        self.public = self._mlkem.public_key().public_bytes_raw() + self._own()

    def _own(self) -> bytes:
        return self._x25519.public_key().public_bytes_raw()

    def open(self, box: bytes, info: bytes) -> bytes:
        """What HPKE sealed to it (section 2; RFC 9180, base mode, the key schedule by hand)."""
        ciphertext, ephemeral = box[:1088], box[1088:1120]
        agreed = self._x25519.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        parts = self._mlkem.decapsulate(ciphertext) + agreed + ephemeral + self._own()
        shared = sha3_256(parts + bytes.fromhex("5c2e2f2f5e5c")).digest()
        suite = b"HPKE" + bytes.fromhex("647a00010003")

        def extract(salt: bytes, label: bytes, value: bytes) -> bytes:
            return hmac.digest(salt or ZERO, b"HPKE-v1" + suite + label + value, "sha256")

        def expand(key: bytes, label: bytes, about: bytes, size: int) -> bytes:
            return _expand(key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + about, size)

        about = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
        secret = extract(shared, b"secret", b"")
        key, nonce = expand(secret, b"key", about, 32), expand(secret, b"base_nonce", about, 12)
        return ChaCha20Poly1305(key).decrypt(nonce, box[1120:], b"")


class Device:
    """A device's keys from its secret (sections 2.1, 2.2)."""

    def __init__(self, secret: bytes) -> None:
        seeds = {use: kdf(secret, context("DeviceContext", use)) for use in ("signing", "sealing", "login")}
        self.id = bytes(SigningKey(seeds["signing"]).verify_key)
        self.login = bytes(SigningKey(seeds["login"]).verify_key)
        sealing = Sealing(seeds["sealing"])
        self.sealing, self.open = sealing.public, sealing.open


def unseal(key: bytes, box: bytes, associated: bytes) -> bytes:
    """XChaCha20-Poly1305 as section 2 lays it out."""
    return crypto_aead_xchacha20poly1305_ietf_decrypt(box[24:], associated, box[:24], key)


def padme(length: int) -> int:
    """Section 8.2."""
    highest = length.bit_length() - 1
    step = 1 << (highest - highest.bit_length())
    return -(-length // step) * step


def fill(content: bytes, size: int) -> bytes:
    """The length in 4 bytes, the content, and zeros."""
    return (len(content).to_bytes(4, "big") + content).ljust(size, b"\x00")


def unfill(padded: bytes, size: int | None = None) -> bytes:
    """What was padded, to ``size`` or as section 8.2 says; all bytes are compared."""
    content = padded[4 : 4 + int.from_bytes(padded[:4], "big")]
    if fill(content, size or padme(max(1024, 4 + len(content)))) != padded:
        raise RefusedError("malformed")
    return content
