"""Requests to join a space, from invitees to those who can admit them (protocol 10)."""

from collections.abc import Sequence

from aiohttp import web

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.identity import grow
from securecall.joins import JoinRequest, read_join
from securecall.rights import Action, check_right
from securecall.roster import Roster
from securecall.wire import Verified
from securecall_server.chains import Held
from securecall_server.errors import Code, RefusedError
from securecall_server.forms import Join, JoinForm, JoinsAnswer
from securecall_server.limits import JOINS
from securecall_server.service import SERVICE
from securecall_server.store.rows import JoinRow

from .bodies import answer, path_id, read_form
from .route import Route

_CAP = 2 * (caps.JOIN_BYTES + caps.LETTER_BYTES)
IDENTITY_BYTES = caps.IDENTITIES_BYTES // 64
"""Identity entries of one who asks to join: some sixty devices in turn, and 64 such people fit into one entry."""


async def put(request: web.Request) -> web.StreamResponse:
    """Keep a request to join, upon an invitation that stands."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    member, space = caller.member, path_id(request, "space")
    form = await read_form(request, JoinForm, _CAP)
    join = read_join(form.request)
    held = await service.chains.get(space)
    if held is None or held.chain.invitations.made(join.key, held.durable) is None:
        raise RefusedError(Code.NOT_FOUND)
    _check(held, join, member)
    await service.need_open(space)
    _check_identity(held.roster(), member, await service.store.identity(member))
    await service.store.put_join(JoinRow(space, join.key, member, form.request, form.letter))
    return web.Response(status=204)


def _check(held: Held, join: Verified[JoinRequest], member: bytes) -> None:
    """Raise InvalidError unless the request is the caller's own and fits an invitation that stands."""
    roster, asked = held.roster(), join.value
    invitation = held.chain.invitations.standing(join.key, held.durable)
    wanted = (held.chain.space, invitation.role if invitation else None, member)
    if (asked.space, asked.role, asked.member) != wanted:
        raise InvalidError(Problem.BAD_INVITE, "no invitation stands for this request")
    if member in roster.members:
        raise InvalidError(Problem.BAD_TARGET, "by someone who is in the space already")


def _check_identity(roster: Roster, member: bytes, items: Sequence[bytes]) -> None:
    """Raise InvalidError unless the member, with the identity that is here, can be admitted.

    An admission is refused for a key that is another member's, and with it all others of the same entry.
    """
    if sum(map(len, items)) > IDENTITY_BYTES:
        raise InvalidError(Problem.TOO_LARGE, "an identity too large to be admitted together with others")
    keys = grow({}, items)[member].keys()
    others = (identity for known, identity in roster.known.items() if known != member)
    if any(keys & identity.keys() for identity in others):
        raise InvalidError(Problem.BAD_KEY, "a key that is another member's")


async def waiting(request: web.Request) -> web.StreamResponse:
    """The requests that wait, to those who can admit."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    view, member = await service.access.present(path_id(request, "space"), caller)
    check_right(member.role, Action.ADMIT, "member")
    rows = await service.store.joins(view.held.chain.space)
    joins = [Join(row.request, row.letter, await service.store.identity(row.member)) for row in rows]
    return answer(JoinsAnswer(joins))


_PATH = "/v1/spaces/{space}/joins"
ROUTES = (
    Route("PUT", _PATH, put, "Ask to join upon an invitation.", None, JoinForm, work=JOINS),
    Route("GET", _PATH, waiting, "Requests to join that wait.", JoinsAnswer),
)
