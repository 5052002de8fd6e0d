"""New spaces: entry 0 of a chain."""

from aiohttp import web

from securecall import caps
from securecall import entries as e
from securecall.entry_rules import space_id
from securecall.errors import InvalidError, Problem
from securecall.state import ENTRY
from securecall.wire import Signed, decode
from securecall_server.forms import Grants, ReceiptAnswer, SpaceRequest
from securecall_server.limits import WRITES
from securecall_server.offers import Offer, Receipt
from securecall_server.service import SERVICE

from .bodies import answer, read_form
from .route import Route

CAP = 24 * caps.MIB
"""An entry with its identities and grants, in base64."""


async def create(request: web.Request) -> web.StreamResponse:
    """Begin a space in the name of its author, who asks."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    member = caller.member
    form = await read_form(request, SpaceRequest, CAP)
    payload = decode(form.item, Signed, caps.ENTRY_BYTES).payload
    body = decode(payload, e.Entry, caps.ENTRY_BYTES).body
    if body.author != member:
        raise InvalidError(Problem.NO_RIGHT, "a space is begun by its author")
    if not isinstance(body.change, e.Create):
        raise InvalidError(Problem.MALFORMED, "not an entry that begins a space")
    offer = Offer(space_id(payload), ENTRY, form.item, tuple(form.identities), boxes(form.grants))
    return receipt_answer(await service.ledger.append(offer))


def boxes(grants: Grants) -> dict[bytes, bytes]:
    """Grants by device."""
    return {bytes.fromhex(device): box for device, box in grants.items()}


def receipt_answer(receipt: Receipt) -> web.Response:
    """A receipt as JSON."""
    return answer(ReceiptAnswer(receipt.seq, receipt.before.hex(), receipt.statement))


ROUTES = (Route("POST", "/v1/spaces", create, "Begin a space.", ReceiptAnswer, SpaceRequest, work=WRITES),)
