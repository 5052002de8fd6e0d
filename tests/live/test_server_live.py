"""The live socket: hints arrive, and only for those who may have them."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

from securecall_server.limits import LIVE_SOCKETS
from tests.live.api import Api, somebody
from tests.world import Space


def connect(api: Api, **headers: str):
    return api.session.ws_connect(f"{api.server.url}/v1/live", headers=headers)


async def test_a_hint_comes_when_a_place_is_taken(api: Api, coalition: Space) -> None:
    ally = somebody()
    call = await api.open_call(coalition, (ally, "member"))
    token, name = await api.token(ally), call.id.hex()
    async with asyncio.timeout(10), connect(api) as socket:
        await socket.send_json({"token": token, "spaces": [name, "00" * 32]})
        assert await socket.receive_json() == {"space": name, "seq": 2}
        for seq in (3, 4):
            call.write(coalition.founder)
            await api.push(await api.token(coalition.founder), call)
            assert await socket.receive_json() == {"space": name, "seq": seq}


async def test_R04_who_was_removed_hears_of_that_and_of_nothing_after(api: Api, coalition: Space) -> None:
    ally, gone = somebody(), somebody()
    call = await api.open_call(coalition, (ally, "member"), (gone, "member"))
    other = await api.open_call(coalition, (gone, "member"))
    async with asyncio.timeout(10), connect(api) as socket:
        await socket.send_json({"token": await api.token(gone), "spaces": [call.id.hex(), other.id.hex()]})
        assert {(await socket.receive_json())["space"] for _ in range(2)} == {call.id.hex(), other.id.hex()}
        call.remove(coalition.founder, gone)
        await api.push(await api.token(coalition.founder), call)
        assert await socket.receive_json() == {"space": call.id.hex(), "seq": call.chain.next_seq - 1}
        call.write(ally)
        await api.push(await api.token(ally), call)
        other.write(gone)
        await api.push(await api.token(gone), other)
        assert await socket.receive_json() == {"space": other.id.hex(), "seq": other.chain.next_seq - 1}


async def test_N05_a_browser_is_refused(api: Api) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        async with connect(api, Origin=api.server.url):
            pass
    assert caught.value.status == 401


FIRST = {
    "no JSON": "hello",
    "a token of another form": '{"token": "x", "spaces": []}',
    "a token that is unknown": f'{{"token": "{"0" * 64}", "spaces": []}}',
    "a field unknown": f'{{"token": "{"0" * 64}", "spaces": [], "more": 1}}',
}


@pytest.mark.parametrize("name", FIRST)
async def test_a_wrong_first_message_ends_the_socket(name: str, api: Api) -> None:
    async with asyncio.timeout(10), connect(api) as socket:
        await socket.send_str(FIRST[name])
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008


async def test_an_invitation_does_not_listen(api: Api, coalition: Space) -> None:
    keys = coalition.invite(coalition.founder)
    await api.push(await api.token(coalition.founder), coalition)
    token = (await api.log_in_invited(keys)).json["token"]
    async with asyncio.timeout(10), connect(api) as socket:
        await socket.send_json({"token": token, "spaces": [coalition.id.hex()]})
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_n05_a_token_in_the_address_or_a_header_lets_nobody_listen(api: Api, coalition: Space) -> None:
    token = await api.token(coalition.founder)
    url = f"{api.server.url}/v1/live?token={token}"
    async with asyncio.timeout(60), api.session.ws_connect(url, headers={"Authorization": f"Bearer {token}"}) as socket:
        await socket.send_json({"spaces": [coalition.id.hex()]})
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1008


async def test_o08_a_device_has_a_few_sockets_and_the_oldest_ends(api: Api, coalition: Space) -> None:
    token, name = await api.token(coalition.founder), coalition.id.hex()
    async with AsyncExitStack() as held, asyncio.timeout(60):
        sockets = []
        for _ in range(LIVE_SOCKETS + 1):
            sockets.append(await held.enter_async_context(connect(api)))
            await sockets[-1].send_json({"token": token, "spaces": [name]})
            assert (await sockets[-1].receive_json())["space"] == name
        assert (await sockets[0].receive()).type is aiohttp.WSMsgType.CLOSE
        coalition.write(coalition.founder)
        await api.push(token, coalition)
        for socket in sockets[1:]:
            assert (await socket.receive_json())["seq"] == coalition.chain.next_seq - 1
