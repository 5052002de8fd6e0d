"""The HTTP application: routes, problem documents, and headers that every answer carries."""

from aiohttp import web

from securecall_server import problems, throttle
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


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _end_sockets(app: web.Application) -> None:
    app[SERVICE].relay.close()
