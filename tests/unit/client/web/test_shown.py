"""What people wrote, where the pages say it in a sentence of their own: nothing in it turns the sentence round."""

import asyncio

from securecall_client.errors import FileError
from securecall_client.web.hub import Hub, Word
from securecall_client.web.language import language
from securecall_client.web.render import render

NAME = "report\u202efdp.exe"
PLAIN = r"report\u202efdp.exe"


async def test_m14_a_sentence_that_is_said_shows_what_cannot_be_seen() -> None:
    hub = Hub(lambda _: None)
    words = hub.listen("")
    coming = asyncio.ensure_future(anext(words))
    await asyncio.sleep(0)
    assert hub.heard
    hub.tell("said", f"Taken back: {NAME}.\nNobody got it.")
    assert await coming == [Word("said", f"Taken back: {PLAIN}.\nNobody got it.")]
    await words.aclose()


def test_m14_why_something_failed_shows_what_cannot_be_seen() -> None:
    error = FileError(f"{NAME} cannot be read.", hint=f"Rename {NAME}.")
    told = render("failure.html", language("en"), {"error": error, "hint": error.hint})
    assert "\u202e" not in told
    assert told.count(PLAIN) == 2
