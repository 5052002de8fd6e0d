"""Mailboxes, in which a member's old device and a new one meet (protocol 4.3)."""

from aiohttp import web

from securecall import caps
from securecall_server.forms import MailAnswer, MailboxRequest, MailRequest
from securecall_server.limits import JOINS
from securecall_server.service import SERVICE

from .bodies import answer, path_id, read_form
from .route import Route

_CAP = 2 * caps.MAIL_BYTES


async def begin(request: web.Request) -> web.StreamResponse:
    """Open a mailbox; the member's last one goes."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    form = await read_form(request, MailboxRequest, caps.KIB)
    await service.mailboxes.open(caller, bytes.fromhex(form.key))
    return web.Response(status=204)


async def put(request: web.Request) -> web.StreamResponse:
    """Leave one's message."""
    service = request.app[SERVICE]
    caller, key = await service.caller(request), path_id(request, "key")
    await service.mailboxes.look(caller, key)
    form = await read_form(request, MailRequest, _CAP)
    await service.mailboxes.put(caller, key, form.mail)
    return web.Response(status=204)


async def look(request: web.Request) -> web.StreamResponse:
    """What is in it."""
    service = request.app[SERVICE]
    row = await service.mailboxes.look(await service.caller(request), path_id(request, "key"))
    return answer(MailAnswer(row.request, row.answer))


_PATH = "/v1/mailboxes/{key}"
ROUTES = (
    Route("POST", "/v1/mailboxes", begin, "Open a mailbox for a new device.", None, MailboxRequest, work=JOINS),
    Route("PUT", _PATH, put, "Leave a message in a mailbox.", None, MailRequest, work=JOINS),
    Route("GET", _PATH, look, "Look into a mailbox.", MailAnswer),
)
