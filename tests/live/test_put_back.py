"""What a member of bad faith can put in the way of those who heal a server that was put back (row O12)."""

import asyncio
import shutil
from pathlib import Path

import aiohttp
import pytest
from nacl.signing import SigningKey

from securecall import entries as e
from securecall.chain import SpaceChain
from securecall.identity import AddDevice, grow
from securecall.labels import Label
from securecall.statements import Statement
from securecall.wire import Signed, encode, item_digest
from securecall_keys.labels import Labels
from securecall_server.restored import mark_restored
from tests.live.api import Answer, Api, b64, somebody
from tests.live.process import ServerProcess
from tests.world import END, Person, Space, make_device, seed

pytestmark = pytest.mark.slow
FALSE = SigningKey(seed("a server of the cheat's own"))
SPARE = make_device("a device of the cheat's")


def vouched(space: Space) -> bytes:
    """The word of a server that the cheat runs: all of this was there."""
    value = encode(Statement(space.id, space.chain.next_seq - 1, space.chain.head, 1_700_000_000_000, newest=False))
    return encode(Signed(value, bytes(FALSE.verify_key), FALSE.sign(Label.STATEMENT.prefix() + value).signature))


def false_call(cheat: Person, items: list[bytes], parent: e.Parent, coalition: Space, invited: bytes) -> Space:
    """A call on a server of the cheat's own, which gives away another's invitation and forks an identity."""
    twin = grow({}, items)[cheat.member]
    announced = AddDevice(SPARE.announce(cheat.member, "computer"))
    fork = cheat.device.extend_identity(cheat.member, 1, twin.head, 7, announced)
    change = e.Create("call", parent, bytes(FALSE.verify_key), twin.head, [])
    name, draft = cheat.author().create(change, items, Labels(), 1)
    space = Space(SpaceChain(name, coalition.chain), cheat)
    space.devices.update({each.id: each for each in (cheat.device, SPARE)})
    space.take(draft)
    head = grow({}, [*items, fork])[cheat.member].head
    space.take(space.draft(cheat, e.Devices(cheat.member, head, []), identities=[fork]))
    space.enter(cheat, e.Invite([e.Invitee(invited, "member", END, b"")]))
    return space


async def put_back(api: Api, token: str, space: Space, first: int, end: str) -> Answer:
    """Put back the places from ``first`` on; ``end`` in base64."""
    items = [
        {
            "class": place.kind,
            "digest": item_digest(place.item, Label.ENTRY).hex(),
            "item": b64(place.item),
            "identities": [b64(item) for item in place.identities],
        }
        for place in space.places[first:]
    ]
    body = {"items": items, "rest": "", "end": end}
    return await api.ask("PUT", f"/v1/spaces/{space.id.hex()}/items?from={first}", token, body)


async def test_o12_m07_a_space_that_only_its_own_create_vouches_for_does_not_come_in_the_way(
    new_server: ServerProcess, tmp_path: Path
) -> None:
    """A chair keeps an invitation, and their own next identity entry, from being put back by a call made up for it."""
    owner, cheat = somebody(), somebody()
    new_server.start()
    connector = aiohttp.TCPConnector(force_close=True)  # the server is started anew
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.timeout(120):
        api = Api(new_server, session)
        coalition = await api.found(owner)
        token = await api.token(owner)
        keys = coalition.invite(owner, "chair")
        await api.push(token, coalition)
        assert (await api.open_account((await api.log_in_invited(keys)).json["token"], cheat)).status == 200
        coalition.admit(owner, cheat, "chair", keys)
        await api.push(token, coalition)
        there, parent = len(coalition.places), e.Parent(coalition.id, coalition.chain.seen())
        assert new_server.stop() == 0
        backup = shutil.copytree(new_server.folder, tmp_path / "backup")
        new_server.start()

        token = await api.token(owner)
        invited = coalition.invite(owner)
        await api.push(token, coalition)
        honest = list(cheat.items)
        cheat.add_device()
        coalition.name_devices(cheat, cheat)
        await api.push(await api.token(cheat), coalition)
        end = (await api.items(token, coalition.id)).json["end"]
        assert new_server.stop() == 0
        shutil.rmtree(new_server.folder)
        shutil.copytree(backup, new_server.folder)
        mark_restored(new_server.folder)
        new_server.start()

        false = false_call(cheat, honest, parent, coalition, invited.public)
        refused = await put_back(api, await api.token(cheat), false, 0, b64(vouched(false)))
        healed = await put_back(api, await api.token(owner), coalition, there, end)
        assert (healed.status, healed.json) == (200, {"places": len(coalition.places)})
        assert (refused.status, refused.code) == (403, "bad-signature")
