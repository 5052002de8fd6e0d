"""What must come along with an item, and what the chain alone cannot judge: grants and blobs.

The boxes beside an entry are exactly those it lists, byte for byte (protocol 6); a record stands only once
every blob it lists is complete (protocol 9).
"""

from collections.abc import Mapping

from securecall import caps
from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.labels import Label, digest
from securecall.records import BlobRef, Record
from securecall.state import Step
from securecall_server.errors import Code, RefusedError
from securecall_server.store.interface import Store
from securecall_server.store.rows import GrantRow


def grant_rows(space: bytes, step: Step, boxes: Mapping[bytes, bytes]) -> tuple[GrantRow, ...]:
    """The grants to keep. Raises: InvalidError (`Problem.BAD_GRANTS`) unless exactly those listed came."""
    lines = step.body.body.grants if isinstance(step.body, e.Entry) else []
    if boxes.keys() != {line.device for line in lines}:
        raise InvalidError(Problem.BAD_GRANTS, "other grants beside the entry than it lists")
    for line in lines:
        box = boxes[line.device]
        if len(box) > caps.GRANT_BYTES or digest(Label.GRANT, box) != line.digest:
            raise InvalidError(Problem.BAD_GRANTS, "a grant that is not the one the entry lists")
    return tuple(GrantRow(space, step.seq, line.device, boxes[line.device]) for line in lines)


async def check_complete(store: Store, step: Step) -> None:
    """Raise RefusedError (`Code.NOT_COMPLETE`) unless all blobs a record lists are there, by its author."""
    if isinstance(step.body, Record):
        header = step.body.header
        for ref in header.blobs:
            if not await is_complete(store, header.space, ref, header.author):
                raise RefusedError(Code.NOT_COMPLETE)


async def is_complete(store: Store, space: bytes, ref: BlobRef, author: bytes) -> bool:
    """Whether all chunks of a listed blob are noted, begun by ``author``."""
    if await store.blob_owner(space, ref.blob) != author:
        return False
    sizes = await store.chunks(space, ref.blob)
    return sizes.keys() == set(range(ref.chunks)) and sum(sizes.values()) == ref.size
