"""C2SP's vectors: our accept-set of Ed25519 pinned, ML-KEM's modulus, age's hybrid recipients (M09, M11, S41)."""

import base64
import binascii
import gzip
import json
import re
import zlib
from collections import Counter
from pathlib import Path

import pytest

from securecall import wire
from securecall.errors import InvalidError
from securecall.points import check_sealing, check_signing
from securecall_keys import primitives
from securecall_keys.context import NoticeContext
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import seal_to, sealing_public
from securecall_keys.secret import Secret
from tests.vectors.others import find

INFO = b"age-encryption.org/mlkem768x25519"

# What libsodium verifies, by flags: keys of mixed order among them, which never become a device's (`check_signing`).
VERIFIED = {
    (): 1,
    ("low_order_component_A",): 7,
    ("low_order_component_A", "low_order_component_R"): 35,
}


def passes(act: object, *arguments: bytes) -> bool:
    assert callable(act)
    try:
        act(*arguments)
    except InvalidError:
        return False
    return True


def test_M09_M11_the_accept_set_of_signatures_is_pinned() -> None:
    """A change here splits chains between versions and is a breaking release."""
    vectors = json.loads((find("cctv-ed25519") / "ed25519vectors.json").read_text("utf-8"))
    assert len(vectors) == 914
    verified: Counter[tuple[str, ...]] = Counter()
    accepted: Counter[tuple[str, ...]] = Counter()
    for case in vectors:
        key, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        if passes(wire._verify, key, signature, case["msg"].encode()):
            flags = tuple(sorted(case["flags"] or []))
            verified[flags] += 1
            accepted[flags] += passes(check_signing, key)
    assert verified == VERIFIED
    assert +accepted == {(): 1}


def test_S41_ml_kem_keys_that_are_not_reduced_are_refused() -> None:
    with gzip.open(find("cctv-mlkem") / "modulus-ML-KEM-768.txt.gz", "rt", encoding="ascii") as lines:
        keys = [bytes.fromhex(line.strip()) for line in lines if line.strip()]
    tail = sealing_public(Secret(bytes(32)))[-32:]
    assert len(keys) > 700
    assert not [key for key in keys if passes(check_sealing, key + tail)]


def test_ml_kem_keys_whose_matrix_is_long_to_sample_can_be_sealed_to() -> None:
    """Its seeds are of the draft before FIPS 203, so the vector's own ciphertext is of no use here; its key is."""
    text = (find("cctv-mlkem") / "unluckysample-ML-KEM-768.txt").read_text("ascii")
    (key,) = re.findall(r"^ek = ([0-9a-f]+)$", text, re.MULTILINE)
    public = bytes.fromhex(key) + sealing_public(Secret(bytes(32)))[-32:]
    check_sealing(public)
    assert len(seal_to(public, b"a seed", NoticeContext(bytes(32), bytes(32), bytes(16)))) == 1136 + 6


def read_bech32(text: str) -> bytes:
    """The data of a bech32 string (BIP 173), its checksum left to others."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    digits = [letters.index(letter) for letter in text.lower().rpartition("1")[2]][:-6]
    bits = "".join(f"{digit:05b}" for digit in digits)
    return int(bits[: len(bits) // 8 * 8], 2).to_bytes(len(bits) // 8, "big")


class AgeFile:
    """One of age's test files: what is expected, the identities, and the stanzas of its header."""

    def __init__(self, path: Path) -> None:
        head, _, body = path.read_bytes().partition(b"\n\n")
        fields = [line.partition(": ")[::2] for line in head.decode().splitlines()]
        self.expect = next(value for name, value in fields if name == "expect")
        self.file_key = bytes.fromhex(next(value for name, value in fields if name == "file key"))
        prefix = "AGE-SECRET-KEY-PQ-1"
        self.seeds = [Secret(read_bech32(v)) for n, v in fields if n == "identity" and v.startswith(prefix)]
        if ("compressed", "zlib") in fields:
            body = zlib.decompress(body)
        if ("armored", "yes") in fields:
            body = base64.b64decode(b"".join(body.splitlines()[1:-1]))
        self.stanzas = self._stanzas(body.partition(b"\n---")[0].decode())

    @staticmethod
    def _stanzas(header: str) -> list[tuple[list[str], str]]:
        parts = re.split(r"^-> ", header, flags=re.MULTILINE)[1:]
        pairs = (part.partition("\n") for part in parts)
        return [(arguments.split(" "), body.replace("\n", "")) for arguments, _, body in pairs]

    def open(self) -> bytes | None:
        """The file key, by our primitives; None where nothing opens. Bad encodings raise binascii.Error."""
        for (kind, *arguments), body in self.stanzas:
            if kind != "mlkem768x25519" or len(arguments) != 1:
                continue
            box = read_base64(arguments[0]) + read_base64(body)
            if len(box) != 1088 + 32 + 16 + 16:
                continue
            for key_seed in self.seeds:
                try:
                    return primitives._open(key_seed, box, INFO)
                except CannotOpenError:
                    continue
        return None


def read_base64(text: str) -> bytes:
    """Base64 without padding, in its one encoding."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if base64.b64encode(data).rstrip(b"=").decode() != text:
        raise binascii.Error("not canonical")
    return data


def test_age_s_hybrid_recipients_open_and_are_refused_as_age_does() -> None:
    paths = sorted(find("cctv-age-hybrid").iterdir())
    outcomes = {}
    for path in paths:
        case = AgeFile(path)
        try:
            opened = case.open()
        except binascii.Error:
            opened = None
        outcomes[path.name] = opened == case.file_key
        assert outcomes[path.name] is (case.expect == "success"), path.name
        assert opened in (None, case.file_key), path.name
    assert sum(outcomes.values()) == 5
    assert len(outcomes) == 19


@pytest.mark.parametrize("label", [INFO[:-1], INFO + b"\x00", b""])
def test_S42_age_s_grants_do_not_open_without_their_info(label: bytes) -> None:
    case = AgeFile(find("cctv-age-hybrid") / "hybrid")
    (_, enc), body = case.stanzas[0]
    with pytest.raises(CannotOpenError):
        primitives._open(case.seeds[0], read_base64(enc) + read_base64(body), label)
