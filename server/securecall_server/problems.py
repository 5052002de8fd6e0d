"""Refusals on the wire: problem documents with stable codes (RFC 9457), and the one table of statuses.

A document never repeats what was sent, and an unexpected error says nothing at all; nor does the log (`log`).
"""

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall_server import log
from securecall_server.blobs.interface import BlobConflictError, BlobFullError, BlobMissingError
from securecall_server.errors import Code, MediaTypeError, RefusedError, RemovedError
from securecall_server.store.interface import ConflictError, StoreFullError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FORBIDDEN, _CONFLICT, _REFUSED = 403, 409, 422
TABLE: dict[Problem | Code, tuple[int, str]] = {
    Problem.MALFORMED: (400, "The request is not well-formed."),
    Problem.TOO_LARGE: (413, "The request is larger than the protocol allows."),
    Problem.BAD_SIGNATURE: (_FORBIDDEN, "A signature does not fit."),
    Problem.BAD_KEY: (_REFUSED, "A key is unsound, taken, or another server's."),
    Problem.BAD_IDENTITY: (_REFUSED, "The identity entries do not follow from what is known."),
    Problem.WRONG_SPACE: (_REFUSED, "The item is of another space."),
    Problem.STALE: (_CONFLICT, "Somebody else changed the space first."),
    Problem.BAD_SEEN: (_CONFLICT, "The item was made upon another history."),
    Problem.NOT_A_MEMBER: (_FORBIDDEN, "The author is not in the space."),
    Problem.BAD_DEVICE: (_FORBIDDEN, "The device does not count in the space."),
    Problem.NO_RIGHT: (_FORBIDDEN, "The author has no right to do this."),
    Problem.BAD_TARGET: (_REFUSED, "The change does not fit those it is aimed at."),
    Problem.BAD_PARENT: (_REFUSED, "The parent space does not say so."),
    Problem.BAD_INVITE: (_FORBIDDEN, "The invitation was used or taken back, or is not for this."),
    Problem.BAD_EPOCH: (_CONFLICT, "The item is not of the running epoch."),
    Problem.BAD_GRANTS: (
        _REFUSED,
        "The grants are not exactly those that the entry lists and the roster needs.",
    ),
    Problem.ROTATION_DUE: (_CONFLICT, "A rotation is due before anything else."),
    Problem.BAD_COUNT: (_CONFLICT, "The record is not the next of its device."),
    Problem.DUPLICATE: (_CONFLICT, "What may stand once stands there already."),
    Problem.BAD_CIRCLE: (_REFUSED, "The class is not the circle of the record."),
    Problem.BAD_BLOB: (_REFUSED, "A blob is dropped, not there, or another member's."),
    Problem.LAST_OWNER: (_REFUSED, "The last owner, or their last device, cannot go."),
    Problem.DESTROYED: (410, "The space is destroyed."),
    Problem.WITHHELD: (_REFUSED, "An item without its bytes."),
    Problem.CAP: (_REFUSED, "The space or identity would grow past what the protocol allows."),
    Code.UNAUTHORIZED: (401, "Log in first."),
    Code.NOT_FOUND: (404, "There is nothing here for you."),
    Code.CONFLICT: (_CONFLICT, "Something else stands there already."),
    Code.NOT_COMPLETE: (_CONFLICT, "A blob that the record lists is not complete."),
    Code.FULL: (507, "The server cannot store more. Nothing was changed."),
    Code.QUOTA_MEMBER: (507, "The member has as many files here as one may. Nothing was changed."),
    Code.QUOTA_SPACE: (507, "The space holds as many files as one may. Nothing was changed."),
    Code.DAMAGED: (500, "The server has this no more as it was put there: its disk is at fault."),
    Code.BUSY: (503, "The server cannot answer now. Try again."),
    Code.SETUP_CODE_USED: (_CONFLICT, "The setup code was used."),
    Code.TOO_MANY_REQUESTS: (429, "Too many requests. Wait a while, then try again."),
    Code.READ_ONLY: (503, "Put back from a backup, or moved: nothing new is taken here."),
}

UNNAMED = frozenset({408, 415, 500})
"""Statuses that go with the code of another: a body that is too slow or of another type, and a fault of the server."""

_ERRORS: dict[type[Exception], Problem | Code] = {
    ParentBehindError: Problem.BAD_PARENT,
    ConflictError: Code.CONFLICT,
    BlobConflictError: Code.CONFLICT,
    BlobMissingError: Code.NOT_FOUND,
    StoreFullError: Code.FULL,
    BlobFullError: Code.FULL,
}


class ProblemDocument(msgspec.Struct, frozen=True):
    """RFC 9457; ``code`` is the stable code."""

    type: str
    title: str
    status: int
    code: str


class RemovedDocument(ProblemDocument, frozen=True):
    """The same to a removed device: with its member's identity entries from 0 on."""

    identity: list[bytes]


def answer(code: Problem | Code, status: int, error: Exception | None = None) -> web.Response:
    """The problem document for ``code``, as which ``error`` is told."""
    said = (f"urn:securecall:problem:{code.value}", TABLE[code][1], status, code.value)
    document = RemovedDocument(*said, error.identity) if isinstance(error, RemovedError) else ProblemDocument(*said)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    body = msgspec.json.encode(document)
    return web.Response(body=body, status=status, content_type="application/problem+json", headers=headers)


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal and every error into a problem document, and leave one line in the log."""
    allowed, cause = None, None
    try:
        return await handler(request)
    except web.HTTPException as error:
        code, status = of_http(error.status)
        allowed = error.headers.get("Allow")
    except Exception as error:  # the last door: whatever happened, nothing of it leaves here
        cause, (code, status) = error, of_error(error)
        if (code, status) == (Code.BUSY, 500):
            log.failed(request, error)
    log.refused(request, status, code)
    refusal = answer(code, status, cause)
    if allowed is not None:  # with a 405 (RFC 9110, section 15.5.6)
        refusal.headers["Allow"] = allowed
    return refusal


def of_error(error: Exception) -> tuple[Problem | Code, int]:
    """Code and status of an error."""
    match error:
        case InvalidError(problem=code) | RefusedError(code=code):
            return code, TABLE[code][0]
        case MediaTypeError():
            return Problem.MALFORMED, 415
        case TimeoutError() | ConnectionError():
            # Whoever asked is too slow, or gone; that nobody is there to hear of it is no fault of ours.
            return Code.BUSY, 408
    for kind, code in _ERRORS.items():
        if isinstance(error, kind):
            return code, TABLE[code][0]
    return Code.BUSY, 500


def of_http(status: int) -> tuple[Problem | Code, int]:
    """Code and status of what HTTP itself refuses, before any of our handlers saw it."""
    if status == 404:
        return Code.NOT_FOUND, status
    if status >= 500:
        return Code.BUSY, status
    return (Problem.TOO_LARGE if status == 413 else Problem.MALFORMED), status
