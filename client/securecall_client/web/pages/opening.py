"""Opening a call, and telling people of it by other ways: a neutral message, an entry for a calendar."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final, Literal

from securecall.sentences import sentence
from securecall_client.acts import announcing, calls
from securecall_client.downloads import free
from securecall_client.errors import TextError
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages import places, saving
from securecall_client.web.typed import local_time
from securecall_client.work.agenda import MINUTES_MOST
from securecall_client.work.announcing import SUMMARY
from securecall_client.work.errors import CellError
from securecall_client.work.places import read_place

pages = Pages()
_CIVIC_SPACE: Final[tuple[Literal["closing", "opening"], ...]] = ("closing", "opening")
_NO_START: Final = sentence("Say when the call starts: the day and the time.")


@pages.page("/calls/new", commands=("call open",))
async def new(visit: Visit) -> Shown:
    """The form of a new call."""
    countries = sorted(_countries(visit), key=lambda one: one[1].casefold())
    zone = datetime.now().astimezone().strftime("%Z (UTC%z)")
    return Shown("call_new.html", visit.say("Open a call"), {"zone": zone, "countries": countries})


@pages.deed("/calls/new", commands=("call open",))
async def open_call(visit: Visit) -> Done:
    """Open it. One is alone in it until people are invited."""
    form = await visit.form()
    opened = await calls.open_call(
        visit.session,
        title=form.text("title"),
        country=form.text("country"),
        starts=local_time(visit, form.text("starts"), refusal=_NO_START),
        civic_space=form.choice("civic_space", _CIVIC_SPACE) or "",
        link=form.text("link"),
    )
    return Done(places.base(opened.call), sentence("The call is open. Invite people under “People and keys”."))


@pages.deed("/call/{call}/calendar", commands=("call ics",))
async def calendar(visit: Visit) -> Done:
    """Save an entry for a calendar, in which nothing says what the call is about."""
    name, form = visit.names["call"], await visit.form()
    minutes = form.text("minutes")
    if not minutes.isdecimal() or not 1 <= int(minutes) <= MINUTES_MOST:
        raise TextError("The length of the call is a whole number of minutes, from 1 to 1440.")
    path = free("call", ".ics")
    file = await announcing.save_calendar(visit.session, name, path, int(minutes), form.text("summary") or SUMMARY)
    saving.keep(visit.session, name, saving.SavedFile(sentence("Calendar entry"), path, file.size))
    return Done(places.base(name), sentence("Saved: %(path)s", path=path))


def _countries(visit: Visit) -> Iterator[tuple[str, str]]:
    """Codes of ISO 3166-1 with their names in the person's language."""
    for code, name in visit.language.locale.territories.items():
        with suppress(CellError):
            yield read_place(code), name
