"""Two server processes on one PostgreSQL: one chain, whichever is asked."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from securecall import entries as e
from tests.beats import make_beat
from tests.contract.conftest import postgres, shared_database  # noqa: F401  pytest finds fixtures by their names here
from tests.live.api import Api, items_of, shown, somebody
from tests.live.process import ServerProcess, make_server
from tests.world import Place


@pytest.fixture
def pair(tmp_path: Path, shared_database: str) -> Iterator[tuple[ServerProcess, ServerProcess]]:  # noqa: F811  the parameter asks for the fixture
    """Two running servers with one folder and one database."""
    first = make_server(tmp_path / "data")
    first.more = ("--database", shared_database)
    second = ServerProcess(first.folder, first.setup, more=first.more)
    first.start()
    second.start()
    yield first, second
    first.kill()
    second.kill()


@pytest.mark.slow
async def test_O05_two_processes_keep_one_chain(pair: tuple[ServerProcess, ServerProcess]) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        here, there = (Api(server, session) for server in pair)
        owner, ally, gone = somebody(), somebody(), somebody()
        coalition = await here.found(owner)
        call = await here.open_call(coalition, (ally, "member"), (gone, "member"))
        mine, theirs, last = await here.token(owner), await there.token(ally), await there.token(gone)
        assert shown(await there.items(theirs, call.id)) == items_of(call.places)

        async with session.ws_connect(f"{there.server.url}/v1/live") as socket:
            await socket.send_json({"token": theirs, "spaces": [call.id.hex()]})
            assert (await socket.receive_json())["seq"] == call.chain.next_seq - 1
            call.write(owner)
            await here.push(mine, call)
            assert (await socket.receive_json())["seq"] == call.chain.next_seq - 1
            async with session.ws_connect(f"{here.server.url}/v1/live") as other:
                await other.send_json({"token": mine, "spaces": [call.id.hex()]})
                await other.receive_json()
                for sender, hearer, by in ((other, socket, owner), (socket, other, ally)):
                    beat = make_beat(call, by)
                    await sender.send_bytes(beat)
                    assert await hearer.receive_bytes() == beat

        drafts = [call.draft(owner, e.Rotate()), call.draft(ally, e.Rotate())]
        places = [Place(0, draft.item, (), dict(draft.grants)) for draft in drafts]
        answers = await asyncio.gather(here.send(mine, call.id, places[0]), there.send(theirs, call.id, places[1]))
        assert sorted(answer.code for answer in answers) == ["", "stale"]
        call.take(drafts[[answer.code for answer in answers].index("")])

        call.remove(owner, gone)
        await here.push(mine, call)
        call.write(ally)
        await there.push(theirs, call)
        assert len((await there.items(last, call.id)).json["items"]) == len(call.places) - 1
        assert shown(await here.items(mine, call.id)) == items_of(call.places)
