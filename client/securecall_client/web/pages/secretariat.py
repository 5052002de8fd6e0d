"""The secretariat: all calls at a glance, who has not joined yet, and what waits for whom."""

from securecall_client.acts import overview
from securecall_client.web.page import Pages, Shown, Visit

pages = Pages()


@pages.page("/secretariat", commands=("invite list", "call list"))
async def secretariat(visit: Visit) -> Shown:
    """What waits in everything that one keeps, each with the way to where it is done."""
    seen = await overview.overview(visit.session)
    data = {"overview": seen, "asking": visit.desk.asking, "calls": {call.call for call in seen.calls}}
    return Shown("secretariat.html", visit.say("Secretariat"), data)
