"""Who may ask, before anything else is looked at, and what every answer carries (rows L01, L02, L04 to L09, L11).

Three kinds of request are answered. A navigation gets the shell, which holds no data and is the same for every path.
What is the same for everybody (script, style) needs no token, but the own origin. Everything else needs cookie and
token, and the own origin. All others get the same refusal, whatever they ask for.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from securecall_client.web.entry import COOKIE, TOKEN_HEADER, Entry
from securecall_client.web.loopback import Loopback

STATIC: Final = "/static/"
ENTER: Final = "/enter"
UNLOCK: Final = "/unlock"

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


FILE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""What binds a file that is handed out: wherever it is shown it is of no origin and runs nothing (row L08)."""


class Gate:
    """The middleware. ``shell`` answers a navigation."""

    def __init__(self, loopback: Loopback, entry: Entry, shell: Handler) -> None:
        self._hosts, self._entry, self._shell = loopback.hosts, entry, shell

    async def headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Put on every answer what browsers must keep to."""
        response.headers.update(HEADERS)
        if "Content-Disposition" in response.headers:
            response.headers["Content-Security-Policy"] = FILE_POLICY
        response.headers.pop("Server", None)

    def middleware(self) -> Middleware:
        """The gate, to be asked before every handler."""

        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.host not in self._hosts or len(request.headers.getall("Host", ())) != 1:
                return _refused()
            if self._navigates(request):
                return await self._shell(request)
            return await handler(request) if self._may(request) else _refused()

        return gate

    def _navigates(self, request: web.Request) -> bool:
        """Whether a person goes to an address: it is answered with what holds no data, so anybody may."""
        headers = request.headers
        return (
            request.method == "GET"
            and headers.get("Sec-Fetch-Mode") == "navigate"
            and headers.get("Sec-Fetch-Dest") == "document"
            and not request.path.startswith(STATIC)
        )

    def _may(self, request: web.Request) -> bool:
        """Whether our own page asks, and was let in as far as this path needs."""
        if request.headers.get("Sec-Fetch-Site") != "same-origin" or not self._is_own_origin(request):
            return False
        cookie, token = request.cookies.get(COOKIE), request.headers.get(TOKEN_HEADER)
        if request.path.startswith(STATIC):
            return request.method == "GET"
        if request.path == ENTER:
            return request.method == "POST"
        if request.path == UNLOCK:
            return request.method in ("GET", "POST") and self._entry.knows_cookie(cookie)
        return self._entry.admits(cookie, token)

    def _is_own_origin(self, request: web.Request) -> bool:
        """Browsers send an origin with all but GET; where they send one it is ours, exactly."""
        origin = request.headers.get("Origin")
        if origin is None:
            return request.method == "GET"
        return origin == f"http://{request.host}"


def _refused() -> web.Response:
    return web.Response(status=403, text="Not for you.\n")
