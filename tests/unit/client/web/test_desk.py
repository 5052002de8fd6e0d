"""The profile behind the pages, while a server hangs, others are at it, and people lock and unlock at once."""

import asyncio
import gc
from contextlib import suppress
from pathlib import Path

import pytest

from securecall_client import turns
from securecall_client.acts import calls, healing
from securecall_client.errors import SecureCallError
from securecall_client.file_lock import lock_file
from securecall_client.profile import Lock, Turn
from securecall_client.session import Session
from securecall_client.web import desk as desks
from securecall_client.web.desk import Desk, LockedError
from securecall_client.web.hub import Hub
from securecall_client.web.live import TAB_HEADER
from tests.pages import pages_of, visiting
from tests.simulator.people import LOCK, Person, Stage, open_call

SOON = 60.0


class Dead:
    """A line on which requests of one name are not answered any more after a few, until it is mended."""

    def __init__(self, person: Person, name: str = "items", after: int = 0) -> None:
        self.asked, self.mended = asyncio.Event(), asyncio.Event()
        self._left, self._name, self._hooks = after, name, person.hostile.meanwhile
        self._hooks[name] = self._hang

    async def _hang(self) -> None:
        if self._left:
            self._left -= 1
            self._hooks[self._name] = self._hang
            return
        self.asked.set()
        await self.mended.wait()


async def sync(desk: Desk, space: bytes) -> None:
    """Something that is done on a page and needs the server."""
    async with desk.at() as session:
        await session.reach()
        await session.synced(space)


async def heal(desk: Desk) -> None:
    """Healing, as its page does it."""
    async with desk.at() as session:
        await session.reach()
        await healing.heal(session, finish=False)


def sessions() -> int:
    """How many sessions are in this process."""
    gc.collect()
    return sum(isinstance(one, Session) for one in gc.get_objects())


async def test_a_page_stands_while_a_sync_waits_for_a_server_that_hangs(stage: Stage) -> None:
    dead = Dead(stage["Ann"])
    async with asyncio.timeout(SOON), visiting(stage["Ann"]) as visitor:
        await dead.asked.wait()
        assert "Freedonia" in await visitor.page("/")
        both = await asyncio.gather(visitor.page("/"), visitor.page(f"/call/{stage.call.hex()}"))
        assert all("Freedonia" in page for page in both)
        dead.mended.set()
        await sync(visitor.program.desk, stage.call)


@pytest.mark.parametrize("name", ["hello", "items", "grants"])
async def test_what_somebody_does_while_a_sync_waits_for_a_server_that_hangs_is_done_here(
    stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "STALLED", 0.1)
    await stage.play()
    dead, call = Dead(stage["Sec"], name), f"/call/{stage.call.hex()}"
    async with asyncio.timeout(SOON), visiting(stage["Sec"]) as visitor:
        await dead.asked.wait()
        await visitor.do(f"{call}/talk/say", text="Said on a dead line", circle="allies")
        page = await visitor.page(f"{call}/talk")
        assert "Said on a dead line" in page
        assert "No line: 1 thing waits on this computer" in page
        dead.mended.set()
        await sync(visitor.program.desk, stage.call)
        async with visitor.program.desk.at() as session:
            await session.writer.flush(stage.call)
            assert await session.replica.waiting() == []
            assert (await session.view(stage.call)).chain.next_seq == stage.places
            assert await session.alarms.listing() == []


async def test_what_somebody_does_on_a_line_that_goes_dead_need_not_be_waited_for(stage: Stage) -> None:
    call = f"/call/{stage.call.hex()}"
    async with asyncio.timeout(SOON), visiting(stage["Ann"]) as visitor:
        await sync(visitor.program.desk, stage.call)
        dead = Dead(stage["Ann"], "append")
        saying = asyncio.create_task(visitor.do(f"{call}/talk/say", text="Said as it dies", circle="allies"))
        await dead.asked.wait()
        assert (await visitor.ask("POST", "/line/without", visitor.own)).status == 204
        await saying
        assert (await visitor.page(f"{call}/talk")).count('said">Said as it dies') == 1
        await sync(visitor.program.desk, stage.call)
        async with visitor.program.desk.at() as session:
            await session.writer.flush(stage.call)
            assert await session.replica.waiting() == []
        assert (await visitor.page(f"{call}/talk")).count('said">Said as it dies') == 1
        assert "On the server" in await visitor.page("/")


async def test_whoever_joins_and_waits_no_longer_is_not_told_that_it_is_locked(stage: Stage) -> None:
    async with visiting(stage["Ida"]) as visitor:
        assert (await visitor.ask("POST", "/line/without", visitor.own)).status == 204


