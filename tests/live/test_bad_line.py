"""Everything through a bad line to a real server: loss, delay, little, resets, sign-in pages (rows S38, O07)."""

import asyncio
import re
from pathlib import Path

import pytest
from nacl.utils import random

from securecall_client.acts import calls, documents, exercises, status, watching
from securecall_client.errors import NotSentError, OfflineError
from securecall_client.pace import Pace
from securecall_client.session import REACH
from securecall_keys.blobs import OVERHEAD, chunk_count, padded_size
from tests.line.scene import Scene, Somebody, played
from tests.line.shaper import REDIRECT, SIGN_IN, Shape, Shaper
from tests.simulator.people import answer, check_plain

MIB = 1024 * 1024

LINES: dict[str, Shape] = {
    "a good one": Shape(),
    "connections die": Shape(dead=3),
    "connections fall silent": Shape(silent=1),
    "much delay": Shape(delay=0.04),
    "very little": Shape(rate=200_000),
    "cut every so often": Shape(cut=(20_000, 150_000)),
    "all of it": Shape(delay=0.01, rate=400_000, dead=1, cut=(40_000, 200_000)),
}


def stored(size: int) -> int:
    """Bytes of a file's chunks once they are padded and sealed."""
    return padded_size(size) + OVERHEAD * chunk_count(size)


def check_nothing_twice(shaper: Shaper, size: int, slack: int) -> None:
    """What the server has was never sent again; of what was cut, no more than ``slack`` bytes a cut."""
    done: set[str] = set()
    for put in shaper.puts():
        chunk = put.path.partition("?")[0]
        assert chunk not in done, "a chunk that the server confirmed was sent again"
        if put.answer == 204:
            done.add(chunk)
    assert size <= shaper.put_bytes() <= size + slack * shaper.cuts


@pytest.mark.parametrize("name", LINES)
async def test_s38_everything_works_through_a_bad_line(name: str, tmp_path: Path) -> None:
    async with played(tmp_path, seed=7) as scene:
        scene.shaper.shape = LINES[name]
        await scene.set_up()
        await use_it_all(scene, tmp_path)
        if LINES[name].cut:
            assert scene.shaper.cuts > 3


async def use_it_all(scene: Scene, root: Path) -> None:
    """Show the call, answer, put a document up and fetch it, watch."""
    file = root / "report.pdf"
    file.write_bytes(random(300_000))
    await sent(scene.ann, scene, lambda session: answer(session, bytes.fromhex(scene.call)))
    async with scene.ann.open() as session:
        added = await documents.add_documents(session, scene.call, [file], "allies")
    await settled(scene.ann)
    await settled(scene.sec)
    async with scene.sec.open() as session:
        shown = await calls.show_call(session, scene.call)
        assert len(shown.members) == 2
        [exercise] = (await exercises.list_exercises(session, scene.call)).exercises
        assert len((await exercises.show_exercise(session, scene.call, exercise.exercise)).answers) == 1
    await fetched(scene.sec, scene, added.documents[0].document, root / "got.pdf", file.read_bytes())
    async with scene.sec.open() as session, asyncio.timeout(60):
        async for event in watching.watch(session, scene.call):
            if event["event"] == "connected":
                break


async def sent(who: Somebody, scene: Scene, act) -> None:
    async with who.open() as session:
        await act(session)
    await settled(who)


async def settled(who: Somebody) -> None:
    """Sync until nothing waits; each time is one command that may find the server out of reach."""
    async with asyncio.timeout(120):
        while True:
            async with who.open() as session:
                try:
                    state = await status.sync(session)
                except OfflineError as error:
                    check_plain(error, 1, 4)
                    continue
                assert state.alarms == []
                if session.reached and not state.outbox:
                    return


async def fetched(who: Somebody, scene: Scene, document: str, path: Path, data: bytes) -> None:
    async with asyncio.timeout(120):
        while not path.exists():
            async with who.open() as session:
                try:
                    await documents.get_document(session, scene.call, document, path)
                except OfflineError as error:
                    check_plain(error, 1)
    assert path.read_bytes() == data


