"""Chunks of a file that are not those that its record pins, and lies about which there are."""

from collections.abc import Callable

from securecall_client.refusals import refused
from tests.simulator.field import Field, fetch, put_up
from tests.simulator.hostile import Hostile, flipped
from tests.simulator.refusal import Act, Lie

OTHER = "not the one that its record pins"
Chunk = Callable[[bytes], bytes]


def chunks(change: Chunk, at: int = 0) -> Lie:
    """Give other bytes for the ``at``-th chunk that is asked for, and the true ones for all else."""

    async def lie(_field: Field, server: Hostile) -> None:
        asked = iter(range(1000))
        server.change_chunks(lambda data: change(data) if next(asked) == at else data)

    return lie


def instead(turn: Callable[[int], int]) -> Lie:
    """Give another chunk of the same file."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.turn("get_chunk", lambda asked: (*asked[:2], turn(int(str(asked[2])))))

    return lie


async def of_another_file(field: Field, server: Hostile) -> None:
    """Give the chunk of another document."""
    blobs = field.stage.server.spaces[field.stage.call].blobs
    other = next(blob for blob, held in blobs.items() if len(held.chunks) == 1)
    server.turn("get_chunk", lambda asked: (asked[0], other, 0))


async def none(_field: Field, server: Hostile) -> None:
    """Say that there is no such chunk."""
    server.refuse("get_chunk", refused("not-found"))


async def damaged(_field: Field, server: Hostile) -> None:
    """Say that the chunk is damaged on the server's disk."""
    server.refuse("get_chunk", refused("damaged"))


async def all_there(_field: Field, server: Hostile) -> None:
    """Say that a file that was never sent is there."""
    server.lies["chunks"] = lambda _reply: {0: 4096}


FILES: dict[str, Act] = {
    "turns a bit of a chunk over": Act("S16 S15", chunks(lambda data: flipped(data, 5000)), fetch, words=OTHER),
    "turns a bit of the last chunk over": Act("S16", chunks(lambda data: flipped(data, -1), 1), fetch, words=OTHER),
    "cuts a chunk by a byte": Act("S15", chunks(lambda data: data[:-1]), fetch, words=OTHER),
    "cuts the last chunk to half": Act("S15", chunks(lambda data: data[: len(data) // 2], 1), fetch, words=OTHER),
    "gives an empty chunk": Act("S15", chunks(lambda _data: b""), fetch, words=OTHER),
    "adds bytes to the last chunk": Act("S15 S38", chunks(lambda data: data + bytes(100), 1), fetch, words=OTHER),
    "swaps two chunks": Act("S15", instead(lambda index: 1 - index), fetch, words=OTHER),
    "gives the first chunk twice": Act("S15", instead(lambda _index: 0), fetch, words=OTHER),
    "gives a chunk of another file": Act("S12 S15", of_another_file, fetch, words=OTHER),
    "gives plaintext for a chunk": Act("S17", chunks(lambda data: bytes(len(data))), fetch, words=OTHER),
    "denies a chunk": Act("S18", none, fetch, "odd", "does not give the file plan.pdf", goes_on=True),
    "calls a chunk damaged": Act("O03 S18", damaged, fetch, "odd", "no proof that the server lies", goes_on=True),
    "claims to have a file that it does not": Act(
        "S18", all_there, put_up, "refused", "does not have all parts", goes_on=True, takes=True
    ),
}