async def test_what_needs_the_server_says_so_when_it_is_not_waited_for(stage: Stage) -> None:
    path = f"/call/{stage.call.hex()}/people/rotate"
    async with asyncio.timeout(SOON), visiting(stage["Sec"]) as visitor:
        await sync(visitor.program.desk, stage.call)
        dead = Dead(stage["Sec"], "append")
        rotating = asyncio.create_task(visitor.refused(path))
        await dead.asked.wait()
        await visitor.ask("POST", "/line/without", visitor.own)
        assert "did not answer in time" in await rotating


async def test_a_call_that_one_is_let_into_is_there_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("securecall_client.web.keeping_up.EVERY", 3600)
    async with asyncio.timeout(SOON), visiting(stage["Ann"]) as visitor:
        words = visitor.program.desk.hub.listen("", "")
        await anext(words)
        async with stage["Sec"].open() as session:
            call = await open_call(session, "Ruritania in May")
            await calls.invite_to_call(session, call.hex(), ["Ann"])
        while "Ruritania" not in await visitor.page("/"):
            await anext(words)
        await words.aclose()


async def test_whoever_looks_while_a_sync_waits_takes_nothing_from_it(stage: Stage) -> None:
    await stage.play()
    dead = Dead(stage["Cem"], "grants")
    async with asyncio.timeout(SOON), visiting(stage["Cem"]) as visitor:
        await dead.asked.wait()
        for _ in range(3):
            await visitor.page("/")
        dead.mended.set()
        desk = visitor.program.desk
        await sync(desk, stage.call)
        async with desk.at() as session:
            assert (await session.view(stage.call)).chain.next_seq == stage.places
            assert await session.alarms.listing() == []


async def test_s08_nobody_is_shown_what_is_not_known_to_be_whole(stage: Stage) -> None:
    guest = await stage.receive("Gil")
    await stage.play()
    stage.server.page, dead = 1, Dead(guest, after=3)
    async with asyncio.timeout(SOON), visiting(guest) as visitor:
        await dead.asked.wait()
        desk = visitor.program.desk
        async with desk.at(reading=True) as session:
            view = await session.view(stage.call)
            kept = await session.replica.places(stage.call, 0)
            assert view.chain.next_seq == len(kept) < stage.places
        dead.mended.set()
        await sync(desk, stage.call)
        async with desk.at(reading=True) as session:
            assert (await session.view(stage.call)).chain.next_seq == stage.places


async def test_s08_nobody_is_shown_more_of_what_is_put_back_than_is_known_to_be_whole(stage: Stage) -> None:
    guest = await stage.receive("Gil")
    await stage.play()
    stage.server = guest.hostile.server = stage.server.restore()
    stage.server.page = 1
    async with asyncio.timeout(SOON), visiting(guest) as visitor:
        desk = visitor.program.desk
        async with desk.at() as session:
            had = (await session.view(stage.call)).chain.next_seq
        # The first two ask how the space stands, and for what is beyond it.
        dead = Dead(guest, after=2)
        putting = asyncio.create_task(heal(desk))
        await dead.asked.wait()
        async with desk.at(reading=True) as session:
            assert (await session.view(stage.call)).chain.next_seq == len(await session.replica.places(stage.call, 0))
        dead.mended.set()
        await putting
        async with desk.at(reading=True) as session:
            assert had < (await session.view(stage.call)).chain.next_seq == stage.places


async def test_t08_a_lock_does_not_wait_for_a_server_that_hangs_and_leaves_no_session(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "GRACE", 0.1)
    dead, before = Dead(stage["Ann"]), sessions()
    async with asyncio.timeout(SOON), pages_of(stage["Ann"]) as program:
        await dead.asked.wait()
        doing = asyncio.create_task(sync(program.desk, stage.call))
        await asyncio.sleep(0)
        await program.desk.lock()
        with pytest.raises(LockedError):
            await doing
        del doing
        assert sessions() == before
        assert await program.desk.unlock(LOCK)


async def test_t08_what_somebody_does_when_it_locks_is_finished_or_cut(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "GRACE", 0.1)
    async with asyncio.timeout(SOON), pages_of(stage["Ann"]) as program:
        await sync(program.desk, stage.call)
        dead = Dead(stage["Ann"])
        doing = asyncio.create_task(sync(program.desk, stage.call))
        await dead.asked.wait()
        await program.desk.lock()
        with pytest.raises(LockedError):
            await doing
        with pytest.raises(LockedError):
            await sync(program.desk, stage.call)


async def test_t08_a_lock_does_not_wait_for_another_program(stage: Stage) -> None:
    async with asyncio.timeout(SOON), pages_of(stage["Ann"]) as program:
        await sync(program.desk, stage.call)
        with lock_file(Path(stage["Ann"].home) / "lock", None):
            looking = asyncio.create_task(sync(program.desk, stage.call))
            await asyncio.sleep(0)
            await program.desk.lock()
            assert program.desk.state == "locked"
            with pytest.raises((LockedError, asyncio.CancelledError)):
                await looking


