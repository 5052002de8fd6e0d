"""Whether the server works: database and blob store answer, and the last look found no damage. Anybody may ask, so
that neither reads or writes much.
"""

import asyncio

from aiohttp import web

from securecall_server.errors import Code, RefusedError
from securecall_server.forms import Health
from securecall_server.service import SERVICE, Service
from securecall_server.store import StoreFaultError
from securecall_server.tokens import elapsed

from .bodies import answer
from .route import Route

_PATIENCE = 10
"""Seconds after which a database or blob store counts as gone."""
_GOOD_FOR = 5_000
"""Milliseconds for which an answer is good: a remote blob store is asked over the network (row O10)."""


async def health(request: web.Request) -> web.StreamResponse:
    """Ask both stores."""
    service = request.app[SERVICE]
    try:
        async with asyncio.timeout(_PATIENCE), service.checking:
            if elapsed() >= service.healthy_until:
                _refuse_damaged(service)
                await service.store.check()
                await service.blobs.check()
                service.healthy_until = elapsed() + _GOOD_FOR
    except Exception as error:  # whichever it was, the answer is the same
        raise RefusedError(Code.BUSY) from error
    return answer(Health(ok=True))


def _refuse_damaged(service: Service) -> None:
    if service.housekeeping.damaged:
        raise StoreFaultError("The database is damaged.")


ROUTES = (Route("GET", "/healthz", health, "Whether database and blob store answer.", Health, open=True),)
