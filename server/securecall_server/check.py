"""Whether all that a server keeps is whole: what `securecall-server check` looks at, also beside a running server.

The database by its own means; every identity and every chain by the very same rules as clients; beside each entry
exactly the grants it lists; for each blob that a record lists all its chunks, and for each chunk that is noted its
file. What a server at work changes under our eyes is looked at twice before it counts.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum

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
from securecall_server.blobs.interface import ChunkId, chunk_name
from securecall_server.chains import Chains, Held
from securecall_server.enrolment import device_rows
from securecall_server.errors import DamagedError, RefusedError
from securecall_server.faults import Damage, Fault, Report, fault
from securecall_server.purge import find_orphans, settled
from securecall_server.store import NotedChunk, PlaceRow, StoreFaultError, Survey

_PAGE, _PAGE_BYTES = 500, 8 << 20
_WRONG_GRANTS = "Grants are missing or damaged"
_SECTOR = 4096
"""Bytes that a disk or file system loses at once; lost ones read as zeros, which ciphertext never does."""


class Lack(Enum):
    """What a space may rightly lack here, because nobody has brought it back."""

    NOTHING = 0
    """It was always here: whatever is not is damage."""
    OLDER = 1
    """It was put back from a backup, or came from another server: grants of older epochs, and files."""
    NEWEST = 2
    """It is read-only until its people have put back what they hold: grants of the newest epoch, too."""


Lacks = Callable[[Held], Lack]
Files = Set[tuple[bytes, bytes]]
"""Blobs of which there is a file on the disk, with their spaces."""
Sizes = Mapping[ChunkId, int]
"""Bytes of each chunk on the disk."""


@dataclass(slots=True)
class _Listed:
    """What a chain says lies beside it: each grant's digest by place and device, and the blobs with their author."""

    grants: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    blobs: dict[bytes, tuple[BlobRef, bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class _Look:
    """What was seen of one space: how many items it has, what is wrong, and what nobody brought back."""

    length: int
    faults: list[Fault]
    absent: list[str] = field(default_factory=list)


async def check(
    survey: Survey, blobs: BlobStore, now: float, *, read_all: bool = False, lacks: Lacks = lambda _: Lack.NOTHING
) -> Report:
    """Look at everything at ``now`` (unix seconds); ``read_all`` reads every chunk too, and ``lacks`` says what a space
    may lack. Raises: StoreFullError, BlobFullError.
    """
    try:
        faults = [fault(Damage.DATABASE, f"The database is damaged: {line}.") for line in await survey.faults()]
        faults += [fault(Damage.CHAIN, one) for one in await _identities(survey)]
        spaces = await survey.spaces()
        there = [chunk async for chunk in blobs.listing()]
        sizes = {chunk.id: chunk.size for chunk in there}
        looks = await _chains(survey, spaces, lacks, {(space, blob) for space, blob, _ in sizes})
        faults += [one for look in looks for one in look.faults]
        absent = [one for look in looks for one in look.absent]
        chunks = await survey.chunks()
        faults += [fault(Damage.FILE, one) async for one in _files(survey, blobs, sizes, chunks, read_all=read_all)]
        orphans = await find_orphans(survey.store, blobs, settled(there, now))
    except StoreFaultError as error:
        # Nothing that stands on damaged pages can be looked at.
        return Report(False, [fault(Damage.DATABASE, str(error))], [], [], 0, 0, 0, 0)
    names = ["/".join(chunk_name(*orphan)) for orphan in orphans]
    items, size = sum(look.length for look in looks), sum(chunk.size for chunk in chunks)
    return Report(not faults, faults, absent, names, len(spaces), items, len(chunks), size)


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


async def _chains(survey: Survey, spaces: Iterable[bytes], lacks: Lacks, files: Files) -> list[_Look]:
    """How many items there are in each space, and what is wrong with it."""
    looks, chains = [], Chains(survey.store, shared=False)
    for space in spaces:
        # Somebody may drop, destroy or add between two questions: only what is wrong twice is wrong.
        look = await _space(survey, chains, space, lacks, files)
        if look.faults or look.absent:
            chains.drop(space)
            look = await _space(survey, chains, space, lacks, files)
        looks.append(look)
    return looks


async def _space(survey: Survey, chains: Chains, space: bytes, lacks: Lacks, files: Files) -> _Look:
    name = f"space {space.hex()}"
    try:
        held = await chains.get(space)
    except (DamagedError, RefusedError, InvalidError) as error:
        return _Look(0, [fault(Damage.CHAIN, f"The chain of {name} is damaged: {_why(error)}")])
    if held is None:
        return _Look(0, [fault(Damage.CHAIN, f"The chain of {name} has no beginning")])
    listed = _Listed()
    async for row in _places(survey, space, held.durable):
        _take(listed, row)
    lack = lacks(held)
    wrong, without = await _grants(survey, held, listed, lack)
    partial, lost = await _blobs(survey, held, listed, files)
    if lack is Lack.NOTHING:
        partial, lost = [*partial, *lost], []
    if not held.chain.destroyed and (gone := await survey.absent(space)):
        wrong.append(f"The bytes of {gone} items are missing")
    return _Look(
        held.durable,
        [fault(Damage.CHAIN, f"{one} in {name}") for one in wrong]
        + [fault(Damage.FILE, f"{one} in {name}") for one in partial],
        [f"{one} in {name}." for one in (*without, *lost)],
    )


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
        if entry.body.grants:
            listed.grants[row.seq] = {line.device: line.digest for line in entry.body.grants}
        return
    record = decode(decode(row.item, Signed, caps.RECORD_BYTES).payload, Record, caps.RECORD_BYTES)
    listed.blobs.update({ref.blob: (ref, record.header.author) for ref in record.header.blobs})


async def _grants(survey: Survey, held: Held, listed: _Listed, lack: Lack) -> tuple[list[str], list[str]]:
    """What is wrong with grants, of which a destroyed space has none, and entries whose grants nobody brought back.

    Those are gone whole, and everybody has a newer key since, or will get one with the end of healing.
    """
    should = {} if held.chain.destroyed else listed.grants
    there: dict[int, dict[bytes, bytes]] = {}
    for row in await survey.grants(held.chain.space):
        if row.seq < held.durable:
            there.setdefault(row.seq, {})[row.device] = digest(Label.GRANT, row.box)
    before = {Lack.NOTHING: 0, Lack.OLDER: held.chain.starts[held.chain.epoch], Lack.NEWEST: held.chain.next_seq}
    without = {seq for seq in should.keys() - there.keys() if seq < before[lack]}
    wrong = [] if there == {seq: should.get(seq) for seq in should.keys() - without} else [_WRONG_GRANTS]
    return wrong, [f"{len(without)} entries have no grants"] if without else []


async def _blobs(survey: Survey, held: Held, listed: _Listed, files: Files) -> tuple[list[str], list[str]]:
    """Blobs that records list and of which a part is missing, and those that nobody brought back."""
    partial: list[str] = []
    lost: list[str] = []
    if held.chain.destroyed:
        return partial, lost
    store, space = survey.store, held.chain.space
    for blob, (ref, author) in listed.blobs.items():
        if blob in held.chain.dropped or await is_complete(store, space, ref, author):
            continue
        if (space, blob) in files or await store.count_chunks(space, [blob]):
            partial.append(f"Blob {blob.hex()} is listed by a record and not complete")
        else:
            lost.append(f"Blob {blob.hex()} is not here")
    return partial, lost


async def _files(
    survey: Survey,
    blobs: BlobStore,
    sizes: Sizes,
    chunks: Iterable[NotedChunk],
    *,
    read_all: bool,
) -> AsyncIterator[str]:
    """Chunks that are noted and not on the disk as they should be."""
    for chunk in chunks:
        if sizes.get(chunk.id) == chunk.size and not read_all:
            continue
        wrong = await _wrong(blobs, chunk)
        if wrong and await survey.store.chunk(*chunk.id) is not None:
            space, blob, index = chunk.id
            yield f"Chunk {index} of blob {blob.hex()} in space {space.hex()} {wrong}"


async def _wrong(blobs: BlobStore, chunk: NotedChunk) -> str:
    """What is wrong with a chunk's bytes, or nothing."""
    try:
        data = await blobs.get(*chunk.id)
    except BlobMissingError:
        return "is missing"
    except BlobFullError:
        return "cannot be read"
    if len(data) != chunk.size:
        return f"has {len(data)} bytes and not {chunk.size}"
    if any(not any(data[at : at + _SECTOR]) for at in range(0, len(data) - _SECTOR + 1, _SECTOR)):
        return "has holes where the disk lost its bytes"
    return "" if chunk.is_whole(data) else "has other bytes than were put there"
