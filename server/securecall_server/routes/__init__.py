"""What the server answers to, one noun a module. `ROUTES` is all of it, in the order of `docs/http.md`."""

from . import blobs, grants, healing, health, items, joins, live, login, mailboxes, members, openapi, spaces
from .route import Route

ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    openapi.route(lambda: ROUTES),
    *login.ROUTES,
    *members.ROUTES,
    *spaces.ROUTES,
    *items.ROUTES,
    *healing.ROUTES,
    *grants.ROUTES,
    *blobs.ROUTES,
    *joins.ROUTES,
    *mailboxes.ROUTES,
    *live.ROUTES,
)

__all__ = ["ROUTES", "Route"]
