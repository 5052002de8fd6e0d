"""Pulling a chain: fetch, verify, and only then keep (protocol 13; rows S07, S08, S09, S11).

What the server shows is held against its own signed statements, this device's pins and the receipts it gave. A
contradiction stops the sync: nothing of the page that held it is kept, the pins stay, and the error says what
was proven.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from securecall.caps import STATEMENT_BYTES
from securecall.chain import next_head
from securecall.entries import Seen
from securecall.errors import InvalidError
from securecall.evidence import Branch, Disowned, Shown, Told, Withheld
from securecall.labels import Label
from securecall.statements import Statement, read_statement
from securecall.wire import read
from securecall_client import exhibits
from securecall_client.errors import ClonedError, MovedError, ProofError, RestoredError
from securecall_client.exhibits import Exhibit
from securecall_client.pins import Pins
from securecall_client.replica import Replica
from securecall_client.transport import Acknowledgement, Page, Place, Transport
from securecall_client.view import SpaceView

STOP = "Write nothing here and call the secretariat."


class OwedError(Exception):
    """Bytes that were rightly absent for a guest are owed to whom they have become: pull the chain anew."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A place that somebody said must be there, and what it means if it is not."""

    at: Seen
    otherwise: str = "The server shows another space than the one you were told of."


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that was verified, from ``first`` on, with the grants that came for it."""

    first: int
    places: Sequence[Place]
    grants: Mapping[int, bytes]


@dataclass(slots=True)
class Course:
    """How far a pull has come: the pages that are verified and not kept yet, and the page at hand from ``first`` on."""

    fetched: list[Fetched] = field(default_factory=list)
    first: int = 0
    page: Page | None = None

    def exhibit(self, view: SpaceView, part: Exhibit | None) -> Exhibit:
        """What the server showed and signed in this pull."""
        at, places = self.first, [] if self.page is None else list(self.page.places)
        good, rest = places[: view.chain.next_seq - at], places[view.chain.next_seq - at :]
        base = self.fetched[0].first if self.fetched else at
        verified = [*(place for page in self.fetched for place in page.places), *good]
        branch = Branch(view.chain.next_seq, view.chain.head, [exhibits.shown(place) for place in rest])
        return replace(
            (part or Exhibit()).of(view.chain),
            fetched=exhibits.Fetched(base, verified),
            branch=branch if rest else None,
            statements=() if self.page is None else (self.page.end,),
        )


async def pull(
    view: SpaceView,
    transport: Transport,
    replica: Replica,
    pins: Pins,
    told: Owed | None = None,
    *,
    anew: bool = False,
    healing: bytes | None = None,
) -> Statement:
    """Bring ``view`` up to the server's newest place, and replica and pins with it.

    Pages are kept one by one, but from the first absent place on only once the whole chain excuses it: what is
    withheld now must not stand in the replica when the server gives it later. With ``anew`` the view is empty, and
    what it comes to fills what is absent in the replica, once it is complete.

    ``healing`` is the key of a server that takes nothing new, of which that is known: what it shows is held against the
    same, but it need not be named in the chain yet, and claims of no place that it is the newest.

    ``told`` is a place that must be there, as far as this device may see. Returns the server's statement about the
    end.

    Raises: ProofError, OfflineError (RestoredError where the server itself says that it lacks something), RefusedError,
    OwedError, ParentBehindError (sync the parent first). After a ProofError or OwedError the view must be thrown away.
    """
    course = Course()
    try:
        return await _pull(view, transport, replica, pins, told, course, anew=anew, healing=healing)
    except ProofError as error:
        error.exhibit = course.exhibit(view, error.exhibit)
        raise


async def _pull(
    view: SpaceView,
    transport: Transport,
    replica: Replica,
    pins: Pins,
    told: Owed | None,
    course: Course,
    *,
    anew: bool,
    healing: bytes | None,
) -> Statement:
    named = view.chain.server if view.chain.heads else None
    while True:
        course.first = first = view.chain.next_seq
        course.page = page = await transport.items(view.space, first)
        ends = page.read_only and healing is None
        if ends and not page.places:
            raise RestoredError
        grants = await _grants(view, transport, page.places, first)
        try:
            for place in page.places:
                view.place(place, grants)
        except InvalidError as error:
            raise ProofError(f"The server showed an item that breaks the rules: {error}.", hint=STOP) from error
        if not view.chain.heads:
            raise ProofError("The server shows nothing of a space that it must have.", hint=STOP)
        end = _end(view, page, named if ends else healing)
        await _check(view, replica, pins)
        await _check_own(view, replica, pins, first)
        complete = end.seq < view.chain.next_seq
        if complete:
            await _check_complete(view, replica, pins, end, newest=healing is None and not ends)
            _check_owed(view, anew=anew)
        elif not page.places:
            raise ProofError("The server says that there is more, and does not show it.", hint=STOP)
        _check_told(view, told, complete=complete)
        if page.places:
            course.fetched.append(Fetched(first, page.places, grants))
        if complete and ends:
            _check_moved(view, named)
        if complete or not (ends or view.chain.absent or anew):
            await _keep(view, replica, pins, course.fetched, end)
            course.fetched.clear()
        if complete:
            await _keep_word(view, replica, page, end)
            if ends:
                raise MovedError
            return end
        course.first, course.page = view.chain.next_seq, None


def _check_moved(view: SpaceView, named: bytes | None) -> None:
    """Raise RestoredError unless a server that takes nothing new has shown that the space names another by now."""
    if named in (None, view.chain.server):
        raise RestoredError


async def _keep_word(view: SpaceView, replica: Replica, page: Page, end: Statement) -> None:
    """Keep the server's word for what is here now, which a server that was put back will be shown."""
    if end.seq == view.chain.next_seq - 1:
        await replica.keep_signed(view.space, end.seq, page.end)
    if not page.read_only:
        await replica.keep_statement(view.space, end.seq, page.end)


