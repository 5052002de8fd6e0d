"""Whether the server works: once database and blob store answer."""

import asyncio

from aiohttp import web

from securecall_server.errors import Code, RefusedError
from securecall_server.forms import Health
from securecall_server.service import SERVICE

from .bodies import answer
from .route import Route

_PATIENCE = 10
"""Seconds after which a database or blob store counts as gone."""


async def health(request: web.Request) -> web.StreamResponse:
    """Ask both stores."""
    service = request.app[SERVICE]
    try:
        async with asyncio.timeout(_PATIENCE):
            await service.store.check()
            await service.blobs.check()
    except Exception as error:  # whichever it was, the answer is the same
        raise RefusedError(Code.BUSY) from error
    return answer(Health(ok=True))


ROUTES = (Route("GET", "/healthz", health, "Whether database and blob store answer.", Health, open=True),)
