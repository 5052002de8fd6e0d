"""A walk over all pages: from home by every link, so that each page is met with what a person would see on it."""

import re
from collections import deque
from dataclasses import dataclass, field
from html import unescape

from securecall_client.acts import discussing, pairs
from securecall_client.web.pages import ALL
from tests.pages import Visitor
from tests.simulator.people import Stage

PATHS = tuple(page.path for part in ALL for page in part.pages)
NOT_LINKED = frozenset(
    {
        "/begin", "/begin/found", "/begin/join", "/begin/link",
        "/call/{call:[0-9a-f]{64}}/guest-page/came/{key:[0-9a-f]{32}}",
        "/call/{call:[0-9a-f]{64}}/guest-page/made/{key:[0-9a-f]{32}}",
        "/call/{call:[0-9a-f]{64}}/people/removed/{place:[0-9]{1,9}}",
        "/call/{call}/exercise/{exercise}/map/picture",
        "/keys/add/{key:[0-9a-f]{32}}",
        "/keys/removed/{key:[0-9a-f]{32}}",
        "/keys/{device:[0-9a-f]{64}}/remove",
        "/line/doctor/{key:[0-9a-f]{32}}",
        "/line/moved/{key:[0-9a-f]{32}}",
        "/line/healed/{key:[0-9a-f]{32}}",
        "/people/invitation/{key:[0-9a-f]{32}}",
        "/people/left/{key:[0-9a-f]{32}}",
        "/people/removed/{key:[0-9a-f]{32}}",
        "/sheet/{key:[0-9a-f]{32}}",
        "/sheet/{key:[0-9a-f]{32}}/away",
    }
)  # fmt: skip
"""Pages that no link leads to, by their pattern: of whoever is not in yet, what is shown once after something was done,
what needs a second device, and a part that a page's script asks for."""
COMING: frozenset[str] = frozenset()
"""Links to pages that are being made. It must be empty before a release."""
_NAMED = re.compile(r"\{\w+(?::((?:[^{}]|\{[^{}]*\})+))?\}")
"""A name in a path, and what it may be, as aiohttp spells it."""
_ID = re.compile("[0-9a-f]{16,}")
_HREF = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)"')


def pattern_of(path: str) -> str | None:
    """The pattern of the page at an address, the one with the fewest names in braces first."""
    plain = path.partition("?")[0]
    for pattern in sorted(PATHS, key=lambda pattern: pattern.count("{")):
        if re.fullmatch(_NAMED.sub(lambda named: named[1] or "[^/]+", pattern), plain):
            return pattern
    return None


@dataclass
class Walk:
    """An address of each page that links lead to, by its pattern; and the links that lead to none."""

    found: dict[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)


async def walk(visitor: Visitor) -> Walk:
    """Go everywhere once."""
    made, ahead, met = Walk(), deque(["/"]), {"/"}
    while ahead:
        path = ahead.popleft()
        pattern = pattern_of(path)
        if pattern is None:
            made.dead.add(_ID.sub("{id}", path))
        elif pattern not in made.found:
            made.found[pattern] = path
            for link in map(unescape, _HREF.findall(await visitor.page(path))):
                if link not in met and not link.startswith("/static/"):
                    met.add(link)
                    ahead.append(link)
    return made


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
