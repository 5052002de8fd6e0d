"""Home: the calls, and what waits for whom."""

from datetime import datetime

from securecall.rights import KEEPERS
from securecall_client import clock
from securecall_client.acts import calls, exercises, status
from securecall_client.acts.sheet_kept import sheet_state
from securecall_client.results.calls import Call
from securecall_client.results.exercises import ExerciseLine
from securecall_client.session import Session
from securecall_client.web.page import Pages, Shown, Visit
from securecall_client.web.pages import places

pages = Pages()
_SOON = 1800
"""Seconds before its beginning from which an open call is shown as going on."""


@pages.page("/", commands=("call list", "status"))
async def home(visit: Visit) -> Shown:
    """The calls now, next and past; what waits for this person; the line."""
    known = (await calls.list_calls(visit.session)).calls
    data = {
        "now": [call for call in known if _when(call) == "now"],
        "next": [call for call in known if _when(call) == "next"],
        "past": [call for call in known if _when(call) == "past"],
        "status": await status.status(visit.session),
        "sheet": await sheet_state(visit.session),
        "may_open": visit.session.in_coalition,
        "keeps": await _keeps(visit.session),
        "asking": visit.desk.asking,
        "runs": {call.call for call in known},
        "missing": [one for call in known if _when(call) != "past" for one in await _missing(visit.session, call)],
        "places": places,
    }
    return Shown("home.html", visit.say("Home"), data)


async def _keeps(session: Session) -> bool:
    """Whether one lets people into the coalition."""
    if not session.in_coalition:
        return False
    me = (await session.view(session.coalition)).me
    return me is not None and me.role in KEEPERS


async def _missing(session: Session, call: Call) -> list[tuple[Call, ExerciseLine]]:
    """The open exercises of a call that one may answer and has not."""
    missing = await exercises.unanswered(session, call.call)
    there = (await exercises.list_exercises(session, call.call)).exercises if missing else []
    return [(call, one) for one in there if one.exercise in missing]


def _when(call: Call) -> str:
    if call.state != "open" or not call.inside:
        return "past"
    begins = datetime.fromisoformat(call.starts).timestamp() if call.starts else 0
    return "next" if begins > clock.now() + _SOON else "now"
