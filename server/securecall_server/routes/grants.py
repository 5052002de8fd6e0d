"""The grants to the device that asks."""

from aiohttp import web

from securecall_server.forms import Grant, GrantsAnswer
from securecall_server.service import SERVICE

from .bodies import answer, first_place, path_id
from .route import Route


async def pull(request: web.Request) -> web.StreamResponse:
    """Grants brought by the entries at a place and after."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    device = caller.device
    view = await service.access.view(path_id(request, "space"), caller)
    rows = await service.store.grants(view.held.chain.space, device, first_place(request))
    return answer(GrantsAnswer([Grant(row.seq, row.box) for row in rows if row.seq <= view.last]))


ROUTES = (Route("GET", "/v1/spaces/{space}/grants", pull, "Read one's grants.", GrantsAnswer, query="from"),)
