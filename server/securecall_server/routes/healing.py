"""What a server that was put back from a backup, or that a space moves to, gets back from its people."""

from aiohttp import web

from securecall import caps
from securecall.entries import Seen
from securecall_server import forms
from securecall_server.forms import LiftRequest, PutBackAnswer, PutBackRequest
from securecall_server.healing import Lacked, PutBack
from securecall_server.limits import WRITES
from securecall_server.service import SERVICE

from .bodies import answer, first_place, path_id, read_form
from .route import Route
from .spaces import CAP


async def put_back(request: web.Request) -> web.StreamResponse:
    """Take over places that are lacking here; those that are here already change nothing."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    member, space, first = caller.member, path_id(request, "space"), first_place(request)
    form = await read_form(request, PutBackRequest, CAP)
    asked = PutBack(space, first, [_lacked(place) for place in form.items], form.rest, form.end)
    places, frees = await service.healing.put_back(asked, member)
    if frees:
        await service.purge.sweep()
    return answer(PutBackAnswer(places))


def _lacked(place: forms.Place) -> Lacked:
    return Lacked(place.kind, bytes.fromhex(place.digest), place.item, tuple(place.identities))


async def lift(request: web.Request) -> web.StreamResponse:
    """Let a space go on; the same again changes nothing."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    view, member = await service.access.present(path_id(request, "space"), caller)
    form = await read_form(request, LiftRequest, caps.KIB)
    await service.healing.lift(view.held, Seen(form.seq, bytes.fromhex(form.head)), member.member)
    return web.Response(status=204)


ROUTES = (
    Route(
        "PUT",
        "/v1/spaces/{space}/items",
        put_back,
        "Put back places.",
        PutBackAnswer,
        PutBackRequest,
        query="from",
        work=WRITES,
    ),
    Route("PUT", "/v1/spaces/{space}/lift", lift, "Let a space go on.", None, LiftRequest, work=WRITES),
)
