"""What was typed on a page and not sent: kept sealed, given back to that page alone, and gone with its call."""

import pytest
from aiohttp import ClientResponse

from securecall_client.acts import calls, ending
from securecall_client.clock import now
from tests.pages import Visitor, visiting
from tests.simulator.people import Stage

WORDS = "The road by the quarry is watched"


async def keep(visitor: Visitor, path: str, **words: str) -> ClientResponse:
    """Keep words as the script does."""
    return await visitor.ask("POST", f"/unsent/keep?of={path}", visitor.own, words)


async def kept(visitor: Visitor, path: str) -> dict[str, str]:
    """What is kept of a page."""
    return await (await visitor.ask("GET", f"/unsent/words?of={path}", visitor.own)).json()


async def test_t04_t08_what_is_typed_outlives_a_lock_and_is_on_the_disk_sealed_alone(stage: Stage) -> None:
    talk = f"/call/{stage.call.hex()}/talk"
    async with visiting(stage["Ann"]) as ann:
        assert (await keep(ann, talk, **{"say-text": WORDS, "empty": " "})).status == 204
        assert await kept(ann, talk) == {"say-text": WORDS}
        assert await kept(ann, f"{talk}/other") == {}
        assert "Not sent: 1 page" in await ann.page("/")
        assert "Not sent:" not in await ann.page(talk)
        await ann.program.desk.lock()
        assert (await keep(ann, talk, text="x")).status == 401
    files = [path for path in stage["Ann"].home.rglob("*") if path.is_file()]
    assert [path for path in files if WORDS.encode() in path.read_bytes() or stage.call.hex() in path.name] == []
    async with visiting(stage["Ann"]) as ann:
        assert await kept(ann, talk) == {"say-text": WORDS}
        page = await ann.page("/unsent")
        assert WORDS in page
        assert f'href="{talk}"' in page
        await ann.do("/unsent/drop", of=talk)
        assert await kept(ann, talk) == {}
        assert "Not sent:" not in await ann.page("/")


async def test_m14_l02_a_path_that_is_none_of_ours_is_kept_nowhere(stage: Stage) -> None:
    async with visiting(stage["Ann"]) as ann:
        for path in ("//evil.example/", "javascript:1", "/call/<b>", "", "/a b", "/" + "x" * 600):
            assert (await keep(ann, path, text=WORDS)).status == 422
        assert (await keep(ann, "/people", text="x" * 600_000)).status == 422
        assert "nothing" in await ann.page("/unsent")


async def test_r08_with_a_destroyed_call_what_was_typed_about_it_goes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = f"/call/{stage.call.hex()}/talk"
    async with visiting(stage["Ann"]) as ann:
        await keep(ann, talk, text=WORDS)
        await keep(ann, "/people/invite", label="Somebody")
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
        await ending.destroy_call(session, stage.call.hex())
    await stage.sync("Ann")
    later = now() + 8 * 24 * 3600
    monkeypatch.setattr("securecall_client.clock.now", lambda: later)
    await stage.sync("Ann")
    async with visiting(stage["Ann"]) as ann:
        assert await kept(ann, talk) == {}
        assert await kept(ann, "/people/invite") == {"label": "Somebody"}
