"""While places are put back, a server serves everybody else (rows O08, O12)."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from securecall.chain import SpaceChain
from securecall.labels import Label
from securecall.state import Step
from securecall.wire import item_digest
from securecall_server import healing
from securecall_server.restored import mark_restored
from securecall_server.signing import ServerKey
from tests.live.api import Answer, Api, b64, draft_space, somebody
from tests.live.here import served_here
from tests.world import Space

pytestmark = pytest.mark.slow


async def put_back(api: Api, token: str, space: Space) -> Answer:
    """Put back a whole space, which the server's own word leads to."""
    key = ServerKey((api.server.folder / "server.key").read_bytes())
    end = key.statement(space.id, space.chain.next_seq - 1, space.chain.head, 1_700_000_000_000, newest=False)
    items = [
        {
            "class": place.kind,
            "digest": item_digest(place.item, Label.ENTRY if place.kind == 0 else Label.RECORD).hex(),
            "item": b64(place.item),
            "identities": [b64(item) for item in place.identities],
        }
        for place in space.places
    ]
    body = {"items": items, "rest": "", "end": b64(end)}
    return await api.ask("PUT", f"/v1/spaces/{space.id.hex()}/items?from=0", token, body)


async def lacked(api: Api) -> tuple[Space, Space, str]:
    """A coalition, a call of it that the marked server lacks, and its owner's token."""
    owner = somebody()
    coalition = await api.found(owner)
    call = draft_space(owner, api.server.key, "call", coalition)
    for _ in range(5):
        call.write(owner)
    token = await api.token(owner)
    mark_restored(api.server.folder)
    return coalition, call, token


async def test_o08_o12_a_login_is_answered_while_an_item_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()
    honest = SpaceChain.check

    def slow(chain: SpaceChain, kind: int, item: bytes, identities: Sequence[bytes] = ()) -> Step:
        begun.set()
        assert go_on.wait(60), "nobody else was served meanwhile"
        return honest(chain, kind, item, identities)

    async with served_here(tmp_path / "server") as api, asyncio.timeout(120):
        coalition, call, token = await lacked(api)
        with monkeypatch.context() as patched:
            patched.setattr(SpaceChain, "check", slow)
            healed = asyncio.create_task(put_back(api, token, call))
            await asyncio.to_thread(begun.wait, 60)
            told = (await api.log_in_device(coalition.founder.device)).status, healed.done()
            go_on.set()
            answer = await healed
        assert told == (200, False)
        assert (answer.status, answer.json) == (200, {"places": 6})


async def test_m12_o12_more_than_a_request_may_hold_is_refused_before_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served_here(tmp_path / "server") as api, asyncio.timeout(120):
        _, call, token = await lacked(api)
        with monkeypatch.context() as patched:
            patched.setattr(healing, "BYTES", 2_000)
            patched.setattr(SpaceChain, "check", None)
            answer = await put_back(api, token, call)
        assert (answer.status, answer.code) == (413, "too-large")
        assert (await put_back(api, token, call)).json == {"places": 6}
