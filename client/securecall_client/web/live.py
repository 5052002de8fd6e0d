"""The live stream of a page: server-sent events (HTML Living Standard, 9.2) that say what to look at anew."""

import asyncio
import json
import re
from contextlib import suppress

from aiohttp import web

from securecall.sentences import Sentence
from securecall_client.web.desk import Desk
from securecall_client.web.hub import Word
from securecall_client.web.language import Language, language_of

_CALL = re.compile(r"/(?:call|present)/([0-9a-f]{64})(?:/|\?|$)")
SHARED = "/present/"
"""Where a page begins that is shown to people without the client."""
TAB_HEADER = "X-SecureCall-Tab"
"""By which a tab names itself when it does something, and then shows the page that it is sent on to."""
_ASIDE = ("said", "progress")
"""What is said to the person at the profile alone: it names things and people (row G06)."""
_BREATH = 20.0
"""Seconds after which a line that says nothing is sent, so that a lost page is noticed."""


async def live(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Tell a page what happens, while it is there; ``?path=`` is its address, ``?tab=`` what its tab calls itself."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    path, language = request.query.get("path", ""), language_of(request)
    words = desk.hub.listen(_call(path), request.query.get("tab", ""))
    coming = asyncio.ensure_future(anext(words))
    try:
        while True:
            done, _ = await asyncio.wait([coming], timeout=_BREATH)
            if not done:
                await response.write(b": here\n\n")
                continue
            for word in coming.result():
                if path.startswith(SHARED) and word.kind in _ASIDE:
                    continue
                await response.write(f"event: {word.kind}\ndata: {json.dumps(in_words(word, language))}\n\n".encode())
                if word.kind == "locked":
                    # What is said to whoever opens the profile again is not for who was here before.
                    return response
            coming = asyncio.ensure_future(anext(words))
    except ConnectionError:
        return response
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await coming
        await words.aclose()


def in_words(word: Word, language: Language) -> str:
    """What a page is told, in its language; what people wrote shows what cannot be seen (row M14)."""
    if word.kind == "said":
        return language.say(word.text)
    what = language.say(word.text) if isinstance(word.text, Sentence) else word.text
    return what if word.way is None else f"{word.way[0]} {word.way[1]} {what}"


def _call(path: str) -> str:
    """The call that a page shows, if it shows one."""
    found = _CALL.match(path)
    return "" if found is None else found[1]
