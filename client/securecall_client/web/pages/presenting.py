"""Presenting: putting something on everyone's screen, and turning its pages there."""

from http import HTTPStatus

from aiohttp import web

from securecall.sentences import sentence
from securecall_client.acts import presenting
from securecall_client.web.page import Done, Pages, Visit
from securecall_client.web.pages import places
from securecall_client.web.pages.document import number

pages = Pages()


@pages.deed("/call/{call}/present", commands=("call present",))
async def present(visit: Visit) -> Done:
    """Put a thing on everyone's screen; whoever does it where the thing itself stands stays there."""
    name, form = visit.names["call"], await visit.form()
    shown = await presenting.present(visit.session, name, form.text("thing"))
    told = {
        "everyone": sentence("It is on everyone's screen, for guests too."),
        "allies": sentence("It is on the allies' screens. Neither guests nor the window to share show it."),
    }
    return Done(places.presented(shown) if form.text("stay") else places.base(name), told[shown.circle])


@pages.deed("/call/{call}/present/hand", commands=("call present --to",))
async def hand(visit: Visit) -> Done:
    """Have somebody else present."""
    name, form = visit.names["call"], await visit.form()
    shown = await presenting.hand_over(visit.session, name, form.text("person"))
    return Done(places.base(name), sentence("%(name)s presents now.", name=shown.name))


@pages.deed("/call/{call}/present/stop", commands=("call present --stop",))
async def stop(visit: Visit) -> Done:
    """Present no more."""
    name = visit.names["call"]
    await presenting.stop(visit.session, name)
    return Done(places.base(name))


@pages.deed("/call/{call}/present/turn")
async def turn(visit: Visit) -> web.Response:
    """Turn to a page of the document that one presents, on the screens of all who follow."""
    name, form = visit.names["call"], await visit.form()
    await presenting.turn(visit.session, name, form.text("document"), number(form.text("page")))
    visit.desk.hub.tell("changed", name)
    return web.Response(status=HTTPStatus.NO_CONTENT)
