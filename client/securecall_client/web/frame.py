"""What stands around every page: the ways to the other pages, the state of the line, and alarms."""

from dataclasses import dataclass
from typing import Literal

from securecall_client.acts import alarms, overview
from securecall_client.web.page import Visit


@dataclass(frozen=True, slots=True)
class LineShown:
    """The state of the line in a few words; ``alarms`` says how many stand, empty for none."""

    state: Literal["on", "off"]
    words: str
    alarms: str
    unsent: str
    """How many other pages have words that were typed and not sent, empty for none."""


async def top(visit: Visit) -> list[tuple[str, str]]:
    """The pages one can always go to, with their names."""
    if visit.desk.state != "open":
        return []
    ways = [("/", visit.say("Home")), ("/people", visit.say("People")), ("/keys", visit.say("Keys and alarms"))]
    if await overview.keeps(visit.session):
        ways.append(("/secretariat", visit.say("Secretariat")))
    return ways


def section(path: str) -> str:
    """The one of them that a page belongs to, if it does to one."""
    first = "/" + path.split("/")[1]
    return {"/alarms": "/keys", "/line": "/keys", "/pair": "/", "/unsent": "/"}.get(first, first)


async def line(visit: Visit) -> LineShown | None:
    """How the line is, where a profile is open."""
    if visit.desk.state != "open":
        return None
    session = visit.session
    waiting = len(await session.replica.waiting())
    if not session.reached and waiting:
        words = visit.language.count(
            "No line: %(num)s thing waits on this computer", "No line: %(num)s things wait on this computer", waiting
        )
    elif not session.reached:
        words = visit.say("No line: what you write stays on this computer until it is back")
    elif waiting:
        words = visit.language.count("%(num)s thing on its way", "%(num)s things on their way", waiting)
    else:
        words = visit.say("On the server")
    standing = [alarm for alarm in await alarms.standing(session) if not alarm.dismissed]
    told = visit.language.count("%(num)s alarm: look at it", "%(num)s alarms: look at them", len(standing))
    typed = sum(one.path != visit.request.path_qs for one in session.unsent.every())
    unsent = visit.language.count("Not sent: %(num)s page", "Not sent: %(num)s pages", typed)
    return LineShown("on" if session.reached else "off", words, told if standing else "", unsent if typed else "")
