"""Files on their way beside everything else: what happens meanwhile counts before the record goes."""

import asyncio
from contextlib import aclosing
from io import BytesIO

from securecall import entries as e
from securecall_client.acts import documents
from securecall_client.acts.checking import outgoing
from securecall_client.web.carrying import Carrying
from securecall_client.web.hub import Hub
from tests.simulator.people import Stage, enter, member_of


async def test_r01_a_file_goes_to_nobody_who_was_removed_from_the_coalition_while_it_was_on_its_way(
    stage: Stage,
) -> None:
    hub = Hub(lambda _: None)
    async with (
        asyncio.timeout(60),
        stage["Sec"].open() as owner,
        stage["Ann"].open() as session,
        Carrying(session, hub, lambda: None) as carrying,
        aclosing(hub.listen("", "")) as words,
    ):
        ready = await outgoing(session.say, "plan.txt", BytesIO(b"where we meet"), keep_metadata=False)
        assert (await documents.add_document(session, stage.call.hex(), ready, "allies")).saved == "here"
        cem = member_of(await owner.synced(stage.coalition), "Cem")
        await enter(owner, stage.coalition, e.Remove([cem]))
        told = asyncio.ensure_future(anext(words))
        session.rest()
        carrying.stir()
        while all(word.kind != "changed" for word in await told):
            told = asyncio.ensure_future(anext(words))
        async with session.working():
            assert len(await session.outbox.leaving()) == 1
