"""A call: what it is, who is here, and the way to its parts."""

from securecall_client.acts import calls
from securecall_client.clock import Monotonic
from securecall_client.web.page import Pages, Shown, Visit

pages = Pages()


@pages.page("/call/{call}", commands=("call show", "call watch"))
async def call(visit: Visit) -> Shown:
    """The call as it stands."""
    session = visit.session
    shown = await calls.show_call(session, visit.names["call"])
    view = await session.view(bytes.fromhex(shown.call))
    here = session.beating(view.space).company(view, Monotonic().now())
    data = {
        "call": shown,
        "here": {member.hex() for member in here},
        "writing": {m.hex() for m, w in here.items() if w},
    }
    return Shown("call.html", shown.title, data)
