"""A thief of one of somebody's devices, who adds one of their own where its owner does not look (rows S03, T07)."""

from typing import Any

import pytest

from securecall import entries as e
from securecall.identity import AddDevice, RemoveDevice, extend, owner
from securecall_client import own_devices
from securecall_client.acts import calls, devices, linking, removing
from securecall_client.changing import Change, change, rotate_if_due
from securecall_client.errors import RefusedError
from securecall_client.refusals import refused
from securecall_client.transport import Acknowledgement
from securecall_client.view import SpaceView
from securecall_keys.device import DeviceKeys
from securecall_keys.labels import Labels
from tests.simulator.linking import link, recover, sheet
from tests.simulator.people import Stage, member_of, open_call
from tests.simulator.server import Caller, Server

pytestmark = pytest.mark.slow

OLD, NEW = "Ann", "Ann's laptop"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


async def plant(stage: Stage, thief: str) -> bytes:
    """From a stolen computer, add a device in the call, and not in the coalition; gives the device."""
    planted = DeviceKeys.generate()
    async with stage[thief].open() as session:
        await session.synced(session.home)

        async def build(view: SpaceView) -> Change:
            me = view.chain.roster.members[session.member]
            announcement = planted.announce(session.member, "computer")
            number, head = me.identity.number + 1, me.identity.head
            item = session.device.extend_identity(session.member, number, head, 1, AddDevice(announcement))
            return Change(e.Devices(me.member, extend(me.identity, item).head, []), Labels(), (item,))

        await change(session, stage.call, build)
    return planted.id


def counting(stage: Stage, space: bytes) -> set[bytes]:
    """The devices that count in a space, whoever's they are."""
    return set(stage.server.spaces[space].chain.roster.recipients())


async def test_t07_a_device_that_a_stolen_one_planted_in_a_call_goes_with_it_when_it_is_barred(stage: Stage) -> None:
    stolen = bytes.fromhex((await link(stage, OLD, NEW, name="Laptop")).device)
    planted = await plant(stage, NEW)
    assert planted in counting(stage, stage.call)
    async with stage["Sec"].open() as session:
        removed = await devices.bar_device(session, "Laptop", "Ann")
    assert not {stolen, planted} & counting(stage, stage.call)
    assert [space.state for space in removed.spaces] == ["done", "done"]
    assert await stage[OLD].answer(stage.call, "food") == "server"


async def test_t07_a_device_that_a_stolen_one_planted_in_a_call_goes_with_it_when_it_is_removed(stage: Stage) -> None:
    stolen = bytes.fromhex((await link(stage, OLD, NEW, name="Laptop")).device)
    planted = await plant(stage, NEW)
    async with stage[OLD].open() as session:
        removed = await devices.remove_device(session, "Laptop")
    assert [space.state for space in removed.spaces] == ["done", "done"]
    for space in (stage.coalition, stage.call):
        assert not {stolen, planted} & counting(stage, space)
    assert await stage[OLD].answer(stage.call, "food") == "server"


async def part_ways(stage: Stage) -> tuple[bytes, bytes]:
    """Let Ann's identity be one in the coalition and another in the call; gives the thief's two devices."""
    stolen = bytes.fromhex((await link(stage, OLD, NEW, name="Laptop")).device)
    thief = stage[NEW]
    async with thief.open() as session:
        await session.sync_all()
        stale, length = stage.server.members[session.member][:], len(stage.server.spaces[stage.coalition].places)
    async with stage[OLD].open() as session:
        await own_devices.grow_identity(session, lambda _: [RemoveDevice(stolen)])
        await rotate_if_due(session, session.home)
        member, newer = session.member, stage.server.members[session.member][:]
        stage[OLD].hostile.cut = True
    stage[OLD].hostile.cut = False
    stage.server.members[member] = stale
    stage.server.know(stale)
    thief.hostile.roll_back(stage.coalition, length)
    planted = await plant(stage, NEW)
    stage.server.members[member] = newer
    stage.server.know(newer)
    assert planted in counting(stage, stage.call)
    return stolen, planted


async def test_s03_of_two_identities_that_part_ways_the_one_in_the_call_counts_for_nothing(stage: Stage) -> None:
    """The server lets the coalition have one, and the call the other."""
    stolen, planted = await part_ways(stage)
    async with stage[OLD].open() as session:
        view = await session.synced(stage.call)
        assert not own_devices.is_named(await session.view(session.home), view)
    await stage.sync("Bob")
    assert not {stolen, planted} & counting(stage, stage.call)


async def invite_three(stage: Stage, call: bytes) -> None:
    """Bob invites Ann, whom nobody can follow there, and two others."""
    chain = stage.server.spaces[call].chain
    async with stage["Bob"].open() as session:
        before = chain.next_seq
        with pytest.raises(RefusedError, match="two different things"):
            await calls.invite_to_call(session, call.hex(), ["Ann"])
        assert chain.next_seq == before
        invited = await calls.invite_to_call(session, call.hex(), ["Dora", "Ann", "Eve"])
        assert {bytes.fromhex(member) for member in invited.admitted} <= set(chain.roster.members)
    assert sorted(invited.names) == ["Dora", "Eve"]
    assert [line.startswith("Ann stays out of the call.") for line in stage["Bob"].say.lines].count(True) == 1
    async with stage["Dora"].open() as session:
        assert (await session.synced(call)).is_in()


async def test_s03_who_has_said_two_things_of_their_devices_keeps_nobody_else_out(stage: Stage) -> None:
    for name in ("Dora", "Eve"):
        await stage.welcome(name)
    await part_ways(stage)
    async with stage["Bob"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    await invite_three(stage, stage.call)


async def test_s03_who_has_said_another_thing_to_the_server_keeps_nobody_else_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore, where the server stays with what it knows, and clients with what the coalition names."""
    for name in ("Dora", "Eve"):
        await stage.welcome(name)
    async with stage["Bob"].open() as session:
        call = await open_call(session, "Another")
        ann = member_of(await session.view(stage.coalition), "Ann")
    take = Server.append

    def contradicts(self: Server, caller: Caller, *rest: Any) -> Acknowledgement:
        if ann in map(owner, rest[3]):
            raise refused("bad-identity")
        return take(self, caller, *rest)

    monkeypatch.setattr(Server, "append", contradicts)
    await invite_three(stage, call)


async def test_s03_s25_a_device_that_a_stolen_sheet_adds_is_told_of(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    await stage.sync(OLD)
    assert not any("yours" in line for line in stage[OLD].say.lines)
    thief = await recover(stage["Thief"], made.sheet)
    await stage.sync(OLD)
    told = [line for line in stage[OLD].say.lines if "counts as yours now" in line]
    assert [thief.device[:8] in line for line in told] == [True, False]
    await stage.sync(OLD)
    assert [line for line in stage[OLD].say.lines if "counts as yours now" in line] == told
    assert not any("yours" in line for line in stage["Thief"].say.lines)
