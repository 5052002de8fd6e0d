"""Home: the calls, and what waits for whom."""

from datetime import datetime

from securecall_client import clock
from securecall_client.acts import calls, status
from securecall_client.acts.sheet_kept import sheet_state
from securecall_client.results.calls import Call
from securecall_client.web.page import Pages, Shown, Visit

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
    }
    return Shown("home.html", visit.say("Home"), data)


def _when(call: Call) -> str:
    if call.state != "open" or not call.inside:
        return "past"
    begins = datetime.fromisoformat(call.starts).timestamp() if call.starts else 0
    return "next" if begins > clock.now() + _SOON else "now"
