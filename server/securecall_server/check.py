"""Whether all that a server keeps is whole: what `securecall-server check` looks at, also beside a running server.

The database by its own means; every identity and every chain by the very same rules as clients; beside each entry
exactly the grants it lists; for each blob that a record lists all its chunks, and for each chunk that is noted its
file. What a server at work changes under our eyes is looked at twice before it counts.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError
from securecall.identity import Identity, grow
from securecall.labels import Label, digest
from securecall.records import BlobRef, Record
from securecall.state import ENTRY
from securecall.wire import Signed, decode
from securecall_server.beside import is_complete
from securecall_server.blobs import BlobFullError, BlobMissingError, BlobStore
from securecall_server.chains import Chains, Held
from securecall_server.enrolment import device_rows
from securecall_server.errors import DamagedError, RefusedError
from securecall_server.purge import find_orphans
from securecall_server.store import PlaceRow, StoreFaultError, Survey

_PAGE, _PAGE_BYTES = 500, 8 << 20
_SECTOR = 4096
"""Bytes that a disk or file system loses at once; lost ones read as zeros, which ciphertext never does."""


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
    """What was looked at and found. ``orphans`` are blobs on the disk that the database does not know, as
    ``space/blob`` in hex: they harm nobody, and `purge` deletes them.
    """

    clean: bool
    faults: list[Fault]
    orphans: list[str]
    spaces: int
    items: int
    chunks: int
    bytes: int


@dataclass(slots=True)
class _Listed:
    """What a chain says must lie beside it: the digest of each grant by place and device, and the blobs by author."""

    grants: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    blobs: dict[bytes, tuple[BlobRef, bytes]] = field(default_factory=dict)


async def check(survey: Survey, blobs: BlobStore, *, read_all: bool = False) -> Report:
    """Look at everything; ``read_all`` reads every chunk too. Raises: StoreFullError, BlobFullError."""
    try:
        faults = [_fault(Damage.DATABASE, f"The database is damaged: {line}.") for line in await survey.faults()]
        faults += [_fault(Damage.CHAIN, one) for one in await _identities(survey)]
        spaces = await survey.spaces()
        items, damaged = await _chains(survey, spaces)
        faults += damaged
        chunks = await survey.chunks()
        faults += [_fault(Damage.FILE, one) async for one in _files(survey, blobs, chunks, read_all=read_all)]
        orphans = [f"{space.hex()}/{blob.hex()}" for space, blob in await find_orphans(survey.store, blobs)]
    except StoreFaultError as error:
        # Nothing that stands on damaged pages can be looked at.
        return Report(False, [_fault(Damage.DATABASE, str(error))], [], 0, 0, 0, 0)
    return Report(not faults, faults, orphans, len(spaces), items, len(chunks), sum(chunk[3] for chunk in chunks))


async def _identities(survey: Survey) -> list[str]:
    """Members whose identity breaks the rules, or whose devices are not those that it says."""
    return [
        f"The identity or the devices of member {member.hex()} are damaged"
        for member in await survey.members()
        if not await _sound_identity(survey, member) and not await _sound_identity(survey, member)
    ]


async def _sound_identity(survey: Survey, member: bytes) -> bool:
    grown: dict[bytes, Identity] = {}
    try:
        for item in await survey.store.identity(member):
            grown |= grow(grown, [item])
    except InvalidError:
        return False
    rows = sorted(device_rows(grown[member]), key=lambda row: row.device) if grown.keys() == {member} else None
    return rows == await survey.devices(member)


async def _chains(survey: Survey, spaces: Iterable[bytes]) -> tuple[int, list[Fault]]:
    """How many items there are, and what is wrong with each space."""
    items, faults = 0, []
    chains = Chains(survey.store, shared=False)
    for space in spaces:
        # Somebody may drop, destroy or add between two questions: only what is wrong twice is wrong.
        length, found = await _space(survey, chains, space)
        if found:
            chains.drop(space)
            length, found = await _space(survey, chains, space)
        items += length
        faults += found
    return items, faults


async def _space(survey: Survey, chains: Chains, space: bytes) -> tuple[int, list[Fault]]:
    name = f"space {space.hex()}"
    try:
        held = await chains.get(space)
    except (DamagedError, RefusedError, InvalidError) as error:
        return 0, [_fault(Damage.CHAIN, f"The chain of {name} is damaged: {_why(error)}")]
    if held is None:
        return 0, [_fault(Damage.CHAIN, f"The chain of {name} has no beginning")]
    listed = _Listed()
    async for row in _places(survey, space, held.durable):
        _take(listed, row)
    faults = [_fault(Damage.CHAIN, f"{one} in {name}") for one in await _beside(survey, held, listed)]
    faults += [_fault(Damage.FILE, f"{one} in {name}") for one in await _blobs(survey, held, listed)]
    return held.durable, faults


def _why(error: DamagedError | RefusedError | InvalidError) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, InvalidError) else error
    return str(cause).removesuffix(".")


async def _places(survey: Survey, space: bytes, stop: int) -> AsyncIterator[PlaceRow]:
    first = 0
    while first < stop and (rows := await survey.store.places(space, first, _PAGE, _PAGE_BYTES)):
        for row in rows:
            if row.seq < stop:
                yield row
        first = rows[-1].seq + 1


def _take(listed: _Listed, row: PlaceRow) -> None:
    """Add what an item lists; it was verified before."""
    if row.item is None:
        return
    if row.kind == ENTRY:
        entry = decode(decode(row.item, Signed, caps.ENTRY_BYTES).payload, e.Entry, caps.ENTRY_BYTES)
        listed.grants.update({(row.seq, line.device): line.digest for line in entry.body.grants})
        return
    record = decode(decode(row.item, Signed, caps.RECORD_BYTES).payload, Record, caps.RECORD_BYTES)
    listed.blobs.update({ref.blob: (ref, record.header.author) for ref in record.header.blobs})


async def _beside(survey: Survey, held: Held, listed: _Listed) -> list[str]:
    """What is wrong with grants, and with bytes that are absent: after a `destroy` both are gone, before it neither."""
    space = held.chain.space
    there = {
        (row.seq, row.device): digest(Label.GRANT, row.box)
        for row in await survey.grants(space)
        if row.seq < held.durable
    }
    wrong = [] if there == ({} if held.chain.destroyed else listed.grants) else ["Grants are missing or damaged"]
    if not held.chain.destroyed and (absent := await survey.absent(space)):
        wrong.append(f"The bytes of {absent} items are missing")
    return wrong


async def _blobs(survey: Survey, held: Held, listed: _Listed) -> list[str]:
    if held.chain.destroyed:
        return []
    store, space = survey.store, held.chain.space
    return [
        f"Blob {blob.hex()} is listed by a record and not complete"
        for blob, (ref, author) in listed.blobs.items()
        if blob not in held.chain.dropped and not await is_complete(store, space, ref, author)
    ]


async def _files(
    survey: Survey, blobs: BlobStore, chunks: Iterable[tuple[bytes, bytes, int, int]], *, read_all: bool
) -> AsyncIterator[str]:
    """Chunks that are noted and not on the disk as they should be."""
    sizes = {(space, blob, index): size async for space, blob, index, size in blobs.listing()}
    for space, blob, index, size in chunks:
        if sizes.get((space, blob, index)) == size and not read_all:
            continue
        wrong = await _wrong(blobs, (space, blob, index), size)
        if wrong and await survey.store.chunk(space, blob, index) is not None:
            yield f"Chunk {index} of blob {blob.hex()} in space {space.hex()} {wrong}"


async def _wrong(blobs: BlobStore, chunk: tuple[bytes, bytes, int], size: int) -> str:
    """What is wrong with a chunk's bytes, or nothing."""
    try:
        data = await blobs.get(*chunk)
    except BlobMissingError:
        return "is missing"
    except BlobFullError:
        return "cannot be read"
    if len(data) != size:
        return f"has {len(data)} bytes and not {size}"
    lost = any(not any(data[at : at + _SECTOR]) for at in range(0, len(data) - _SECTOR + 1, _SECTOR))
    return "has holes where the disk lost its bytes" if lost else ""


def _fault(kind: Damage, message: str) -> Fault:
    return Fault(kind, f"{message.removesuffix('.')}.", HINTS[kind])
