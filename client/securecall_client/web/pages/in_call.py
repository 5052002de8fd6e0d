"""What every page of a call has: its head, the ways to its parts, and what is presented in it."""

from typing import Literal

from securecall.rights import KEEPERS
from securecall_client.acts import calls, discussing
from securecall_client.acts.presenting import may_present, presented
from securecall_client.acts.waiting import waiting
from securecall_client.web.page import Shown, Visit
from securecall_client.web.pages import places

Tab = Literal["now", "exercises", "documents", "talk", "outcomes", "people"]


async def in_call(visit: Visit, template: str, tab: Tab, title: str = "", **data: object) -> Shown:
    """A page of the call that the path names as ``{call}``; ``template`` extends ``in_call.html``.

    Beside ``call`` (`results.calls.Call`) it has ``base`` (the call's path), whether one is its ``owner``, ``keeps`` it
    (as owner or chair) or is a ``guest``, its ``guests``, whether it ``takes`` anything new, ``presented`` with its
    ``presented_path``, ``presents`` (whether one may present), and what ``waits`` on this computer.

    Raises: NotFoundError.
    """
    call = await calls.show_call(visit.session, visit.names["call"])
    view = await visit.session.view(bytes.fromhex(call.call))
    base, shown, role = places.base(call.call), presented(view), view.me.role if view.me else None
    new = await discussing.unread(visit.session, view)
    tabs = [
        ("now", base, visit.say("Now"), 0),
        ("exercises", f"{base}/exercises", visit.say("Exercises"), 0),
        ("documents", f"{base}/documents", visit.say("Documents"), 0),
        ("talk", f"{base}/talk", visit.say("Discussion"), new),
        ("outcomes", f"{base}/outcomes", visit.say("Minutes and outcomes"), 0),
        ("people", f"{base}/people", visit.say("People and keys"), 0),
    ]
    here = {
        "call": call,
        "base": base,
        "tabs": tabs,
        "tab": tab,
        "owner": role == "owner",
        "keeps": role in KEEPERS,
        "guest": role == "guest",
        "guests": [one for one in call.members if one.role == "guest"],
        "takes": call.inside and call.state == "open",
        "presented": shown,
        "presented_path": places.presented(shown),
        "presents": role is not None and call.state != "destroyed" and may_present(visit.session, view),
        "waits": await waiting(visit.session, view.space),
        "yours": shown.presenter == visit.session.member.hex(),
    }
    named = {one: words for one, _, words, _ in tabs} | {"now": visit.say("Call")}
    return Shown(template, title or named[tab], {**here, **data})
