"""Who is named in a verdict, and what they signed, in words (protocol 20)."""

from dataclasses import dataclass
from typing import Literal

from securecall.exhibits import Case, Item, Vouched
from securecall.sentences import sentence


@dataclass(frozen=True, slots=True)
class Party:
    """A server (by its key), a member's device, or whoever made the file."""

    kind: Literal["server", "device", "maker"]
    key: bytes
    member: bytes | None


MAKER = Party("maker", b"", None)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a party signed, in words; ``time`` is the server's (unix ms), if it said one."""

    by: Party
    what: str
    time: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a file shows, and whom it convicts."""

    convicts: Literal["server", "member", "one of the two"]
    who: tuple[Party, ...]
    what: str
    signed: tuple[Signature, ...]


def server(vouched: Vouched) -> Party:
    """The server that made a statement."""
    return Party("server", vouched.statement.key, None)


def device(item: Item) -> Party:
    """The device that signed an item, as its member's: only for what the chain bears out."""
    return Party("device", item.device, item.author)


def statement(vouched: Vouched) -> Signature:
    """What a statement says."""
    value = vouched.value
    newest = sentence(", and that nothing stands after it") if value.newest else ""
    return Signature(
        server(vouched),
        sentence(
            "that place %(seq)s has the head %(head)s%(newest)s",
            seq=value.seq,
            head=value.head.hex()[:16],
            newest=newest,
        ),
        value.time,
    )


def item_signed(case: Case, item: Item) -> Signature:
    """What an item is, and whose: a member is named only if the chain ever named the device as theirs."""
    kind = {"entry": sentence("an entry"), "record": sentence("a record"), "beat": sentence("a beat")}[
        str(item.doubles[0])
    ]
    seen = (
        ""
        if item.seen is None
        else sentence(
            ", made upon place %(seq)s with the head %(head)s", seq=item.seen.seq, head=item.seen.head.hex()[:16]
        )
    )
    member = item.author if case.owner_of(item.device, item.author) else None
    return Signature(
        Party("device", item.device, member),
        sentence("%(kind)s with the digest %(digest)s%(seen)s", kind=kind, digest=item.digest.hex()[:16], seen=seen),
        None,
    )