async def _keep(view: SpaceView, replica: Replica, pins: Pins, fetched: Sequence[Fetched], end: Statement) -> None:
    places = [place for page in fetched for place in page.places]
    grants = [(seq, box) for page in fetched for seq, box in page.grants.items() if view.is_grant(seq, box)]
    if places:
        await replica.append(view.space, fetched[0].first, places, grants)
    pins.rise(view.space, view.chain.seen(), end.time)
    await replica.keep_promises(view.space, view.chain.next_seq - 1)


async def _grants(view: SpaceView, transport: Transport, places: Sequence[Place], first: int) -> dict[int, bytes]:
    if all(place.identities == () and place.kind != 0 for place in places):
        return {}
    return await transport.grants(view.space, first)


def signed_end(view: SpaceView, data: bytes, server: bytes | None) -> Statement:
    """The statement of the server that the chain names, or of ``server``. Raises: ProofError."""
    for key in (view.chain.server, server):
        with suppress(InvalidError):
            if key is not None:
                return read_statement(data, key).value
    raise ProofError("The server did not sign what it showed.", hint=STOP)


def _end(view: SpaceView, page: Page, server: bytes | None) -> Statement:
    """The server's statement at the end, held against the chain as it was just verified."""
    chain, end = view.chain, signed_end(view, page.end, server)
    if end.space != view.space:
        raise ProofError("The server signed for another space.", hint=STOP)
    if end.seq < chain.next_seq and chain.heads[end.seq] != end.head:
        raise ProofError("The server signed for another history than it shows.", hint=STOP)
    if end.seq < chain.next_seq - 1:
        more, older = "shows more than it signed for", "has gone back to an older state than it showed before"
        raise ProofError(f"The server {more if page.places else older}.", hint=STOP)
    return end


async def _check(view: SpaceView, replica: Replica, pins: Pins) -> None:
    """The chain against what this device has seen and been promised."""
    heads, pin = view.chain.heads, pins.get(view.space)
    if pin is not None and pin.at.seq < len(heads) and heads[pin.at.seq] != pin.at.head:
        raise ProofError("The server shows another history than it showed this computer before.", hint=STOP)
    for seq, head, _ in await replica.promises(view.space):
        if seq < len(heads) and heads[seq] != head:
            raise ProofError("The server signed that it had saved an item, and it is not there.", hint=STOP)


async def _check_own(view: SpaceView, replica: Replica, pins: Pins, first: int) -> None:
    """What is new and stands under this device's name was made here (row T03). Raises: ClonedError."""
    if view.is_sheet():
        return
    pin = pins.get(view.space)
    for step in view.steps[max(first, 0 if pin is None else pin.at.seq + 1) :]:
        if view.is_own(step) and not await replica.is_made(view.space, step.digest):
            made = [waiting.item for waiting in await replica.waiting(view.space) if waiting.item is not None]
            raise ClonedError(Exhibit(word=Disowned(step.seq), told=tuple(Told("record", item) for item in made)))


