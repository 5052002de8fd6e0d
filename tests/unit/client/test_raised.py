"""Who is raised from guest is owed the bytes that were absent until then, and fetches them (protocol 5; G06)."""

import pytest

from securecall import entries as e
from securecall.rights import Role
from securecall_client import clock
from securecall_client.errors import OfflineError
from securecall_client.transport import Place
from tests.simulator import hostile
from tests.simulator.people import Stage, enter, member_of, proven, unchanged

pytestmark = pytest.mark.slow


async def give_role(stage: Stage, name: str, role: Role) -> None:
    """Let Sec change somebody's role."""
    async with stage["Sec"].open() as session:
        member = member_of(await session.synced(stage.call), name)
        ends = clock.minute() + 600 if role == "guest" else None
        await enter(session, stage.call, e.SetRole([e.NewRole(member, role, ends)]))


async def lower_cem(stage: Stage) -> int:
    """Cem is a guest while records for allies are written; gives the place of the last of them."""
    await give_role(stage, "Cem", "guest")
    await stage.play()
    await stage.sync("Cem")
    async with stage["Cem"].open(offline=True) as session:
        assert (await session.view(stage.call)).chain.absent
    await give_role(stage, "Cem", "member")
    places = stage.server.spaces[stage.call].places
    return max(seq for seq, place in enumerate(places) if place.kind == 2)


async def test_g06_who_is_raised_from_guest_fetches_what_was_absent(stage: Stage) -> None:
    await lower_cem(stage)
    await stage.sync("Cem")
    assert await stage["Cem"].answers(stage.call) == ["legal aid", "monitoring"]
    async with stage["Cem"].open(offline=True) as session:
        view = await session.view(stage.call)
        assert view.chain.absent == {}
        assert view.state.unreadable == ()
    assert await stage["Cem"].answer(stage.call) == "server"


async def test_g06_what_is_then_still_absent_is_withheld(stage: Stage) -> None:
    seq = await lower_cem(stage)
    cem = stage["Cem"]
    cem.hostile.tell(stage.call, hostile.stub(seq))
    with unchanged(cem), proven("withholds"):
        await stage.sync("Cem")
    cem.hostile.be_honest()
    await stage.sync("Cem")
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_g06_other_bytes_than_those_the_guest_had_digests_of_are_refused(stage: Stage) -> None:
    seq = await lower_cem(stage)
    cem = stage["Cem"]
    for at in (40, 200, -1):
        cem.hostile.tell(stage.call, hostile.flip(seq, at))
        with unchanged(cem), proven():
            await stage.sync("Cem")
    cem.hostile.be_honest()
    await stage.sync("Cem")


async def test_g06_a_line_lost_while_it_is_fetched_keeps_what_was_there(stage: Stage) -> None:
    await lower_cem(stage)
    cem = stage["Cem"]
    left = iter(range(1))

    def once(places: list[Place]) -> list[Place]:
        if next(left, None) is None:
            raise OfflineError("The server was not reached.")
        return places

    cem.hostile.tell(stage.call, once)
    with unchanged(cem):
        async with cem.open() as session:
            await session.synced(stage.call)
            assert not session.reached
    cem.hostile.be_honest()
    await stage.sync("Cem")
