"""Sealed pages, for guests who can install nothing: made here, and their code shown once (row G07)."""

from datetime import datetime

from securecall.sentences import sentence
from securecall_client.acts import guest_pages, organisations
from securecall_client.downloads import downloads, free
from securecall_client.errors import TextError
from securecall_client.guest_page.html import Tongue
from securecall_client.results.guest_pages import GuestPage
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.typed import local_time

pages = Pages()


@pages.page("/call/{call}/guest-page")
async def about(visit: Visit) -> Shown:
    """A form to make a page, and one to take what came back of one."""
    data = {
        "organisations": await organisations.names(visit.session),
        "folder": str(downloads()),
        "made": await guest_pages.made_pages(visit.session, visit.names["call"]) if visit.session.in_coalition else [],
    }
    return await in_call(visit, "guest_page.html", "people", visit.say("Sealed page"), **data)


@pages.deed("/call/{call}/guest-page", commands=("guest page",))
async def make(visit: Visit) -> Done:
    """Save a page among the downloads, under a name that says nothing of the call or of whom it is for."""
    form, call = await visit.form(), visit.names["call"]
    if not form.text("org"):
        raise TextError("Say whom the page is for.")
    until = local_time(visit, form.text("until")) if form.text("until") else None
    path = free(f"page-{datetime.now().astimezone().date().isoformat()}", ".html")
    tongue = Tongue(visit.language.tag, visit.language.direction, visit.language.say)
    made = await guest_pages.make_page(visit.session, call, form.text("org"), path, until, tongue)
    return Done(f"{base(visit)}/made/{visit.desk.drawer.put(made)}")


@pages.page("/call/{call}/guest-page/made/{key}", commands=("guest page",))
async def made(visit: Visit) -> Shown:
    """A page that was just made, and its code, until it is put away."""
    made = visit.desk.drawer.get(visit.names["key"], GuestPage)
    data = {"made": made, "away": f"{base(visit)}/made/{visit.names['key']}/away"}
    return await in_call(visit, "guest_page_made.html", "people", visit.say("Sealed page"), **data)


@pages.deed("/call/{call}/guest-page/made/{key}/away")
async def put_away(visit: Visit) -> Done:
    """Take the code off the screen."""
    visit.desk.drawer.drop(visit.names["key"])
    return Done(base(visit))


@pages.deed("/call/{call}/guest-page/withdraw")
async def withdraw(visit: Visit) -> Done:
    """Take in nothing more of a page."""
    await guest_pages.withdraw_page(visit.session, visit.names["call"], (await visit.form()).text("page"))
    return Done(base(visit), sentence("Nothing that comes back of this page is taken in here any more."))


def base(visit: Visit) -> str:
    """Where the sealed pages of a call stand."""
    return f"/call/{visit.names['call']}/guest-page"
