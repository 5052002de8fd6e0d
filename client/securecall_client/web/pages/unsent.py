"""Words that were typed and not sent: kept on this computer, given back to their page, listed, thrown away."""

from http import HTTPStatus

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.web.page import Done, Pages, Shown, Visit

pages = Pages()


@pages.deed("/unsent/keep", locked=True)
async def keep(visit: Visit) -> web.Response:
    """Keep the words of the page ``?of=``, by the ids of their fields. Asks nobody and waits for nobody."""
    session, path, form = visit.session, visit.query.get("of", ""), await visit.form()
    before = bool(session.unsent.words(path))
    session.unsent.keep(path, {name: form.secret(name) for name in form.names()})
    if bool(session.unsent.words(path)) != before:
        visit.desk.hub.tell("changed")
    return web.Response(status=HTTPStatus.NO_CONTENT)


@pages.piece("/unsent/words")
async def words(visit: Visit) -> web.StreamResponse:
    """The words of the page ``?of=``."""
    return web.json_response(dict(visit.session.unsent.words(visit.query.get("of", ""))))


@pages.page("/unsent")
async def listing(visit: Visit) -> Shown:
    """All that was typed and not sent, wherever."""
    every = sorted(visit.session.unsent.every(), key=lambda one: one.at, reverse=True)
    return Shown("unsent.html", visit.say("Not sent"), {"every": every})


@pages.deed("/unsent/drop", locked=True)
async def drop(visit: Visit) -> Done:
    """Throw the words of one page away."""
    session, form = visit.session, await visit.form()
    session.unsent.keep(form.text("of"), {})
    return Done("/unsent", sentence("It is gone."))