async def test_s38_a_large_upload_finishes_and_nothing_is_sent_twice_without_need(tmp_path: Path) -> None:
    """20 MB at 4 MB/s, cut every 0.4 to 1.2 MB: as at 20 kbit/s every three to eight minutes, 1,600 times as fast."""
    async with played(tmp_path) as scene:
        await scene.set_up()
        data = random(20_000_000)
        file = tmp_path / "film.mp4"
        file.write_bytes(data)
        scene.shaper.shape = Shape(rate=4_000_000, cut=(400_000, 1_200_000))
        async with scene.ann.open() as session:
            added = await documents.add_documents(session, scene.call, [file], "allies")
        assert added.documents[0].saved == "server", scene.ann.say.lines
        assert scene.shaper.cuts >= 15
        check_nothing_twice(scene.shaper, stored(len(data)), slack=96 * 1024)
        before = scene.shaper.cuts
        async with scene.sec.open() as session:
            await documents.get_document(session, scene.call, added.documents[0].document, tmp_path / "got.mp4")
        assert scene.shaper.cuts >= before + 10
        assert (tmp_path / "got.mp4").read_bytes() == data


async def test_s38_a_delay_of_seconds_is_waited_for_and_a_server_that_says_nothing_is_not(tmp_path: Path) -> None:
    """3 seconds are 0.4 here. A first word within them buys time for the rest; before it only the patient wait on."""
    async with played(tmp_path) as scene:
        await scene.set_up()
        for delay, patient, reached in ((0.15, False, True), (0.5, False, False), (0.5, True, True)):
            scene.shaper.shape = Shape(delay=delay)
            async with scene.ann.open(offline=True) as session:
                try:
                    await session.transport.reach(0.4, patient=patient)
                except TimeoutError:
                    assert not reached
                else:
                    assert reached
        clock = asyncio.get_running_loop().time
        scene.shaper.shape = Shape(silent=10)
        began = clock()
        async with scene.ann.open() as session:
            assert not session.reached
        assert REACH - 0.1 < clock() - began < REACH + 3


@pytest.mark.parametrize("portal", [SIGN_IN, REDIRECT], ids=["page", "redirect"])
async def test_s38_s40_a_sign_in_page_is_told_and_believed_nowhere(portal: bytes, tmp_path: Path) -> None:
    async with played(tmp_path) as scene:
        await scene.set_up()
        file = tmp_path / "report.pdf"
        file.write_bytes(random(5_000))
        scene.shaper.shape = Shape(portal=portal)
        scene.ann.say.lines.clear()
        async with scene.ann.open() as session:
            assert await answer(session, bytes.fromhex(scene.call)) == "here"
            added = await documents.add_documents(session, scene.call, [file], "allies")
            assert added.documents[0].saved == "here"
            state = await status.status(session)
            assert (state.alarms, state.outbox, state.reached) == ([], 2, False)
            assert [line.what for line in state.waiting] == [
                "answer to Who does what, where and when",
                "document report.pdf",
            ]
            assert all("sign-in page" in line.why for line in state.waiting)
            with pytest.raises(NotSentError) as caught:
                await status.sync(session)
            check_plain(caught.value, 4)
        assert [bool(re.search("Wi-Fi sign-in page", line)) for line in scene.ann.say.lines].count(True) == 1
        async with scene.sec.open() as session:
            with pytest.raises(OfflineError) as refused:
                await calls.rotate_call(session, scene.call)
            check_plain(refused.value, 1)
            assert "sign-in page" in str(refused.value)
        newcomer = Somebody("Bob", tmp_path / "bob")
        with pytest.raises(OfflineError) as portal_met:
            await newcomer.found(scene.server, scene.shaper.url)
        check_plain(portal_met.value, 1)
        assert not newcomer.home.exists()
        scene.shaper.shape = Shape()
        await settled(scene.ann)
        async with scene.ann.open() as session:
            assert (await status.status(session)).alarms == []


async def test_a_line_in_use_is_never_too_slow() -> None:
    """At 20 kbit/s three chunks at once move 833 bytes a second each: more than is asked of a line."""
    assert Pace().slowest < 20_000 / 8 / 3
