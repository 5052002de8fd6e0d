"""What decoders are given: noise, good inputs spoiled in the ways that parsers fall over, and known traps.

Spoiled are the bytes (turned bits, cuts, doubled and foreign pieces, lengths that promise gigabytes) and, where an
input is MessagePack or JSON, its tree (other types, numbers at the edges of their width, missing and doubled fields).
"""

import json
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from hypothesis import strategies as st

Edit = tuple[int, int, int]
"""Which kind, where, and with what: three numbers, so that a failure shrinks well."""

LENGTHS: Final = tuple(
    bytes.fromhex(text)
    for text in (
        "c4ff", "c5ffff", "c6ffffffff", "c67fffffff", "d9ff", "daffff", "dbffffffff", "dcffff", "ddffffffff",
        "dd7fffffff", "deffff", "dfffffffff", "c7ff05", "c8ffff05", "c9ffffffff05", "d6ff", "d7ff", "d8ff",
        "cfffffffffffffffff", "d3ffffffffffffffff", "cb7ff0000000000000", "cb7ff8000000000000", "c1",
    )
)  # fmt: skip
"""Headers that promise more than comes, and MessagePack's numbers and types that our bytes never hold."""
DEPTHS: Final = (1_100, 6_000)
OPENINGS: Final = (b"\x91", b"\x81\xa1a", b"[", b'{"a":', b"[[", b"a=[", b"(", b"-")
TRAPS: Final = (
    b"",
    b"\x00",
    b"\xff" * 64,
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"1" * 5_000,
    b"-0",
    b"1e999",
    b"NaN",
    b'"\\ud800"',
    b"\x00" * 4_096,
    *LENGTHS,
    *(
        opening * depth
        for depth in DEPTHS
        for opening in (b"\x91", b"\x81\xa1a", b"[", b'{"a":', b"[[", b"a=[", b"(", b"-")
    ),
    *(b"[" * depth + b"]" * depth for depth in DEPTHS),
    *(b"\x91" * depth + b"\xc0" for depth in DEPTHS),
)
ODD: Final[tuple[object, ...]] = (
    None, True, False, 0, 1, -1, 2**16, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 0.5, -0.0, 1e308,
    "", "a", "\x00", "\u202e", "é", "e\u0301", "a" * 300, "../../x", "\ud7ff", b"", b"\x00", bytes(16), bytes(32),
    bytes(64), b"\xff" * 32, bytes(5_000), [], [[]], {}, {"a": 1},
)  # fmt: skip


def inputs(samples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Inputs for a decoder to which ``samples`` are good."""
    edits = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 1 << 24), st.integers(0, 1 << 16)), max_size=4)
    pick = st.integers(0, len(samples) - 1)
    spoiled = st.builds(lambda at, how: spoil(samples, at, how), pick, edits)
    return st.one_of(spoiled, spoiled, spoiled, st.binary(max_size=400), st.sampled_from(TRAPS))


def spoil(samples: Sequence[bytes], at: int, edits: Sequence[Edit]) -> bytes:
    """The sample ``at`` after ``edits``."""
    data = samples[at]
    for kind, where, what in edits:
        data = _EDITS[kind % len(_EDITS)](data, where, what, samples)
    return data


def _turn(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = where % len(data)
    return data[:at] + bytes([data[at] ^ (1 << what % 8)]) + data[at + 1 :]


def _write(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = where % len(data)
    return data[:at] + bytes([what % 256]) + data[at + 1 :]


def _cut(data: bytes, where: int, _what: int, _samples: Sequence[bytes]) -> bytes:
    return data[: where % (len(data) + 1)]


def _leave_out(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    at = where % (len(data) + 1)
    return data[:at] + data[at + what % 40 + 1 :]


def _double(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    at = where % (len(data) + 1)
    return data[:at] + data[at : at + what % 64] * (what % 5 + 2) + data[at:]


def _extend(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    return data + bytes([what % 256]) * (where % 70 + 1)


def _splice(data: bytes, where: int, what: int, samples: Sequence[bytes]) -> bytes:
    other = samples[what % len(samples)]
    return data[: where % (len(data) + 1)] + other[what % (len(other) + 1) :]


def _promise(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    at, length = where % (len(data) + 1), LENGTHS[what % len(LENGTHS)]
    return data[:at] + length + data[at + len(length) * (what % 2) :]


def _nest(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    at = where % (len(data) + 1)
    return data[:at] + OPENINGS[what % len(OPENINGS)] * DEPTHS[0] + data[at:]


def _tree(data: bytes, where: int, what: int, _samples: Sequence[bytes]) -> bytes:
    """Another value somewhere in the tree, in the same format; bytes that are no tree stay as they are."""
    for read, write in ((msgspec.msgpack.decode, msgspec.msgpack.encode), (json.loads, _json)):
        try:
            tree = read(data)
        except Exception:  # noqa: S112 - whatever it is: no tree of this format
            continue
        places = _places(tree)
        if places:
            holder, key = places[where % len(places)]
            _change(holder, key, what)
        return write(tree)
    return data


def _json(tree: object) -> bytes:
    return json.dumps(tree, default=lambda value: "AAAA" if isinstance(value, bytes) else None).encode()


def _places(tree: object) -> list[tuple[list[object] | dict[object, object], object]]:
    found: list[tuple[list[object] | dict[object, object], object]] = []
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if not isinstance(node, list | dict):
            continue
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
        found += [(node, key) for key in keys]
        stack += list(node) if isinstance(node, list) else list(node.values())
    return found


def _change(holder: list[object] | dict[object, object], key: object, what: int) -> None:
    odd, how = ODD[what // 4 % len(ODD)], what % 4
    if isinstance(holder, dict):
        holder.pop(key) if how == 0 else holder.__setitem__(key if how < 3 else str(odd), odd)
        return
    assert isinstance(key, int)
    match how:
        case 0:
            holder.pop(key)
        case 1:
            holder.insert(key, holder[key])
        case _:
            holder[key] = odd


_EDITS: Final[tuple[Callable[[bytes, int, int, Sequence[bytes]], bytes], ...]] = (
    _tree, _turn, _write, _cut, _leave_out, _double, _extend, _splice, _promise, _nest, _tree, _tree,
)  # fmt: skip
