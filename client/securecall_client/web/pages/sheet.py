"""The recovery sheet: made, printed, put away, and only then forgotten about (row S25)."""

import secrets
from dataclasses import dataclass

from securecall.sentences import sentence
from securecall_client.acts import recovering, sheet_kept
from securecall_client.errors import RefusedError
from securecall_client.results.devices import MadeSheet
from securecall_client.session import Session
from securecall_client.web.desk import Desk
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.qr import qr

pages = Pages()
_ASKED = 2


@dataclass(frozen=True, slots=True, repr=False)
class _Sheet:
    """A sheet on the screen, and the numbers of the words that are asked for once it is put away."""

    made: MadeSheet
    asked: tuple[int, ...]


async def keep_sheet(desk: Desk, session: Session, made: MadeSheet) -> str:
    """Lay a sheet that was made into the drawer, to be printed; gives its key."""
    await sheet_kept.note_made(session, made)
    numbers = secrets.SystemRandom().sample(range(1, len(made.words) + 1), _ASKED)
    return desk.drawer.put(_Sheet(made, tuple(sorted(numbers))))


@pages.page("/sheet", commands=("device recovery",))
async def about(visit: Visit) -> Shown:
    """What a recovery sheet is, and whether there is one."""
    state = await sheet_kept.sheet_state(visit.session)
    return Shown("sheet_about.html", visit.say("Recovery sheet"), {"state": state})


@pages.deed("/sheet/make", commands=("device recovery",))
async def make(visit: Visit) -> Done:
    """Make a sheet, in the place of any there was."""
    made = await recovering.make_sheet(visit.session)
    return Done(f"/sheet/{await keep_sheet(visit.desk, visit.session, made)}")


@pages.page("/sheet/{key}")
async def show(visit: Visit) -> Shown:
    """The sheet, to be printed. It names no coalition, person or server in clear."""
    made = visit.desk.drawer.get(visit.names["key"], _Sheet).made
    data = {"sheet": made, "groups": made.place.split("-"), "qr": qr(made.sheet), "key": visit.names["key"]}
    return Shown("sheet.html", visit.say("Recovery sheet"), data)


@pages.page("/sheet/{key}/away")
async def away(visit: Visit) -> Shown:
    """Two words are asked for, to see that the paper can be read where it is."""
    sheet = visit.desk.drawer.get(visit.names["key"], _Sheet)
    return Shown("sheet_away.html", visit.say("Recovery sheet"), {"asked": sheet.asked, "key": visit.names["key"]})


@pages.deed("/sheet/{key}/away")
async def put_away(visit: Visit) -> Done:
    """Take the sheet off the screen, once two of its words were typed from the paper."""
    key, form = visit.names["key"], await visit.form()
    sheet = visit.desk.drawer.get(key, _Sheet)
    for number in sheet.asked:
        if form.text(f"word-{number}").casefold() != sheet.made.words[number - 1]:
            words = sentence("Word %(number)s on the sheet is another one. Look at the paper again.", number=number)
            raise RefusedError(words, code="other-words")
    visit.desk.drawer.drop(key)
    await sheet_kept.note_put_away(visit.session)
    return Done("/", sentence("Your recovery sheet is put away. It is no longer on this screen."))
