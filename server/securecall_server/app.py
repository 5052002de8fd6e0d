"""The HTTP application: routes, problem documents, and headers that every answer carries."""

from aiohttp import web

from securecall_server import problems
from securecall_server.routes import ROUTES
from securecall_server.service import SERVICE, Service

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "SecureCall"}


def make_app(service: Service) -> web.Application:
    """The application in front of ``service``, which it ends sockets of at shutdown."""
    app = web.Application(middlewares=[problems.middleware])
    app[SERVICE] = service
    for route in ROUTES:
        route.add_to(app)
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_end_sockets)
    return app


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _end_sockets(app: web.Application) -> None:
    app[SERVICE].relay.close()
