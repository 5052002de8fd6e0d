"""The chain of a space: read it from a place on, and append to it."""

from aiohttp import web

from securecall import caps
from securecall.state import ENTRY, EVERYONE
from securecall_server.access import View
from securecall_server.errors import Code, RefusedError
from securecall_server.forms import Class, ItemRequest, ItemsAnswer, Place, ReceiptAnswer
from securecall_server.limits import WRITES
from securecall_server.offers import Offer
from securecall_server.service import SERVICE
from securecall_server.store.rows import PlaceRow

from .bodies import answer, first_place, path_id, read_form
from .route import Route
from .spaces import CAP, boxes, receipt_answer

PLACES = 500
PAGE_BYTES = 4 * caps.MIB


async def pull(request: web.Request) -> web.StreamResponse:
    """A page of the chain, as far as the caller may see it."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    first = first_place(request)
    await service.clock.ready()
    view = await service.access.view(path_id(request, "space"), caller)
    # In the same step of the event loop as the view: a later time never goes with an older place.
    end = service.ledger.statement(view.held, view.last)
    rows = await service.store.places(view.held.chain.space, first, PLACES, PAGE_BYTES)
    places = [_place(row, view) for row in rows if row.seq <= view.last]
    return answer(ItemsAnswer(places, end, service.ledger.is_read_only(view.held)))


def _place(row: PlaceRow, view: View) -> Place:
    item = row.item if view.shows(row.seq, row.kind) else None
    return Place(_class(row.kind), row.digest.hex(), item, list(row.identities))


def _class(kind: int) -> Class:
    return 0 if kind == ENTRY else 1 if kind == EVERYONE else 2


async def append(request: web.Request) -> web.StreamResponse:
    """Append an item; one that is in the chain already is answered the same."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    space = path_id(request, "space")
    view = await service.access.view(space, caller)
    if view.role is None:
        raise RefusedError(Code.NOT_FOUND)
    form = await read_form(request, ItemRequest, CAP)
    offer = Offer(space, form.kind, form.item, tuple(form.identities), boxes(form.grants))
    receipt = await service.ledger.append(offer)
    if receipt.frees:
        await service.purge.sweep()
    return receipt_answer(receipt)


ROUTES = (
    Route("GET", "/v1/spaces/{space}/items", pull, "Read a chain.", ItemsAnswer, query="from"),
    Route("POST", "/v1/spaces/{space}/items", append, "Append to a chain.", ReceiptAnswer, ItemRequest, work=WRITES),
)
