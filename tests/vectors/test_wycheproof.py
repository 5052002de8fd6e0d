"""Project Wycheproof's vectors through our own functions, or the very library calls they make."""

from collections.abc import Callable
from functools import partial
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from securecall import wire
from securecall.errors import InvalidError
from securecall.points import check_sealing
from securecall.wire import Signed, decode, encode
from securecall_keys import primitives
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import sealing_public, unseal
from securecall_keys.secret import Secret
from tests.vectors.others import cases

SOUND = sealing_public(Secret(bytes(32)))


def raw(test: dict[str, Any], *names: str) -> list[bytes]:
    """Fields in hex, as bytes."""
    return [bytes.fromhex(test[name]) for name in names]


def passes(act: Callable[[], object], *errors: type[Exception]) -> bool:
    """Whether it goes without one of these errors."""
    try:
        act()
    except errors:
        return False
    return True


def test_ed25519() -> None:
    wrong = []
    for group, test in cases("ed25519"):
        key, (message, signature) = bytes.fromhex(group["publicKey"]["pk"]), raw(test, "msg", "sig")

        def verify(key: bytes = key, message: bytes = message, signature: bytes = signature) -> None:
            signed = decode(encode(Signed(message, key, signature)), Signed, 1 << 20)
            wire._verify(signed.key, signed.signature, signed.payload)

        if passes(verify, InvalidError) is not (test["result"] == "valid"):
            wrong.append(test["tcId"])
    assert wrong == []


def test_S41_x25519_keys_are_judged_and_exchanged() -> None:
    refused = {"LowOrderPublic", "ZeroSharedSecret", "NonCanonicalPublic"}
    wrong = []
    for _, test in cases("x25519"):
        public, private, shared = raw(test, "public", "private", "shared")
        sound = passes(partial(check_sealing, SOUND[:-32] + public), InvalidError)
        if sound is bool(refused & set(test["flags"])):
            wrong.append(test["tcId"])
        if sound:
            key = X25519PrivateKey.from_private_bytes(private)
            assert key.exchange(X25519PublicKey.from_public_bytes(public)) == shared
    assert wrong == []


def test_S41_mlkem_encapsulation_keys_are_judged() -> None:
    wrong = []
    for _, test in cases("mlkem_768_encaps"):
        (key,) = raw(test, "ek")
        if passes(partial(check_sealing, key + SOUND[-32:]), InvalidError) is not (test["result"] == "valid"):
            wrong.append(test["tcId"])
    assert wrong == []


def decapsulate(key_seed: bytes, box: bytes) -> bytes:
    return MLKEM768PrivateKey.from_seed_bytes(key_seed).decapsulate(box)


def test_mlkem_seeds_expand_and_open() -> None:
    for _, test in cases("mlkem_768"):
        key_seed, box = raw(test, "seed", "c")
        if test["result"] != "valid":
            assert not passes(partial(decapsulate, key_seed, box), ValueError)
            continue
        private = MLKEM768PrivateKey.from_seed_bytes(key_seed)
        assert private.public_key().public_bytes_raw().hex() == test["ek"]
        assert decapsulate(key_seed, box).hex() == test["K"]
        check_sealing(bytes.fromhex(test["ek"]) + SOUND[-32:])


def test_hkdf_sha256() -> None:
    ours = 0
    for _, test in cases("hkdf_sha256"):
        ikm, salt, info, okm = raw(test, "ikm", "salt", "info", "okm")

        def expand(ikm: bytes = ikm, salt: bytes = salt, info: bytes = info, size: int = test["size"]) -> bytes:
            return HKDF(algorithm=hashes.SHA256(), length=size, salt=salt, info=info).derive(ikm)

        if test["result"] != "valid":
            assert not passes(expand, ValueError)
            continue
        assert expand() == okm
        if not salt:
            ours += 1
            assert primitives._hkdf(ikm, info)[: len(okm)] == okm[:32]
    assert ours >= 20


def test_aes_256_gcm_with_96_bit_nonces() -> None:
    tried = 0
    for group, test in cases("aes_gcm"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        tried += 1
        key, nonce, aad, message, box, tag = raw(test, "key", "iv", "aad", "msg", "ct", "tag")
        if test["result"] == "valid":
            assert AESGCM(key).encrypt(nonce, message, aad) == box + tag
            assert AESGCM(key).decrypt(nonce, box + tag, aad) == message
        else:
            assert not passes(partial(AESGCM(key).decrypt, nonce, box + tag, aad), InvalidTag)
    assert tried >= 60


def test_xchacha20_poly1305() -> None:
    for group, test in cases("xchacha20_poly1305"):
        key, nonce, aad, message, box, tag = raw(test, "key", "iv", "aad", "msg", "ct", "tag")
        if test["result"] == "valid":
            assert unseal(Secret(key), nonce + box + tag, aad) == message
        elif group["ivSize"] == 192:
            assert not passes(partial(unseal, Secret(key), nonce + box + tag, aad), CannotOpenError)
