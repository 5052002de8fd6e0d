"""What is said of a route once, for the router and for the OpenAPI document alike."""

import re
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from msgspec import Struct

from securecall_server.limits import READS, Budget
from securecall_server.problems import Handler

_PARTS = {"space": "[0-9a-f]{64}", "key": "[0-9a-f]{64}", "blob": "[0-9a-f]{32}", "index": "0|[1-9][0-9]{0,4}"}
"""The one form of every id in a path. What has another form is no route, so it is answered as unknown ids are."""


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path with its handler; ``body`` and ``answer`` are a JSON form, ``bytes`` or nothing.

    ``open`` routes need no token. ``work`` is the budget of an account that it takes from. ``query`` names the one
    number the path may be followed by.
    """

    method: Literal["GET", "POST", "PUT"]
    path: str
    handler: Handler
    summary: str
    answer: type[Struct] | type[bytes] | None
    body: type[Struct] | type[bytes] | None = None
    query: str | None = None
    open: bool = False
    work: Budget = READS

    def parts(self) -> list[str]:
        """Names of the ids in the path."""
        return re.findall(r"\{(\w+)\}", self.path)

    def pattern(self, part: str) -> str:
        """The form of one of them."""
        return _PARTS[part]

    def add_to(self, app: web.Application) -> web.AbstractRoute:
        """Have ``app`` answer to this route."""
        path = re.sub(r"\{(\w+)\}", lambda found: f"{{{found[1]}:{_PARTS[found[1]]}}}", self.path)
        # Not `add_get`, which would answer HEAD too.
        return app.router.add_route(self.method, path, self.handler)
