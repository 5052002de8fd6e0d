"""Keys that are on the disk stay there, whatever a server sends later (rows S26, S39)."""

from pathlib import Path

from securecall import entries as e
from securecall_client.replica import Replica
from securecall_client.session import Session
from securecall_client.view import SpaceView
from tests.simulator.people import Stage, enter


def holds(view: SpaceView) -> tuple[list[int], int, int]:
    """The epochs whose keys are held, how many answers are read, how many places are not readable."""
    return [keys.epoch for keys in view.ring.epochs()], len(view.state.answers), len(view.state.unreadable)


async def look(session: Session, stage: Stage) -> tuple[list[int], int, int]:
    return holds(await session.view(stage.call))


async def test_s26_garbage_for_old_places_replaces_no_key(stage: Stage) -> None:
    await stage.play()
    await stage.sync("Ann")
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        before = await look(session, stage)
    assert before == ([0, 1], 2, 0)
    async with stage["Sec"].open() as session:
        await enter(session, stage.call, e.Relabel([session.member]))
    ann.hostile.change_grants(lambda grants: {**grants, **dict.fromkeys(range(stage.places), b"x")})
    await stage.sync("Ann")
    for honest in (False, True):
        if honest:
            ann.hostile.be_honest()
        for offline in (True, False):
            async with ann.open(offline=offline) as session:
                assert holds(await session.synced(stage.call)) == before


async def test_s39_garbage_is_not_kept_in_a_good_grant_s_place(stage: Stage) -> None:
    """What the server gives once it is honest again is on the disk too, and not the garbage from before."""
    await stage.sync("Ann")
    ann = stage["Ann"]
    async with stage["Sec"].open() as session:
        await enter(session, stage.call, e.Rotate())
    ann.hostile.change_grants(lambda grants: dict.fromkeys(grants, b"x"))
    async with ann.open() as session:
        assert holds(await session.synced(stage.call))[0] == [0]
    ann.hostile.be_honest()
    await stage.sync("Ann")
    async with ann.open(offline=True) as session:
        assert (await look(session, stage))[0] == [0, 1]


async def test_s39_another_s_grant_is_not_kept_in_a_good_grant_s_place(stage: Stage) -> None:
    """The entry lists it, for another device."""
    await stage.sync("Ann")
    ann = stage["Ann"]
    async with stage["Sec"].open() as session:
        view, sec = await enter(session, stage.call, e.Rotate()), session.device.id
    seq = view.chain.starts[view.chain.epoch]
    other = stage.server.spaces[stage.call].grants[seq][sec]
    ann.hostile.change_grants(lambda grants: dict.fromkeys(grants, other))
    async with ann.open() as session:
        assert holds(await session.synced(stage.call))[0] == [0]
        assert other not in (await session.replica.grants(stage.call)).values()
    ann.hostile.be_honest()
    await stage.sync("Ann")
    async with ann.open(offline=True) as session:
        assert (await look(session, stage))[0] == [0, 1]


async def test_s26_the_first_grant_that_was_kept_for_a_place_stays(tmp_path: Path) -> None:
    """What comes with later places writes over nothing; only `put_grants` does, with what was checked."""
    async with Replica.open(tmp_path / "replica") as replica:
        await replica.append(b"s" * 32, 0, [], [(0, b"good"), (1, b"good")])
        await replica.append(b"s" * 32, 2, [], [(0, b"bad"), (2, b"good")])
        assert await replica.grants(b"s" * 32) == dict.fromkeys(range(3), b"good")
