"""Keys that are kept back, spoiled, replayed or made by the server; each shows as the server's doing (row S39)."""

from collections.abc import Callable

from securecall import entries as e
from tests.simulator.field import Field, write
from tests.simulator.forging import grant_of_mine
from tests.simulator.hostile import Hostile, flipped
from tests.simulator.people import member_of
from tests.simulator.refusal import Act, Lie

Boxes = dict[int, bytes]
SEED = b"\x07" * 32
"""A key that the server knows."""
KEPT_BACK = "the server keeps back this device's new key, or gave another"


def grants(change: Callable[[Boxes], Boxes]) -> Lie:
    """Give Ann other grants than were made for her."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.change_grants(change)

    return lie


async def made_by_the_server(field: Field, server: Hostile) -> None:
    """Grants of a key of the server's own, well formed and truly sealed to Ann."""
    view = await field.view("Bob")
    ann = member_of(view, "Ann")

    def made(boxes: Boxes) -> Boxes:
        starts = {seq for seq, step in enumerate(view.steps) if isinstance(step.body, e.Entry)}
        return {seq: grant_of_mine(view, seq, ann, SEED) if seq in starts else box for seq, box in boxes.items()}

    server.change_grants(made)


async def of_an_older_epoch(field: Field, server: Hostile) -> None:
    """The true grant of an older epoch, for the new one."""
    held = field.stage.server.spaces[field.stage.call].grants
    async with field.stage["Ann"].open(offline=True) as session:
        old = next(boxes[session.device.id] for boxes in held.values() if session.device.id in boxes)
    server.change_grants(lambda boxes: dict.fromkeys(boxes, old))


async def of_somebody_else(field: Field, server: Hostile) -> None:
    """Bob's grants."""
    async with field.stage["Bob"].open(offline=True) as session:
        bob = session.device.id
    held = field.stage.server.spaces[field.stage.call].grants
    server.change_grants(lambda boxes: {seq: held[seq].get(bob, b"") for seq in boxes})


def spoiled(lie: Lie, rows: str = "S39") -> Act:
    """An act with grants. The chain itself is as it was, so it is taken over, and Ann asks for the key once more and
    then complains in the chain: the digests of good grants stand there, and tell the server nothing.
    """
    return Act(rows, lie, write, "odd", KEPT_BACK, takes=True, goes_on=True)


GRANTS: dict[str, Act] = {
    "keeps a grant back": spoiled(grants(lambda _boxes: {}), "S39 S04"),
    "gives garbage for a grant": spoiled(grants(lambda boxes: dict.fromkeys(boxes, b"garbage")), "S39 S16"),
    "gives an empty grant": spoiled(grants(lambda boxes: dict.fromkeys(boxes, b""))),
    "gives an endless grant": spoiled(grants(lambda boxes: dict.fromkeys(boxes, bytes(1_000_000))), "S39 S38"),
    "turns a bit of a grant over": spoiled(grants(lambda boxes: {k: flipped(v, 77) for k, v in boxes.items()})),
    "cuts a grant short": spoiled(grants(lambda boxes: {k: v[:-1] for k, v in boxes.items()}), "S39 S15"),
    "gives a grant for another place": spoiled(grants(lambda boxes: {k + 1: v for k, v in boxes.items()}), "S39 S27"),
    "gives a key of its own": spoiled(made_by_the_server, "S04 S05"),
    "gives an old grant for a new epoch": spoiled(of_an_older_epoch, "S06"),
    "gives Bob's grant": spoiled(of_somebody_else, "S12 S39"),
}
