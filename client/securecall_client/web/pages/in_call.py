"""What every page of a call has: its head, and the ways to its parts."""

from typing import Literal

from securecall_client.acts import calls
from securecall_client.web.page import Shown, Visit

Tab = Literal["now", "exercises", "documents", "talk", "outcomes", "people"]


async def in_call(visit: Visit, template: str, tab: Tab, title: str = "", **data: object) -> Shown:
    """A page of the call that the path names as ``{call}``; ``template`` extends ``in_call.html``.

    Raises: NotFoundError.
    """
    call = await calls.show_call(visit.session, visit.names["call"])
    base = f"/call/{call.call}"
    tabs = [
        ("now", base, visit.say("Now")),
        ("exercises", f"{base}/exercises", visit.say("Exercises")),
        ("documents", f"{base}/documents", visit.say("Documents")),
        ("talk", f"{base}/talk", visit.say("Discussion")),
        ("outcomes", f"{base}/outcomes", visit.say("Minutes and outcomes")),
        ("people", f"{base}/people", visit.say("People and keys")),
    ]
    whole = f"{title} – {call.title}" if title else call.title
    return Shown(template, whole, {"call": call, "base": base, "tabs": tabs, "tab": tab, **data})