async def _check_complete(view: SpaceView, replica: Replica, pins: Pins, end: Statement, *, newest: bool) -> None:
    """The chain up to ``end`` against what must be there by then."""
    if newest and view.is_in() and not end.newest:
        raise ProofError("The server does not sign that this is the newest there is.", hint=STOP)
    pin = pins.get(view.space)
    if pin is not None and pin.at.seq >= view.chain.next_seq:
        raise ProofError("The server has gone back to an older state than it showed before.", hint=STOP)
    for seq, _, statement in await replica.promises(view.space):
        if seq >= view.chain.next_seq and _time(statement) < end.time:
            raise ProofError("The server signed that it had saved an item, and it is not there.", hint=STOP)


def _check_owed(view: SpaceView, *, anew: bool) -> None:
    """What is absent must be excused; toward whoever was a guest, only once the whole chain was asked for anew."""
    withheld = view.chain.withheld(view.member)
    stays = (roster.members.get(view.member) for _, roster in view.chain.rosters)
    if withheld and not anew and any(stay is not None and stay.role == "guest" for stay in stays):
        raise OwedError
    if withheld:
        raise ProofError(
            f"The server withholds the contents of {len(withheld)} items.",
            hint=STOP,
            exhibit=Exhibit(word=Withheld(view.member, withheld[0])),
        )


def _check_told(view: SpaceView, told: Owed | None, *, complete: bool) -> None:
    """The chain against a place that must be there; who was in the space and is out sees no further than that."""
    if told is None:
        return
    heads = view.chain.heads
    is_out = not view.is_in() and any(view.member in roster.members for _, roster in view.chain.rosters)
    lacks = complete and told.at.seq >= len(heads) and not is_out
    if lacks or (told.at.seq < len(heads) and heads[told.at.seq] != told.at.head):
        raise ProofError(told.otherwise, hint=STOP)


def _time(statement: bytes) -> int:
    """When a receipt was signed that was verified as it came."""
    return read(statement, Label.STATEMENT, Statement, STATEMENT_BYTES).value.time


def check_receipt(view: SpaceView, kind: int, item_digest: bytes, reply: Acknowledgement) -> Statement:
    """The server's signed receipt for an item. Raises: ProofError if it does not prove the item's place."""
    branch = Branch(reply.seq, reply.before, [Shown(kind, item_digest, None, [])])
    exhibit = Exhibit(branch=branch, statements=(reply.statement,)).of(view.chain)
    try:
        statement = read_statement(reply.statement, view.chain.server).value
    except InvalidError as error:
        raise ProofError("The server did not sign its receipt.", hint=STOP) from error
    head = next_head(reply.before, kind, item_digest)
    if (statement.space, statement.seq, statement.head) != (view.space, reply.seq, head):
        raise ProofError("The server's receipt is for something else than was sent.", hint=STOP, exhibit=exhibit)
    known = view.chain.heads
    if 0 < reply.seq <= len(known) and known[reply.seq - 1] != reply.before:
        raise ProofError("The server put an item into another history than it shows.", hint=STOP, exhibit=exhibit)
    return statement


async def keep_receipt(view: SpaceView, replica: Replica, statement: Statement, signed: bytes) -> None:
    """Keep a receipt that `check_receipt` passed. Raises: ProofError if another head was promised for its place."""
    if await replica.promise(statement.space, statement.seq, statement.head, signed) != statement.head:
        exhibit = Exhibit(statements=(signed,)).of(view.chain)
        raise ProofError("The server signed two different histories for one place.", hint=STOP, exhibit=exhibit)


async def replay(view: SpaceView, replica: Replica) -> None:
    """Verify what the replica holds beyond the view. Raises: ProofError if the replica was tampered with."""
    places = await replica.places(view.space, view.chain.next_seq)
    grants = await replica.grants(view.space) if places else {}
    try:
        for place in places:
            view.place(place, grants)
    except InvalidError as error:
        raise ProofError(f"This profile's copy of the chain was changed: {error}.") from error
