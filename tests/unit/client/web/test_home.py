"""Home: what waits for the person, and what is to be done first; asked without a browser, over a server in memory."""

import asyncio

import pytest

from securecall_client import clock
from securecall_client.acts import admitting, exercises
from tests.pages import Visitor, visiting
from tests.simulator.people import Stage, answer, invite


async def shows(visitor: Visitor, path: str, words: str) -> None:
    """Wait until a page says something. Raises: TimeoutError."""
    async with asyncio.timeout(60):
        while words not in await visitor.page(path):
            pass


async def test_home_says_who_asks_to_be_let_in_and_where_one_s_answer_is_missing(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Eve")
    assert await stage["Eve"].join(text) == "waiting"
    async with stage["Bob"].open() as session:
        await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "allies", title="Next steps")
    async with visiting(stage["Sec"]) as sec:
        await shows(sec, "/", "1 person asks to be let in")
        assert 'href="/people"' in await sec.page("/")
    async with visiting(stage["Ann"]) as ann:
        await shows(ann, "/", "Your answer is missing:")
        page = await ann.page("/")
        assert "Next steps" in page
        assert f'href="/call/{stage.call.hex()}/exercise/' in page
        assert "asks to be let in" not in page


async def test_home_without_a_call_says_what_to_do_first(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Fay", "chair")
    assert await stage["Fay"].join(text) == "waiting"
    async with stage["Sec"].open() as session:
        [one] = await admitting.asking(session)
        await admitting.admit_one(session, one.member, one.words)
    assert await stage["Fay"].join(None) == "joined"
    async with visiting(stage["Fay"]) as fay:
        page = await fay.page("/")
        assert 'href="/people/invite"' in page
        assert 'href="/calls/new"' in page
        assert "Invite people, then open a call" in page


async def test_whoever_is_alone_in_a_call_is_told_to_let_people_in(stage: Stage) -> None:
    async with visiting(stage["Sec"]) as sec:
        alone = await sec.do("/calls/new", title="Spring", country="KE", starts="2030-03-02T18:00")
        page = await sec.page(alone)
        assert "Nobody else is in this call yet." in page
        assert f'href="{alone}/people"' in page
        assert "Nobody else is in this call yet." not in await sec.page(f"/call/{stage.call.hex()}")


async def test_home_says_what_others_have_and_since_when_that_is_confirmed(stage: Stage) -> None:
    await stage["Bob"].answer(stage.call)
    await stage.sync("Ann")
    async with visiting(stage["Ann"]) as ann:
        await shows(ann, "/", "others have it")
        page = await ann.page("/")
        assert "The same history, confirmed" in page
        assert f'id="have-{stage.call.hex()}"' in page


async def test_s09_what_nobody_confirms_is_sent_by_one_s_own_word_without_a_terminal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 2 * 24 * 3600)
    async with stage["Ann"].open() as session:
        assert await answer(session, stage.call) == "here"
    call = f"/call/{stage.call.hex()}"
    async with visiting(stage["Ann"]) as ann:
        await shows(ann, "/", "Nobody else has confirmed for over a day what you see here.")
        for path in ("/", "/line", call):
            page = await ann.page(path)
            assert "--unconfirmed" not in page, path
            assert "securecall sync" not in page, path
        assert "it goes by itself" not in await ann.page(call)
        await ann.do("/line/sync")
        assert "what you see here." in await ann.page("/line")
        assert 'name="unconfirmed"' in await ann.page("/line")
        await ann.do("/line/sync", unconfirmed="yes")
        assert "Nothing: what you wrote is on the server." in await ann.page("/line")
