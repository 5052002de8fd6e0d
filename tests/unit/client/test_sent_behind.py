"""A record that the server put behind others' newer ones is saved there all the same, and is told so."""

from securecall_client import content
from securecall_client.acts import calls
from tests.simulator.people import Stage, answer


async def test_what_others_were_quicker_to_send_does_not_make_ours_unsaved(stage: Stage) -> None:
    await stage.sync("Ann", "Bob")
    async with stage["Ann"].open() as ann:
        await ann.synced(stage.call)
        async with stage["Bob"].open() as bob:
            await calls.show_call(bob, stage.call.hex())
            await answer(bob, stage.call, "monitoring")
        _, saved = await ann.writer.write(stage.call, content.RollCall(bytes(32)), "everyone")
        assert saved == "server"
        assert not await ann.replica.waiting()
