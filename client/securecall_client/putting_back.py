"""Giving a server back the places that it lacks, from what this device has verified (protocol 13.9; row O12).

Nothing of such a server is taken over: its chain is only held against ours. Where it has another head than ours it is
caught, whatever excuse it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from securecall.caps import MIB
from securecall_client import receipts
from securecall_client.errors import ProofError, RefusedError, RestoredError
from securecall_client.transport import Place
from securecall_client.view import SpaceView

if TYPE_CHECKING:
    from securecall_client.session import Session

PLACES_MOST, BYTES_MOST = 1_000, 3 * MIB
"""Places, and bytes of their items and identities, that are put back in one request."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A space on the server: how many places it has, whether it takes nothing new, and how many are known of here."""

    places: int
    read_only: bool
    known: int


async def standing(session: "Session", view: SpaceView) -> Standing:
    """How a space stands on the server, held against what is here.

    Raises: ProofError if it has another history than was shown here before; OfflineError, RefusedError.
    """
    known = await _known(session, view)
    try:
        page = await session.transport.items(view.space, view.chain.next_seq)
    except (RefusedError, RestoredError) as error:
        if error.code not in ("not-found", RestoredError.code):
            raise
        return Standing(0, read_only=True, known=known)
    end = receipts.signed_end(view, page.end, await session.replica.meta("server"))
    if end.space != view.space:
        raise ProofError("The server signed for another space.", hint=receipts.STOP)
    if end.seq < view.chain.next_seq and view.chain.heads[end.seq] != end.head:
        raise ProofError("The server shows another history than it showed this computer before.", hint=receipts.STOP)
    return Standing(end.seq + 1, page.read_only, max(known, end.seq + 1))


async def put_back(session: "Session", view: SpaceView, there: int) -> None:
    """Put back the places from ``there`` on, as far as they are here and the server has signed for them.

    What the server says that it has then is its bare word; `standing` asks for the signed one.

    Raises: OfflineError, RefusedError.
    """
    signed = await session.replica.signed(view.space)
    if signed is None:
        return
    last, statement = signed
    places = (await session.replica.places(view.space, there))[: max(0, last + 1 - there)]
    for first, batch in _batches(places if view.chain.destroyed else _whole(places), there):
        rest = b"".join(bytes([place.kind]) + place.digest for place in places[first + len(batch) - there :])
        await session.transport.put_back(view.space, first, batch, rest, statement)


async def _known(session: "Session", view: SpaceView) -> int:
    """How many places the space has, by all that is known here: chain, pin, receipts, and what others told."""
    pin, echoes = session.pins.get(view.space), view.echoes.values()
    promised = [seq for seq, _, _ in await session.replica.promises(view.space)]
    told = [echo.seen for echo in echoes] + promised + ([pin.at.seq] if pin is not None else [])
    return max([view.chain.next_seq, *(seq + 1 for seq in told)])


def _whole(places: Sequence[Place]) -> Sequence[Place]:
    """The places before the first whose bytes are not here."""
    absent = next((at for at, place in enumerate(places) if place.item is None), len(places))
    return places[:absent]


def _batches(places: Sequence[Place], first: int) -> Iterator[tuple[int, Sequence[Place]]]:
    """Place and batch of what fits into one request; one place does, however large."""
    begin = size = 0
    for at, place in enumerate(places):
        bulk = len(place.item or b"") + sum(map(len, place.identities))
        if at > begin and (at - begin == PLACES_MOST or size + bulk > BYTES_MOST):
            yield first + begin, places[begin:at]
            begin, size = at, 0
        size += bulk
    if begin < len(places):
        yield first + begin, places[begin:]
