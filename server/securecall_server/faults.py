"""What `securecall-server check` finds and says: kinds of damage, what is to be done about each, and the report."""

from enum import StrEnum

import msgspec


class Damage(StrEnum):
    """Kinds of damage, by what is to be done."""

    DATABASE = "database"
    CHAIN = "chain"
    FILE = "file"


HINTS = {
    Damage.DATABASE: "Stop the server, keep a copy of its folder as it is, and restore the newest backup.",
    Damage.CHAIN: "Stop the server, keep a copy of its folder as it is, and restore the newest backup.",
    Damage.FILE: "Restore this chunk's file from a backup, or ask who put the document up, or a chair, to withdraw it "
    "and put it up again. Everything else works meanwhile.",
}


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it must be: a plain sentence, and what to do."""

    kind: Damage
    message: str
    hint: str


class Report(msgspec.Struct, frozen=True):
    """What was looked at and found.

    ``orphans`` are chunks on the disk that the database does not note, as ``space/blob/index`` in hex: they harm
    nobody, and `purge` deletes them. ``absent`` is what nobody brought back since a restore or a move: all grants of an
    entry, all chunks of a document. It is told and is no damage, which leaves a part of such a thing;
    where neither has happened it is damage, too.
    """

    clean: bool
    faults: list[Fault]
    absent: list[str]
    orphans: list[str]
    spaces: int
    items: int
    chunks: int
    bytes: int


def fault(kind: Damage, message: str) -> Fault:
    """A fault of that kind, with what to do about it."""
    return Fault(kind, f"{message.removesuffix('.')}.", HINTS[kind])
