"""What comes of a row or a finding, with one click each: a commitment, a discussion, two people who go on talking."""

from datetime import date, timedelta
from typing import Final

from securecall.sentences import sentence, together
from securecall_client import clock
from securecall_client.acts import committing, discussing, pairs
from securecall_client.text import for_terminal
from securecall_client.web.form import Form
from securecall_client.web.page import Done, Pages, Visit
from securecall_client.web.pages.exercises import at

pages = Pages()
WEEKS: Final = 4
"""Until when a commitment is proposed to be done."""


def proposed_day() -> str:
    """The day that a commitment's form proposes."""
    today: date = clock.at(clock.now()).astimezone().date()
    return (today + timedelta(weeks=WEEKS)).isoformat()


@pages.deed("/call/{call}/exercise/{exercise}/commit", commands=("commit add",))
async def commit(visit: Visit) -> Done:
    """Make a commitment of a row, of whoever gave it."""
    form = await visit.form()
    made = await committing.commit(
        visit.session, visit.names["call"], "", by=form.text("by"), who="", org="", row=form.text("row"), circle=None
    )
    said = sentence("Noted: %(who)s, by %(day)s.", who=for_terminal(made.who), day=visit.language.day(made.by))
    return Done(_back(visit, form), said)


@pages.deed("/call/{call}/exercise/{exercise}/say", commands=("discuss say",))
async def say(visit: Visit) -> Done:
    """Begin to talk about a row or a finding, with those whom its exercise is for."""
    form = await visit.form()
    await discussing.say(visit.session, visit.names["call"], form.text("text"), on=form.text("on"), circle=None)
    return Done(_back(visit, form), sentence("Said. It stands in the discussion, where others answer."))


@pages.deed("/call/{call}/exercise/{exercise}/pair", commands=("call pair",))
async def pair(visit: Visit) -> Done:
    """Open a space for two, or find the one that is there."""
    form = await visit.form()
    opened = await pairs.open_pair(visit.session, visit.names["call"], form.text("member"))
    said = (
        sentence("You and %(name)s can talk in private now.", name=for_terminal(opened.name))
        if opened.new
        else sentence("You and %(name)s have a space for two already.", name=for_terminal(opened.name))
    )
    return Done(_back(visit, form), together(said, sentence("It stands under “People and keys”.")))


def _back(visit: Visit, form: Form) -> str:
    """The page that the form stood on: the map, or an answer."""
    answer = form.text("back")
    return f"{at(visit)}/answer/{answer}" if answer.isalnum() else f"{at(visit)}/map"