async def test_a_profile_that_another_program_keeps_is_not_waited_for_without_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "PATIENCE", 0.2)
    async with asyncio.timeout(SOON), visiting(stage["Ann"], unlocked=False) as visitor:
        with lock_file(Path(stage["Ann"].home) / "lock", None):
            with pytest.raises(SecureCallError, match="at work on this profile"):
                await visitor.program.desk.unlock(LOCK)
            assert visitor.program.desk.state == "locked"
        await visitor.program.desk.unlock(LOCK)
        assert "Freedonia" in await visitor.page("/")


async def test_t08_a_lock_while_it_opens_leaves_it_locked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sessions()
    async with asyncio.timeout(SOON), pages_of(stage["Ann"], unlocked=False) as program:
        begun = asyncio.Event()

        async def take(_: Turn) -> None:
            begun.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(Turn, "take", take)
        opening = asyncio.create_task(program.desk.unlock(LOCK))
        await begun.wait()
        await program.desk.lock()
        with pytest.raises(LockedError):
            await opening
        assert program.desk.state == "locked"
        assert sessions() == before


async def test_two_who_unlock_at_once_share_one_session(stage: Stage) -> None:
    before = sessions()
    async with asyncio.timeout(SOON), pages_of(stage["Ann"], unlocked=False) as program:
        anew = await asyncio.gather(*(program.desk.unlock(LOCK) for _ in range(3)))
        assert sorted(anew) == [False, False, True]
        assert sessions() == before + 1


async def test_a_wrong_guess_changes_nothing_however_often(stage: Stage) -> None:
    async with asyncio.timeout(SOON), pages_of(stage["Ann"]) as program:
        session, wrong = program.desk.session, Lock.from_key(b"x" * 32)
        guesses = await asyncio.gather(*(program.desk.unlock(wrong) for _ in range(8)), return_exceptions=True)
        assert all(isinstance(guess, SecureCallError) for guess in guesses)
        assert program.desk.session is session


async def test_t08_it_locks_by_itself_while_a_stream_is_open_and_something_hangs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "GRACE", 0.1)
    dead, before = Dead(stage["Ann"]), sessions()
    async with asyncio.timeout(SOON), visiting(stage["Ann"], idle=0.5) as visitor:
        stream = await visitor.ask("GET", f"/live?path=/call/{stage.call.hex()}", visitor.own)
        assert b"event: locked" in await stream.read()
        await visitor.program.desk.lock()
        assert sessions() == before
        assert dead.asked.is_set()
        assert visitor.program.desk.state == "locked"
        assert (await visitor.ask("GET", "/", visitor.own)).status == 401


async def test_a_tab_is_not_told_of_what_it_did_itself_and_every_other_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(lambda _: None)
    heard = [asyncio.ensure_future(anext(hub.listen("", tab))) for tab in ("ours", "theirs", "")]
    await asyncio.sleep(0)
    hub.tell("changed", "ours", but="ours")
    hub.tell("changed", "all")
    assert [[word.text for word in await words] for words in heard] == [["all"], ["ours", "all"], ["ours", "all"]]

    told: list[str] = []
    monkeypatch.setattr(Hub, "tell", lambda _, _kind, _text="", *, but="": told.append(but))
    async with asyncio.timeout(SOON), visiting(stage["Ann"]) as visitor:
        sent, form = {**visitor.own, TAB_HEADER: "ours"}, {"text": "Hello.", "on": "", "circle": "allies"}
        done = await visitor.ask("POST", f"/call/{stage.call.hex()}/talk/say", sent, form)
    assert (done.status, "ours" in told) == (303, True)


async def test_locking_and_unlocking_many_times_at_once_ends_in_one_state(stage: Stage) -> None:
    before = sessions()
    async with asyncio.timeout(SOON), pages_of(stage["Ann"]) as program:

        async def press(number: int) -> None:
            with suppress(LockedError):
                await (program.desk.lock() if number % 2 else program.desk.unlock(LOCK))

        await asyncio.gather(*(press(number) for number in range(10)))
        await program.desk.lock()
        assert program.desk.state == "locked"
        assert sessions() == before


async def test_t08_a_lock_while_a_passphrase_is_tried_is_not_lost(stage: Stage) -> None:
    async with pages_of(stage["Ann"], unlocked=False) as program:
        unlocking = asyncio.create_task(program.desk.unlock(LOCK))
        await asyncio.sleep(0)
        await program.desk.lock()
        with pytest.raises(LockedError):
            await unlocking
        assert program.desk.state == "locked"
        assert await program.desk.unlock(LOCK)
