"""A document: its versions, what there is to see of it as pixels or as text, and what one may do with it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.acts import withdrawing
from securecall_client.acts.document_versions import show_document
from securecall_client.downloads import downloads
from securecall_client.errors import NotFoundError
from securecall_client.foreseen import told
from securecall_client.sandbox.messages import WIDTH_MOST
from securecall_client.text import size as shown_size
from securecall_client.web.fetching import found, looked_at, saved
from securecall_client.web.looking import Look
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places
from securecall_client.web.pages.documents import queue
from securecall_client.web.pages.in_call import in_call

pages = Pages()


@pages.page("/call/{call}/document/{document}", commands=("doc get",))
async def document(visit: Visit) -> Shown:
    """One document in one of its versions, the newest unless ``?version=`` says another one."""
    one = await show_document(visit.session, visit.names["call"], visit.names["document"])
    wanted = number(visit.query.get("version", str(one.versions[-1].version)))
    chosen = next((each for each in one.versions if each.version == wanted), one.versions[-1])
    receipt = None
    if one.withdrawn:
        receipt = await withdrawing.receipt(visit.session, visit.names["call"], visit.names["document"])
    return await in_call(
        visit,
        "document.html",
        "documents",
        visit.say("Document"),
        **queue(visit, one.document),
        document=one,
        chosen=chosen,
        receipt=receipt,
        folder=str(downloads()),
        talk=places.thread(visit.names["call"], f"doc:{one.document}"),
    )


@pages.piece("/call/{call}/document/{document}/look/{version}")
async def look(visit: Visit) -> Shown:
    """What there is to see of a version, or in words why there is nothing."""
    base = f"/call/{visit.names['call']}/document/{visit.names['document']}/page/{visit.names['version']}"
    return await look_shown(_look(visit), base, _why)


@pages.piece("/call/{call}/document/{document}/page/{version}/{page}")
async def picture(visit: Visit) -> web.StreamResponse:
    """One page as a picture made of pixels alone (L08), ``?width=`` of them wide."""
    return await page_shown(visit, _look(visit), _why)


async def look_shown(looking: Awaitable[tuple[str, Look]], base: str, why: Callable[[Exception], str]) -> Shown:
    """What there is to see of the document that is looked at, with its pages below ``base``; or ``why`` nothing is."""
    said, seen, name = "", None, ""
    try:
        name, seen = await looking
    except Exception as error:
        said = why(error)
    return Shown("look.html", "", {"seen": seen, "why": said, "base": base, "name": name})


async def page_shown(
    visit: Visit, looking: Awaitable[tuple[str, Look]], why: Callable[[Exception], str]
) -> web.StreamResponse:
    """The page that the path names of the document that is looked at, as a PNG; or ``why`` it cannot be drawn."""
    try:
        _, seen = await looking
        if seen.pages is None:
            raise NotFoundError("There is nothing to draw.")
        width = min(WIDTH_MOST, number(visit.query.get("width", "1200")))
        drawn = await seen.pages.picture(number(visit.names["page"]) - 1, width)
    except Exception as error:
        return web.json_response({"error": visit.say(why(error))}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return web.Response(body=drawn, content_type="image/png")


def _why(error: Exception) -> str:
    return str(told(error))


async def _look(visit: Visit) -> tuple[str, Look]:
    """The name of a version, and what there is to see of it."""
    call, which, version = visit.names["call"], visit.names["document"], number(visit.names["version"])
    space, body = await found(visit.desk, call, which, version)
    return body.name, await looked_at(visit.desk, space, body)


@pages.deed("/call/{call}/document/{document}/get", commands=("doc get",), apart=True)
async def get(visit: Visit) -> Done:
    """Write a version into the folder for downloads; nobody opens it (F07)."""
    names, form = visit.names, await visit.form()
    got = await saved(visit.desk, names["call"], names["document"], number(form.text("version")), downloads())
    words = sentence(
        "Fetched and checked, %(size)s: %(path)s. Open it only if you trust whoever put it up.",
        size=shown_size(got.size),
        path=got.path,
    )
    return Done(f"/call/{names['call']}/document/{names['document']}", words)


@pages.deed("/call/{call}/document/{document}/withdraw", commands=("doc withdraw",))
async def withdraw(visit: Visit) -> Done:
    """Withdraw it in all its versions; the page then holds the receipt."""
    names = visit.names
    done = await withdrawing.withdraw_document(visit.session, names["call"], names["document"])
    visit.desk.looked.close()
    return Done(f"/call/{names['call']}/document/{names['document']}", done.receipt.from_now)


def number(text: str) -> int:
    """A number of a version or page. Raises: NotFoundError."""
    if not text.isdecimal() or len(text) > 6:
        raise NotFoundError("There is no such version or page.")
    return int(text)
