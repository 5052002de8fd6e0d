"""Pulling a chain: fetch, verify, and only then keep (protocol 13; rows S07, S08, S09, S11).

What the server shows is held against its own signed statements, this device's pins and the receipts it gave. A
contradiction stops the sync: nothing of the page that held it is kept, the pins stay, and the error says what
was proven.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from securecall.errors import InvalidError, ParentBehindError
from securecall.evidence import Branch
from securecall.sentences import sentence
from securecall.state import ENTRY
from securecall.statements import Statement
from securecall_client import exhibits
from securecall_client.errors import MovedError, ProofError, RestoredError
from securecall_client.exhibits import Exhibit
from securecall_client.pins import Pins
from securecall_client.receipts import STOP
from securecall_client.replica import Replica
from securecall_client.showing import (
    Owed,
    check_complete,
    check_end,
    check_known,
    check_moved,
    check_owed,
    check_own,
    check_told,
)
from securecall_client.transport import Page, Place, Transport
from securecall_client.view import SpaceView


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page that was verified, from ``first`` on, with the grants that came for it."""

    first: int
    places: Sequence[Place]
    grants: Mapping[int, bytes]


async def pull(
    view: SpaceView,
    transport: Transport,
    replica: Replica,
    pins: Pins,
    told: Owed | None = None,
    *,
    anew: bool = False,
    healing: bytes | None = None,
    unkept: Callable[[], None] = lambda: None,
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
    return await _Pull(view, transport, replica, pins, told, anew, healing, unkept).run()


@dataclass(slots=True)
class _Pull:
    """A pull on its way: `pull` says what its parts are."""

    view: SpaceView
    transport: Transport
    replica: Replica
    pins: Pins
    told: Owed | None
    anew: bool
    healing: bytes | None
    unkept: Callable[[], None]
    fetched: list[Fetched] = field(default_factory=list)
    """Pages that are verified, and not kept yet."""
    first: int = 0
    """Where the page at hand begins."""
    page: Page | None = None
    named: bytes | None = None
    """The server that the chain named when the pull began."""

    async def run(self) -> Statement:
        """Pull to the end. Raises: as `pull`."""
        self.named = self.view.chain.server if self.view.chain.heads else None
        try:
            while (end := await self._step()) is None:
                self.first, self.page = self.view.chain.next_seq, None
        except ProofError as error:
            error.exhibit = self._exhibit(error.exhibit)
            raise
        return end

    async def _step(self) -> Statement | None:
        """Fetch, verify and keep one page; gives the end once it is reached."""
        page = await self._fetch()
        closed = page.read_only and self.healing is None
        if closed and not page.places:
            raise RestoredError
        grants = await self._place(page)
        end = check_end(self.view, page, self.named if closed else self.healing)
        complete = end.seq < self.view.chain.next_seq
        await self._check(page, end, complete=complete, closed=closed)
        if page.places:
            self.fetched.append(Fetched(self.first, page.places, grants))
        if complete and closed:
            check_moved(self.view, self.named)
        if complete or not (closed or self.view.chain.absent or self.anew):
            await self._keep(end)
        if not complete:
            if self.fetched:
                self.unkept()
            return None
        await self._keep_word(page, end)
        if closed:
            raise MovedError
        return end

    async def _fetch(self) -> Page:
        self.first = self.view.chain.next_seq
        self.page = await self.transport.items(self.view.space, self.first)
        return self.page

    async def _place(self, page: Page) -> dict[int, bytes]:
        """Verify a page by the rules; gives the grants that came for it."""
        news = any(place.identities or place.kind == ENTRY for place in page.places)
        grants = await self.transport.grants(self.view.space, self.first) if news else {}
        try:
            for place in page.places:
                self.view.place(place, grants)
        except InvalidError as error:
            raise ProofError(
                sentence("The server showed an item that breaks the rules: %(error)s.", error=error), hint=STOP
            ) from error
        if not self.view.chain.heads:
            raise ProofError("The server shows nothing of a space that it must have.", hint=STOP)
        return grants

    async def _check(self, page: Page, end: Statement, *, complete: bool, closed: bool) -> None:
        """Hold what was shown against all that is known."""
        await check_known(self.view, self.replica, self.pins)
        await check_own(self.view, self.replica, self.pins, self.first)
        if complete:
            newest = self.healing is None and not closed
            await check_complete(self.view, self.replica, self.pins, end, newest=newest)
            check_owed(self.view, anew=self.anew)
        elif not page.places:
            raise ProofError("The server says that there is more, and does not show it.", hint=STOP)
        check_told(self.view, self.told, complete=complete)

    async def _keep(self, end: Statement) -> None:
        view = self.view
        places = [place for page in self.fetched for place in page.places]
        boxes = [(seq, box) for page in self.fetched for seq, box in page.grants.items() if view.is_grant(seq, box)]
        if places:
            await self.replica.append(view.space, self.fetched[0].first, places, boxes)
        self.pins.rise(view.space, view.chain.seen(), end.time)
        await self.replica.keep_promises(view.space, view.chain.next_seq - 1)
        self.fetched.clear()

    async def _keep_word(self, page: Page, end: Statement) -> None:
        """Keep the server's word for what is here now, which a server that was put back will be shown."""
        if end.seq == self.view.chain.next_seq - 1:
            await self.replica.keep_signed(self.view.space, end.seq, page.end)
        if not page.read_only:
            await self.replica.keep_statement(self.view.space, end.seq, page.end)

    def _exhibit(self, part: Exhibit | None) -> Exhibit:
        """What the server showed and signed in this pull."""
        chain, at = self.view.chain, self.first
        places = [] if self.page is None else list(self.page.places)
        good, rest = places[: chain.next_seq - at], places[chain.next_seq - at :]
        base = self.fetched[0].first if self.fetched else at
        verified = [*(place for page in self.fetched for place in page.places), *good]
        branch = Branch(chain.next_seq, chain.head, [exhibits.shown(place) for place in rest])
        return replace(
            (part or Exhibit()).of(chain),
            fetched=exhibits.Fetched(base, verified),
            branch=branch if rest else None,
            statements=() if self.page is None else (self.page.end,),
        )


async def replay(view: SpaceView, replica: Replica) -> None:
    """Verify what the replica holds beyond the view. Raises: ProofError if the replica was tampered with."""
    places = await replica.places(view.space, view.chain.next_seq)
    grants = await replica.grants(view.space) if places else {}
    try:
        for place in places:
            view.place(place, grants)
    except (InvalidError, ParentBehindError) as error:
        raise ProofError(sentence("This profile's copy of the chain was changed: %(error)s.", error=error)) from error
