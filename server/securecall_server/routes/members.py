"""Accounts: an identity chain is taken over upon an invitation or the setup code."""

from aiohttp import web

from securecall import caps
from securecall.identity import begin
from securecall_server.errors import Code, RefusedError
from securecall_server.forms import MemberAnswer, MemberRequest
from securecall_server.limits import JOINS
from securecall_server.service import SERVICE

from .bodies import answer, read_form
from .route import Route

_CAP = 2 * caps.IDENTITY_ENTRIES * caps.IDENTITY_BYTES


async def enrol(request: web.Request) -> web.StreamResponse:
    """Take over an identity; the same again changes nothing."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    if caller.scope not in ("invitation", "setup"):
        raise RefusedError(Code.UNAUTHORIZED)
    form = await read_form(request, MemberRequest, _CAP)
    first = begin(form.identity[0])
    await service.doors.stands(caller)
    if caller.scope == "invitation":
        await service.need_open(caller.home)
    await service.doors.bind(caller, first.member)
    member = await service.ledger.enrol(form.identity)
    if caller.scope == "setup":
        await service.doors.note_founder(member)
    return answer(MemberAnswer(member.hex()))


ROUTES = (
    Route(
        "POST", "/v1/members", enrol, "Open an account with an identity chain.", MemberAnswer, MemberRequest, work=JOINS
    ),
)
