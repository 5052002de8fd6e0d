"""Login: a signed greeting, then a proof by the login key of a device, or the key of an invitation, a mailbox or the
setup code.

Why a login is refused is not said: a wrong server, address or nonce, an unknown device and a wrong key all
look and cost alike (row G08). Only who holds an invitation or the setup code hears that it was used, and a removed
device, which proves that it is that one, what shows it its removal.
"""

import secrets

from aiohttp import web

from securecall import caps
from securecall.errors import InvalidError
from securecall.statements import Login, read_login
from securecall.wire import Verified
from securecall_server.clock import wall
from securecall_server.errors import Code, RefusedError, RemovedError
from securecall_server.forms import HelloAnswer, HelloRequest, LoginAnswer, LoginRequest
from securecall_server.service import SERVICE, Service
from securecall_server.tokens import TOKEN_LIFE, Caller, elapsed

from .bodies import answer, read_form
from .route import Route

_CAP = 4 * caps.LOGIN_BYTES


async def hello(request: web.Request) -> web.StreamResponse:
    """Greet."""
    service = request.app[SERVICE]
    nonce = bytes.fromhex((await read_form(request, HelloRequest, _CAP)).nonce)
    return answer(HelloAnswer(service.key.hello(nonce, service.nonces.give(nonce, elapsed()))))


async def login(request: web.Request) -> web.StreamResponse:
    """Judge a proof and give a token."""
    service = request.app[SERVICE]
    form = await read_form(request, LoginRequest, _CAP)
    try:
        proof = read_login(form.proof)
    except InvalidError:
        raise RefusedError(Code.UNAUTHORIZED) from None
    caller = await _caller(service, proof)
    if not service.nonces.use(proof.value.server_nonce, caller.key, elapsed()):
        raise RefusedError(Code.UNAUTHORIZED)
    token = service.tokens.give(caller, elapsed())
    return answer(LoginAnswer(token, wall() + TOKEN_LIFE, caller.scope))


async def _caller(service: Service, proof: Verified[Login]) -> Caller:
    """Whom the proof proves. Raises: RefusedError, InvalidError (as `Doors.opened_by`)."""
    value = proof.value
    fresh = service.nonces.stands(value.server_nonce, value.client_nonce, elapsed())
    if not fresh or value.server != service.key.public or value.address not in service.addresses:
        raise RefusedError(Code.UNAUTHORIZED)
    # Both are looked up whoever asks, so that known and unknown take the same work.
    row = await service.store.device(value.subject)
    by_itself = secrets.compare_digest(proof.key, value.subject)
    key = value.subject if by_itself else proof.key
    other = await service.doors.opened_by(key) or await service.mailboxes.opened_by(key)
    if row is not None and secrets.compare_digest(row.login, proof.key):
        if row.live:
            return Caller("device", row.device, row.member)
        if not service.nonces.use(value.server_nonce, row.device, elapsed()):
            raise RefusedError(Code.UNAUTHORIZED)
        raise RemovedError(await service.store.identity(row.member))
    if not by_itself or other is None:
        # Whoever came since the backup is not known here yet; what became of whom is still not said.
        raise RefusedError(Code.READ_ONLY if await service.is_behind() else Code.UNAUTHORIZED)
    return other


ROUTES = (
    Route("POST", "/v1/hello", hello, "Begin a login.", HelloAnswer, HelloRequest, open=True),
    Route("POST", "/v1/login", login, "Prove who asks, and get a token.", LoginAnswer, LoginRequest, open=True),
)
