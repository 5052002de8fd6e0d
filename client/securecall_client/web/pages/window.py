"""The window that can be shown to people without the client: what is for everyone, and nothing else (row G06).

All that it is made of is read from what a guest's keys open. No request below its path names anything that could be had
otherwise: a document is given only while it is presented to everyone, and whatever else is named is not there.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from securecall_client.acts.for_everyone import document_for_everyone, for_everyone, picture_for_everyone
from securecall_client.errors import NotFoundError
from securecall_client.results.exercises import AnswerLine, ExerciseAnswers
from securecall_client.viewing import UnshownError
from securecall_client.web.failing import UNSAID
from securecall_client.web.fetching import looked_at
from securecall_client.web.looking import Look
from securecall_client.web.page import Pages, Shown, Visit
from securecall_client.web.pages.answer_shown import shown as answer_shown
from securecall_client.web.pages.document import look_shown, number, page_shown

pages = Pages()
_NEWEST: Final = 4
"""Rows of an exercise that are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of an answer in words, or what it says beside its tables; ``id`` is another one for each."""

    id: str
    line: AnswerLine
    words: str


@pages.page("/present/{call}", commands=("call show --as-guest",))
async def window(visit: Visit) -> Shown:
    """The window."""
    shown = await for_everyone(visit.session, visit.names["call"])
    data = {
        "shown": shown,
        "base": f"/call/{shown.call}",
        "path": f"/present/{shown.call}",
        "asked": [(one, _rows(one)) for one in shown.exercises],
        "yours": shown.presented.presenter == visit.session.member.hex(),
    }
    return Shown("present.html", visit.say("Present"), data)


@pages.piece("/present/{call}/map")
async def picture(visit: Visit) -> Shown:
    """The map that is presented, as a picture."""
    async with visit.desk.at(reading=True) as session:
        svg = await picture_for_everyone(session, visit.names["call"])
    return Shown("map_picture.html", "", {"svg": svg.partition("?>\n")[2]})


@pages.piece("/present/{call}/{document}/{version}")
async def look(visit: Visit) -> Shown:
    """What there is to see of the document that is presented."""
    base = f"/present/{visit.names['call']}/{visit.names['document']}/{visit.names['version']}"
    return await look_shown(_look(visit), base, _why)


@pages.piece("/present/{call}/{document}/{version}/{page}")
async def page(visit: Visit) -> web.StreamResponse:
    """One of its pages as a picture made of pixels alone (L08), ``?width=`` of them wide."""
    return await page_shown(visit, _look(visit), _why)


async def _look(visit: Visit) -> tuple[str, Look]:
    names = visit.names
    async with visit.desk.at(reading=True) as session:
        space, body = await document_for_everyone(session, names["call"], names["document"], number(names["version"]))
    return body.name, await looked_at(visit.desk, space, body)


def _why(error: Exception) -> str:
    """What may be said of it in this window: no sentence that could name somebody."""
    return str(error) if isinstance(error, NotFoundError | UnshownError) else UNSAID


def _rows(exercise: ExerciseAnswers) -> list[RowShown]:
    found: list[RowShown] = []
    for line in reversed(exercise.answers):
        answer = answer_shown(line, exercise.questions)
        for table in answer.tables:
            said = ((f"{line.answer}-{row}", " · ".join(filter(None, cells))) for row, cells in table.rows)
            found += [RowShown(ident, line, words) for ident, words in said]
        found += [RowShown(f"{line.answer}-o{at}", line, said) for at, (_, said) in enumerate(answer.others)]
    return found[:_NEWEST]
