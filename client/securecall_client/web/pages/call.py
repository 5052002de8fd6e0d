"""A call at a glance: who is here, and what it is at."""

from securecall_client.clock import Monotonic
from securecall_client.web.page import Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call

pages = Pages()


@pages.page("/call/{call}", commands=("call show", "call watch"))
async def call(visit: Visit) -> Shown:
    """The call as it stands."""
    shown = await in_call(visit, "call.html", "now")
    view = await visit.session.view(bytes.fromhex(visit.names["call"]))
    here = visit.session.beating(view.space).company(view, Monotonic().now())
    data = {"here": {member.hex() for member in here}, "writing": {one.hex() for one, writes in here.items() if writes}}
    return Shown(shown.template, shown.title, {**shown.data, **data})
