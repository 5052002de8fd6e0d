"""Padding, so that yes, no and empty look alike (protocol 8; row S31).

Plaintext becomes a 4-byte big-endian length, the content, and zeros: at least 1 KiB, above that to the next
size of Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs",
PoPETs 2019, section 4), which leaks O(log log n) bits and costs at most 12 %.
"""

from securecall_keys.errors import CannotOpenError

FLOOR = 1024
_PREFIX = 4


def padme(length: int) -> int:
    """The padded size of ``length`` bytes."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    zero_bits = exponent - exponent.bit_length()
    mask = (1 << zero_bits) - 1
    return (length + mask) & ~mask


def pad(content: bytes) -> bytes:
    """Pad ``content``."""
    return fill(content, padme(max(FLOOR, _PREFIX + len(content))))


def unpad(padded: bytes) -> bytes:
    """Undo `pad`. Raises: CannotOpenError for anything that `pad` does not make."""
    content = _content(padded)
    if pad(content) != padded:
        raise CannotOpenError("not padded as it must be")
    return content


def fill(content: bytes, size: int) -> bytes:
    """Pad ``content`` to exactly ``size`` bytes, which it fits into."""
    return (len(content).to_bytes(_PREFIX, "big") + content).ljust(size, b"\x00")


def unfill(padded: bytes) -> bytes:
    """Undo `fill`. Raises: CannotOpenError for anything that `fill` does not make."""
    content = _content(padded)
    if fill(content, len(padded)) != padded:
        raise CannotOpenError("not padded as it must be")
    return content


def _content(padded: bytes) -> bytes:
    return padded[_PREFIX : _PREFIX + int.from_bytes(padded[:_PREFIX], "big")]
