"""The HTTP application: routes, problem documents, and headers that every answer carries."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from securecall_server import limits, problems, throttle
from securecall_server.connections import Connections
from securecall_server.routes import ROUTES
from securecall_server.service import SERVICE, Service
from securecall_server.sources import Sources
from securecall_server.throttle import THROTTLE, Throttle

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "SecureCall"}


def make_app(service: Service, sources: Sources, connections: Connections) -> web.Application:
    """The application in front of ``service``, which it ends sockets of at shutdown."""
    app = web.Application(middlewares=[throttle.middleware, problems.middleware])
    app[SERVICE] = service
    app[THROTTLE] = Throttle(sources, connections, {route.add_to(app): route.work for route in ROUTES})
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_end_sockets)
    return app


class Http(web.RequestHandler):
    """HTTP as the library speaks it, but for what it says of bytes that are no request: it would quote them."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002  the library's signature
        message: str | None = None,  # noqa: ARG002  as above
    ) -> web.StreamResponse:
        """The refusal of a request that never reached a route; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError
        code, status = problems.of_http(status)
        response = problems.answer(code, status)
        response.headers.update(_HEADERS)
        response.force_close()
        return response


def speaks(server: web.Server) -> Callable[[], Http]:
    """What makes a protocol for each connection to ``server``, with limits on all that comes before a route."""
    loop = asyncio.get_running_loop()
    return lambda: Http(
        server,
        loop=loop,
        access_log=None,  # type: ignore[arg-type]  # none is kept: it would name addresses; the runner passes it so too
        auto_decompress=False,
        keepalive_timeout=limits.SILENCE,  # which is also the deadline of the first request's headers
        max_line_size=limits.HEADER_LINE,
        max_field_size=limits.HEADER_LINE,
        max_headers=limits.HEADER_LINES,
    )


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _end_sockets(app: web.Application) -> None:
    app[SERVICE].relay.close()
