"""Rows of made-up bytes for the stores' contracts."""

from hashlib import sha256

from securecall_server.store import Append, DeviceRow, GrantRow, IdentityRow, JoinRow, PlaceRow


def id_of(word: str) -> bytes:
    """A 32-byte id."""
    return sha256(word.encode()).digest()


def blob_of(word: str) -> bytes:
    """A 16-byte id."""
    return id_of(word)[:16]


def place(
    space: str, seq: int, item: bytes | None = None, identities: tuple[bytes, ...] = (), kind: int = 1
) -> PlaceRow:
    """A place with bytes of its own; ``item`` has some if it is not given."""
    word = f"{space} {seq}"
    item = word.encode() if item is None else item
    return PlaceRow(id_of(space), seq, kind, id_of(f"digest {word}"), id_of(f"head {word}"), item, identities)


def chain(space: str, first: int, stop: int) -> list[Append]:
    """Appends of places from ``first`` to before ``stop``."""
    return [Append(place(space, seq)) for seq in range(first, stop)]


def identity(member: str, number: int, item: bytes | None = None) -> IdentityRow:
    """An identity entry."""
    return IdentityRow(id_of(member), number, item if item is not None else f"{member} {number}".encode())


def device(name: str, member: str, live: bool = True) -> DeviceRow:
    """A device."""
    return DeviceRow(id_of(name), id_of(member), id_of(f"login {name}"), live)


def grant(space: str, seq: int, name: str) -> GrantRow:
    """A grant to a device."""
    return GrantRow(id_of(space), seq, id_of(name), f"grant {space} {seq} {name}".encode())


def join(space: str, key: str, member: str, request: bytes = b"request") -> JoinRow:
    """A join request."""
    return JoinRow(id_of(space), id_of(key), id_of(member), request, b"letter")
