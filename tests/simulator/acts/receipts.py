"""What the server signs for an item that was handed in: forged, or of another place, history or item."""

from collections.abc import Callable
from dataclasses import replace

from securecall.chain import next_head
from securecall_client.transport import Acknowledgement
from tests.simulator.field import Field, rotate, write
from tests.simulator.hostile import Hostile, flipped, restate, statement_of
from tests.simulator.refusal import Act, Lie
from tests.simulator.server import Server

NOT_SIGNED, ELSE = "did not sign its receipt", "something else than was sent"


def receipt(change: Callable[[Field, Acknowledgement], Acknowledgement]) -> Lie:
    """Answer what is handed in with another receipt."""

    async def lie(field: Field, server: Hostile) -> None:
        def changed(reply: object) -> object:
            assert isinstance(reply, Acknowledgement)
            return change(field, reply)

        server.lies["append"] = changed

    return lie


def signed(change: Callable[[bytes], bytes]) -> Lie:
    """Other bytes where the signed statement stands."""
    return receipt(lambda _field, reply: replace(reply, statement=change(reply.statement)))


def stated(**fields: object) -> Lie:
    """Truly sign something else."""
    return receipt(
        lambda field, reply: replace(reply, statement=restate(field.stage.server, reply.statement, **fields))
    )


def by_a_stranger(field: Field, reply: Acknowledgement) -> Acknowledgement:
    """The same, signed by another server."""
    told = statement_of(reply.statement)
    return replace(reply, statement=Server("stranger").statement(told.space, told.seq, told.head, newest=False))


def of_the_place_before(field: Field, _reply: Acknowledgement) -> Acknowledgement:
    """A true receipt, for what stands one place before."""
    return field.stage.server.receipt(field.stage.call, field.stage.places - 2)


def in_another_history(field: Field, reply: Acknowledgement) -> Acknowledgement:
    """A true receipt for the item, after another history than Ann has been shown."""
    place, before = field.stage.server.spaces[field.stage.call].places[-1], bytes(32)
    head = next_head(before, place.kind, place.digest)
    return Acknowledgement(reply.seq, before, restate(field.stage.server, reply.statement, head=head))


RECEIPTS: dict[str, Act] = {
    "gives no receipt": Act("S18", signed(lambda _data: b""), write, words=NOT_SIGNED),
    "turns a bit of the receipt over": Act("S16", signed(lambda data: flipped(data, 50)), write, words=NOT_SIGNED),
    "lets another server sign the receipt": Act("S18 S27", receipt(by_a_stranger), write, words=NOT_SIGNED),
    "signs the receipt for another space": Act("S12 S18", stated(space=bytes(32)), write, words=ELSE),
    "signs the receipt for another place": Act("S18", stated(seq=3), write, words=ELSE),
    "signs the receipt for another head": Act("S18", stated(head=bytes(32)), write, words=ELSE),
    "says that another head was before": Act(
        "S18", receipt(lambda _field, reply: replace(reply, before=bytes(32))), write, words=ELSE
    ),
    "gives the receipt of another item": Act("S18", receipt(of_the_place_before), write, words=ELSE),
    "gives the receipt of another place in words": Act(
        "S18", receipt(lambda _field, reply: replace(reply, seq=reply.seq + 1)), write, words=ELSE
    ),
    "takes an item into another history": Act("S08 S18", receipt(in_another_history), write, words="another history"),
    "gives no receipt for an entry": Act("S18", signed(lambda _data: b""), rotate, words=NOT_SIGNED),
    "signs the receipt of an entry for another head": Act("S18", stated(head=bytes(32)), rotate, words=ELSE),
    "puts off the receipt to the end of time": Act(
        "S19", stated(time=2**63 - 1), write, "none", takes=True, goes_on=True
    ),
}  # fmt: skip
