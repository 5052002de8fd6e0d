"""What files may take: one member on the server, and a space as a whole (O07)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nacl.utils import random

from securecall.records import BlobRef
from securecall_server.quota import APIECE, Rooms
from tests.live.api import Api, somebody
from tests.live.here import served_here
from tests.world import Person, Space

pytestmark = pytest.mark.slow
CHUNK = 60_000


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Api]:
    """A server on which a member may have three chunks, and a space five."""
    one = CHUNK + APIECE
    async with served_here(tmp_path / "server", rooms=Rooms(member=3 * one, space=5 * one)) as api:
        yield api


async def put_up(api: Api, space: Space, by: Person) -> tuple[str, bytes]:
    """Put a file of one chunk and list it; the code of the refusal, or nothing, and the blob."""
    token, blob = await api.token(by), random(16)
    answer = await api.put_chunk(token, space.id, blob, 0, random(CHUNK))
    if answer.status != 204:
        assert answer.status == 507
        assert not (api.server.folder / "blobs" / space.id.hex() / blob.hex()).exists()
        assert (await api.ask("GET", f"/v1/spaces/{space.id.hex()}/blobs/{blob.hex()}", token)).json["chunks"] == {}
        return answer.code, blob
    space.write(by, blobs=[BlobRef(blob, 1, CHUNK)])
    await api.push(token, space)
    return "", blob


async def test_o07_listed_files_of_a_member_are_bounded_on_the_whole_server(here: Api) -> None:
    coalition, ally = await here.found(somebody()), somebody()
    one = await here.open_call(coalition, (ally, "member"))
    other = await here.open_call(coalition, (ally, "member"))
    told = [(await put_up(here, space, ally))[0] for space in (one, other, one, other, one)]
    assert told == ["", "", "", "quota-member", "quota-member"]
    assert (await put_up(here, one, coalition.founder))[0] == ""


async def test_o07_what_is_withdrawn_makes_room_again(here: Api) -> None:
    coalition, ally = await here.found(somebody()), somebody()
    call = await here.open_call(coalition, (ally, "member"))
    blobs = [(await put_up(here, call, ally))[1] for _ in range(3)]
    assert (await put_up(here, call, ally))[0] == "quota-member"
    call.write(ally, drops=blobs[:1])
    await here.push(await here.token(ally), call)
    assert [(await put_up(here, call, ally))[0] for _ in range(2)] == ["", "quota-member"]


async def test_o07_a_space_is_bounded_whoever_fills_it(here: Api) -> None:
    coalition, ally = await here.found(somebody()), somebody()
    call = await here.open_call(coalition, (ally, "member"))
    told = [(await put_up(here, call, by))[0] for by in (ally, ally, ally, coalition.founder, coalition.founder)]
    assert told == [""] * 5
    assert (await put_up(here, call, coalition.founder))[0] == "quota-space"
    other = await here.open_call(coalition)
    assert (await put_up(here, other, coalition.founder))[0] == ""
