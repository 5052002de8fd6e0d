"""The log: lines of one fixed schema, and nothing else (row O11; `docs/http.md`, "The log").

A line has a time, then a method and a route's template, or `-` for both where it is about no request; then the status
and stable code of a refusal, or for a fault of the server its kind and place. No address, no id, nothing of what was
sent, no message of an error, and no line of a library, which may quote any of it.
"""

import logging
import traceback

from aiohttp import web

from securecall.errors import Problem
from securecall_server.errors import Code

METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""RFC 9110 and PATCH. Any other word in a method's place was chosen by whoever sent it, and is not written down."""
_log = logging.getLogger("securecall_server")


def begin() -> None:
    """Write our own lines to stderr; whatever libraries and warnings say goes nowhere."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _log.handlers[:] = [lines]
    _log.setLevel(logging.WARNING)
    _log.propagate = False
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False


def refused(request: web.Request, status: int, code: Problem | Code) -> None:
    """A request was refused."""
    _log.warning("%s %s %s", _asked(request), status, code.value)


def failed(request: web.Request, error: Exception) -> None:
    """A request met a fault of the server; `refused` follows."""
    _log.error("%s failed: %s", _asked(request), _where(error))


def fault(status: int, what: str) -> None:
    """A fault outside any request: a stable code, `damaged`, or the name of an error's type."""
    _log.error("- %s %s", status, what)


def _asked(request: web.Request) -> str:
    """What was asked for: the method and the route's template, without any id."""
    resource = request.match_info.route.resource
    return f"{request.method if request.method in METHODS else '-'} {resource.canonical if resource else '-'}"


def _where(error: Exception) -> str:
    """Kind and place of an error, never its message, which may quote what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(error).__name__} at {last.name}:{last.lineno}" if last else type(error).__name__
