"""Every request is taken from a budget before anything is read of it or done for it (rows G01, O08, O10).

With a token that stands it is the account's, one for each kind of work; without, the address's. So whoever floods from
an address shares it with those who log in there, and with nobody who has. A request over its budget is answered after
a moment, so that a flood goes at the pace of its connections; and it leaves no line in the log, which would be a flood
of its own. An account has only so many requests under way at once, or one member with bodies that never end would take
the connections, and the memory, of all others.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from aiohttp import web

from securecall_server import limits
from securecall_server.connections import Connections
from securecall_server.errors import Code, RefusedError
from securecall_server.problems import TABLE, Handler, answer
from securecall_server.rates import Buckets
from securecall_server.service import SERVICE, Service, bearer
from securecall_server.sources import Sources
from securecall_server.tokens import Caller, elapsed


class Throttle:
    """The budgets of this process; ``work`` says which one of an account a route takes from."""

    def __init__(
        self, sources: Sources, connections: Connections, work: Mapping[web.AbstractRoute, limits.Budget]
    ) -> None:
        self.connections = connections
        self._sources, self._work = sources, work
        self._accounts = {budget: Buckets(budget) for budget in {limits.READS, *work.values()}}
        self._strangers, self._shared = Buckets(limits.STRANGERS), Buckets(limits.SHARED)
        self._under_way: Counter[bytes] = Counter()

    def take(self, request: web.Request, caller: Caller | None) -> int:
        """Take the request from its budget: 0, or the milliseconds to wait."""
        if caller is not None:
            if self._under_way[_account(caller)] >= limits.AT_ONCE:
                return limits.HOLD * 1_000
            budget = self._work.get(request.match_info.route, limits.READS)
            return self._accounts[budget].take(_account(caller))
        source = self._sources.of_request(request)
        return (self._shared if source.shared else self._strangers).take(source)

    @contextmanager
    def at_work(self, request: web.Request, caller: Caller) -> Iterator[None]:
        """While a request is under way that was taken from its account's budget."""
        account = _account(caller)
        self._under_way[account] += 1
        self.connections.known(request)
        try:
            yield
        finally:
            self.connections.unknown(request)
            self._under_way[account] -= 1
            if not self._under_way[account]:
                del self._under_way[account]


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is over its budget, and hand on the rest."""
    throttle, caller = request.app[THROTTLE], _caller(request.app[SERVICE], request)
    if wait := throttle.take(request, caller):
        await asyncio.sleep(limits.HOLD * secrets.SystemRandom().uniform(0.5, 1.5))
        refusal = answer(Code.TOO_MANY_REQUESTS, TABLE[Code.TOO_MANY_REQUESTS][0])
        refusal.headers["Retry-After"] = str(-(-wait // 1_000))
        return refusal
    if caller is None:
        return await handler(request)
    with throttle.at_work(request, caller):
        return await handler(request)


def _account(caller: Caller) -> bytes:
    """Whose budget a caller's requests are taken from."""
    return caller.home if caller.scope == "device" else caller.key


def _caller(service: Service, request: web.Request) -> Caller | None:
    """Whom the request's token speaks for, as far as this process knows; its route looks closer."""
    with suppress(RefusedError):
        return service.tokens.caller(bearer(request), elapsed())
    return None


THROTTLE = web.AppKey("throttle", Throttle)
