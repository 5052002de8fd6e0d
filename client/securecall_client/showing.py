"""What the server shows of a space, held against what it signed and what this device knows (rows S07, S08, S18, T03).

Each check raises upon a contradiction, with what shows it to others; none changes anything.
"""

from dataclasses import dataclass

from securecall.entries import Seen
from securecall.evidence import Disowned, Told, Withheld
from securecall.sentences import sentence
from securecall.statements import Statement
from securecall_client.errors import ClonedError, ProofError, RestoredError
from securecall_client.exhibits import Exhibit
from securecall_client.pins import Pins
from securecall_client.receipts import STOP, signed_end
from securecall_client.replica import Replica
from securecall_client.transport import Page
from securecall_client.view import SpaceView


class OwedError(Exception):
    """Bytes that were rightly absent for a guest are owed to whom they have become: pull the chain anew."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A place that somebody said must be there, and what it means if it is not."""

    at: Seen
    otherwise: str = sentence("The server shows another space than the one you were told of.")


def check_end(view: SpaceView, page: Page, server: bytes | None) -> Statement:
    """The server's statement at the end, held against the chain as it was just verified."""
    chain, end = view.chain, signed_end(view, page.end, server)
    if end.space != view.space:
        raise ProofError("The server signed for another space.", hint=STOP)
    if end.seq < chain.next_seq and chain.heads[end.seq] != end.head:
        raise ProofError("The server signed for another history than it shows.", hint=STOP)
    if end.seq < chain.next_seq - 1:
        more, older = (
            sentence("shows more than it signed for"),
            sentence("has gone back to an older state than it showed before"),
        )
        raise ProofError(sentence("The server %(more)s.", more=more if page.places else older), hint=STOP)
    return end


async def check_known(view: SpaceView, replica: Replica, pins: Pins) -> None:
    """The chain against what this device has seen and been promised."""
    heads, pin = view.chain.heads, pins.get(view.space)
    if pin is not None and pin.at.seq < len(heads) and heads[pin.at.seq] != pin.at.head:
        raise ProofError("The server shows another history than it showed this computer before.", hint=STOP)
    for seq, head, _ in await replica.promises(view.space):
        if seq < len(heads) and heads[seq] != head:
            raise ProofError("The server signed that it had saved an item, and it is not there.", hint=STOP)


async def check_own(view: SpaceView, replica: Replica, pins: Pins, first: int) -> None:
    """What is new and stands under this device's name was made here (row T03). Raises: ClonedError."""
    if view.is_sheet():
        return
    pin = pins.get(view.space)
    for step in view.steps[max(first, 0 if pin is None else pin.at.seq + 1) :]:
        if view.is_own(step) and not await replica.is_made(view.space, step.digest):
            made = [waiting.item for waiting in await replica.waiting(view.space) if waiting.item is not None]
            raise ClonedError(Exhibit(word=Disowned(step.seq), told=tuple(Told("record", item) for item in made)))


async def check_complete(view: SpaceView, replica: Replica, pins: Pins, end: Statement, *, newest: bool) -> None:
    """The chain up to ``end`` against what must be there by then."""
    if newest and view.is_in() and not end.newest:
        raise ProofError("The server does not sign that this is the newest there is.", hint=STOP)
    pin = pins.get(view.space)
    if pin is not None and pin.at.seq >= view.chain.next_seq:
        raise ProofError("The server has gone back to an older state than it showed before.", hint=STOP)
    for seq, _, _ in await replica.promises(view.space):
        # Every receipt here came before this page was asked for, whatever times the server has put on the two.
        if seq >= view.chain.next_seq:
            raise ProofError("The server signed that it had saved an item, and it is not there.", hint=STOP)


def check_owed(view: SpaceView, *, anew: bool) -> None:
    """What is absent must be excused; toward whoever was a guest, only once the whole chain was asked for anew."""
    withheld = view.chain.withheld(view.member)
    stays = (roster.members.get(view.member) for _, roster in view.chain.rosters)
    if withheld and not anew and any(stay is not None and stay.role == "guest" for stay in stays):
        raise OwedError
    if withheld:
        raise ProofError(
            "The server withholds the contents of items.",
            hint=STOP,
            exhibit=Exhibit(word=Withheld(view.member, withheld[0])),
        )


def check_told(view: SpaceView, told: Owed | None, *, complete: bool) -> None:
    """The chain against a place that must be there; who was in the space and is out sees no further than that."""
    if told is None:
        return
    heads = view.chain.heads
    is_out = not view.is_in() and any(view.member in roster.members for _, roster in view.chain.rosters)
    lacks = complete and told.at.seq >= len(heads) and not is_out
    if lacks or (told.at.seq < len(heads) and heads[told.at.seq] != told.at.head):
        raise ProofError(told.otherwise, hint=STOP)


def check_moved(view: SpaceView, named: bytes | None) -> None:
    """Raise RestoredError unless a server that takes nothing new has shown that the space names another by now."""
    if named in (None, view.chain.server):
        raise RestoredError
