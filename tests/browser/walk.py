"""A walk over all pages: from home by every link, so that each page is met with what a person would see on it."""

import re
from collections import deque
from html import unescape

from securecall_client.acts import discussing, pairs
from securecall_client.web.pages import ALL
from tests.pages import Visitor
from tests.simulator.people import Stage

PATHS = tuple(page.path for part in ALL for page in part.pages)
_NAMED = re.compile(r"\{\w+\}")
_HREF = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)"')


def fits(pattern: str, path: str) -> bool:
    """Whether a path is one of a pattern."""
    return re.fullmatch(_NAMED.sub("[^/]+", pattern), path) is not None


def pattern_of(path: str) -> str | None:
    """The pattern of the page at an address, the one with the fewest names in braces first."""
    plain = path.partition("?")[0]
    return next((one for one in sorted(PATHS, key=lambda one: one.count("{")) if fits(one, plain)), None)


async def walk(visitor: Visitor) -> dict[str, str]:
    """Go everywhere once; gives an address of each page that links lead to, by its pattern.

    Raises: AssertionError if a link leads nowhere.
    """
    found, ahead, met = dict[str, str](), deque(["/"]), {"/"}
    while ahead:
        path = ahead.popleft()
        pattern = pattern_of(path)
        assert pattern is not None, path
        if pattern not in found:
            found[pattern] = path
            for link in map(unescape, _HREF.findall(await visitor.page(path))):
                if link not in met and not link.startswith("/static/"):
                    met.add(link)
                    ahead.append(link)
    return found


async def dress(stage: Stage) -> None:
    """Let there be something of everything: a roll call, answers, a document, a guest, a pair, words not sent."""
    await stage.receive("Gil")
    await stage.play()
    document = await stage.put_up("Bob", "minutes of the harbour.txt", b"quartz", "everyone")
    async with stage["Bob"].open() as session:
        await discussing.say(session, stage.call.hex(), "Who can be there in June?", on=f"doc:{document}", circle=None)
    async with stage["Sec"].open() as session:
        session.unsent.keep("/people/invite", {"label": "Typed and not sent"})
        await pairs.open_pair(session, stage.call.hex(), "Ann")
    await stage.sync()
