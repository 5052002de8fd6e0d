"""What goes wrong at the pages, in words: beside what was typed, which stays, or in the place of a page."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from securecall.sentences import Sentence, sentence
from securecall_client.errors import SecureCallError
from securecall_client.foreseen import told
from securecall_client.web.desk import LockedError
from securecall_client.web.language import language_of
from securecall_client.web.live import SHARED
from securecall_client.web.render import render

_PLAIN: Final[Mapping[int, Sentence]] = {
    HTTPStatus.NOT_FOUND: sentence("There is no such page."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: sentence("This is more text than can be sent at once."),
}
_OTHER: Final = sentence("The page and the program did not understand each other. Load the page anew.")
UNSAID: Final = sentence("It cannot be shown here now. Your own pages of the call say why.")


@web.middleware
async def failing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into words."""
    try:
        return await handler(request)
    except LockedError:
        return web.Response(status=HTTPStatus.UNAUTHORIZED)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        return _notice(request, SecureCallError(_PLAIN.get(error.status, _OTHER)), error.status)
    except Exception as error:
        return _notice(request, told(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def _notice(request: web.Request, error: SecureCallError, status: int) -> web.Response:
    """A failure in words, put beside what was typed, which stays; in a window that is shared it may name nobody."""
    if request.path.startswith(SHARED):
        error = SecureCallError(UNSAID)
    return notice(render("failure.html", language_of(request), {"error": error, "hint": hint(error)}), status)


def notice(html: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> web.Response:
    """What is put where a page says what went wrong, whatever else was asked for."""
    headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
    return web.Response(text=html, content_type="text/html", status=status, headers=headers)


def hint(error: SecureCallError) -> str:
    """What to do, but for what names commands, which nobody types here."""
    return "" if error.hint is None or "securecall " in error.hint else error.hint
