"""Several devices of one person: linked, writing side by side, named, removed, barred (rows S03, S10, T07)."""

import pytest

from securecall.identity import RemoveDevice
from securecall_client import own_devices
from securecall_client.acts import calls, devices, linking, people
from securecall_client.changing import rotate_if_due
from securecall_client.errors import NotFoundError, OfflineError, RefusedError
from tests.simulator.linking import link, sheet
from tests.simulator.people import Stage, answer, check_plain
from tests.simulator.people import open_call as open_another

pytestmark = pytest.mark.slow

OLD, NEW = "Ann", "Ann's laptop"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


async def listing(stage: Stage, name: str) -> dict[str, tuple[str, str, bool]]:
    """Id to name, kind and whether it is this one, of somebody's devices."""
    async with stage[name].open() as session:
        listed = (await devices.list_devices(session)).devices
        return {each.device: (each.name, each.kind, each.this) for each in listed}


async def remove(stage: Stage, by: str, device: str) -> list[str]:
    """Remove a device; gives the states of the spaces."""
    async with stage[by].open() as session:
        return [space.state for space in (await devices.remove_device(session, device)).spaces]


async def test_a_second_computer_reads_the_whole_history_and_both_write(stage: Stage) -> None:
    await stage.play()
    added = await link(stage, OLD, NEW, name="Laptop")
    assert [space.state for space in added.spaces] == ["done", "done"]
    assert await stage[NEW].answers(stage.call) == ["legal aid", "monitoring"]
    assert await stage[NEW].answer(stage.call, "food") == "server"
    assert await stage[OLD].answer(stage.call, "shelter") == "server"
    assert await stage[NEW].answer(stage.call, "water") == "server"
    assert await stage["Bob"].answers(stage.call) == ["monitoring", "water"]
    assert await listing(stage, NEW) == {
        next(iter(await listing(stage, OLD))): ("", "computer", False),
        added.device: ("Laptop", "computer", True),
    }
    async with stage["Bob"].open() as session:
        assert {each.name: each.devices for each in (await people.members(session)).members}["Ann"] == 2


async def test_a_linked_computer_learns_of_calls_to_come_and_links_others(stage: Stage) -> None:
    await link(stage, OLD, NEW)
    async with stage["Sec"].open() as session:
        other = await open_another(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
    async with stage[NEW].open() as session:
        assert len((await calls.list_calls(session)).calls) == 2
    await link(stage, NEW, "Ann's desk")
    assert len(await listing(stage, "Ann's desk")) == 3
    async with stage["Ann's desk"].open() as session:
        assert len((await calls.list_calls(session)).calls) == 2


async def test_a_call_is_opened_and_people_are_let_in_from_a_linked_computer(stage: Stage) -> None:
    await link(stage, "Bob", "Bob's laptop")
    async with stage["Bob's laptop"].open() as session:
        other = await open_another(session, "A third call")
        await calls.invite_to_call(session, other.hex(), ["Cem"])
    for name in ("Bob", "Cem"):
        async with stage[name].open() as session:
            assert len((await calls.list_calls(session)).calls) == 2


async def test_t07_s10_a_removed_device_is_out_everywhere_and_every_space_has_a_new_key(stage: Stage) -> None:
    device = (await link(stage, OLD, NEW)).device
    epochs = {space: held.chain.epoch for space, held in stage.server.spaces.items()}
    assert await remove(stage, OLD, device) == ["done", "done"]
    for space, held in stage.server.spaces.items():
        assert (held.chain.epoch, held.chain.roster.due) == (epochs[space] + 1, False)
    with pytest.raises(RefusedError) as caught:
        async with stage[NEW].open():
            pass
    check_plain(caught.value)
    assert caught.value.code == "unauthorized"
    assert await stage[OLD].answer(stage.call, "food") == "server"
    async with stage[NEW].open(offline=True) as session:
        assert not (await session.view(stage.call)).state.answers
    assert len(await listing(stage, OLD)) == 1


async def test_s10_what_could_not_be_done_is_done_by_whichever_device_is_next(stage: Stage) -> None:
    device = (await link(stage, OLD, NEW)).device
    await link(stage, OLD, "Ann's desk")
    chain = stage.server.spaces[stage.call].chain
    async with stage[OLD].open() as session:
        member, honest = session.member, session.transport.append

        async def append(space: bytes, *rest: object) -> object:
            if space == stage.call:
                raise OfflineError("The server was not reached.")
            return await honest(space, *rest)  # type: ignore[arg-type]  # handed on as it came

        session.transport.append = append  # type: ignore[method-assign,assignment]  # the line breaks for one space
        removed = await devices.remove_device(session, device)
        assert [space.state for space in removed.spaces] == ["done", "waiting"]
        assert "Freedonia" in removed.receipt.from_now
        assert len(chain.roster.members[member].devices()) == 3
    await stage.sync("Ann's desk")
    assert len(chain.roster.members[member].devices()) == 2
    assert (chain.epoch, chain.roster.due) == (1, False)


async def test_t07_s10_nothing_is_written_where_a_lost_device_still_reads_and_a_chair_shuts_it_out(
    stage: Stage,
) -> None:
    """Ann could take it out of the coalition alone, and has no other device; nobody writes in the call before."""
    await stage.sync("Cem")
    device = bytes.fromhex((await link(stage, OLD, NEW)).device)
    chain = stage.server.spaces[stage.call].chain
    async with stage[OLD].open() as session:
        member = session.member
        await own_devices.grow_identity(session, lambda _: [RemoveDevice(device)])
        await rotate_if_due(session, session.home)
        stage[OLD].hostile.cut = True
    cem = stage["Cem"]
    assert await cem.answer(stage.call, "secret after") == "here"
    assert any("lost a device" in line for line in cem.say.lines)
    assert chain.roster.members[member].device(device) is not None
    await stage.sync("Bob")
    assert chain.roster.members[member].device(device) is None
    assert (chain.epoch, chain.roster.due) == (1, False)
    await stage.sync("Cem")
    assert await stage["Bob"].answers(stage.call) == ["secret after"]
    stage[OLD].hostile.cut = False
    assert await stage[OLD].answer(stage.call, "food") == "server"


async def test_s10_while_a_rotation_is_due_nothing_is_written_and_whoever_looks_makes_it(stage: Stage) -> None:
    await stage.sync("Bob")
    device = (await link(stage, OLD, NEW)).device
    ann = stage[OLD]
    async with ann.open() as session:
        await session.synced(session.home)
        gone = bytes.fromhex(device)
        await own_devices.grow_identity(session, lambda _: [RemoveDevice(gone)])
        await own_devices.name_devices(session, stage.call)
        chain = stage.server.spaces[stage.call].chain
        assert (chain.epoch, chain.roster.due) == (0, True)
        ann.hostile.cut = True
    async with stage["Bob"].open() as session:
        await calls.show_call(session, stage.call.hex())
    assert (chain.epoch, chain.roster.due) == (1, False)
    assert await stage["Cem"].answer(stage.call) == "server"


async def test_t07_an_owner_shuts_out_a_device_that_somebody_else_has_lost(stage: Stage) -> None:
    await stage.sync("Ann")
    device = (await link(stage, OLD, NEW, name="Laptop")).device
    async with stage["Cem"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await devices.bar_device(session, "Laptop", "Ann")
        check_plain(caught.value)
    async with stage["Sec"].open() as session:
        assert {each.name for each in (await devices.list_devices(session, "Ann")).devices} == {"", "Laptop"}
        removed = await devices.bar_device(session, "Laptop", "Ann")
    assert [space.state for space in removed.spaces] == ["done", "done"]
    assert removed.receipt.device == device
    assert await stage["Bob"].answer(stage.call, "secret after") == "server"
    async with stage[NEW].open() as session:
        view = await session.synced(stage.call)
        assert not view.is_in()
        assert (view.chain.epoch, stage.server.spaces[stage.call].chain.epoch) == (0, 1)
        assert not view.state.answers
    assert await stage[OLD].answer(stage.call, "food") == "server"


async def test_s03_what_a_barred_device_adds_is_barred_too(stage: Stage) -> None:
    await link(stage, OLD, NEW, name="Laptop")
    async with stage["Sec"].open() as session:
        await devices.bar_device(session, "Laptop", "Ann")
    with pytest.raises(RefusedError) as caught:
        await link(stage, NEW, "Mallory's")
    check_plain(caught.value)
    assert len(await listing(stage, OLD)) == 1


async def test_this_very_computer_and_one_that_is_not_there_are_not_removed(stage: Stage) -> None:
    this = next(iter(await listing(stage, OLD)))
    for typed, kind in ((this, RefusedError), ("ffffffff", NotFoundError)):
        with pytest.raises(kind) as caught:
            await remove(stage, OLD, typed)
        check_plain(caught.value)
    assert list(await listing(stage, OLD)) == [this]


async def test_a_device_is_named_anew_and_others_name_nobody_elses(stage: Stage) -> None:
    device = (await link(stage, OLD, NEW, name="Laptop")).device
    async with stage[NEW].open() as session:
        named = await devices.name_device(session, "Laptop", "  Old  laptop ")
    assert (named.name, named.saved) == ("Old laptop", "server")
    async with stage["Bob"].open() as session:
        await session.synced(stage.coalition)
        await devices.write_name(session, bytes.fromhex(device), "Bob was here")
    assert (await listing(stage, OLD))[device][0] == "Old laptop"


async def test_m08_two_devices_that_change_the_identity_at_once_are_made_one_after_the_other(stage: Stage) -> None:
    await link(stage, OLD, NEW)
    ann = stage[OLD]

    async def first() -> None:
        await sheet(stage[NEW])

    ann.hostile.meanwhile["append"] = first
    await sheet(ann)
    kinds = [kind for _, kind, _ in (await listing(stage, OLD)).values()]
    assert sorted(kinds) == ["computer", "computer", "sheet"]


async def test_a_full_set_of_devices_takes_no_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "DEVICES_PER_MEMBER", 1)
    with pytest.raises(RefusedError) as caught:
        await link(stage, OLD, NEW)
    check_plain(caught.value)
    assert stage.server.mailboxes == {}


async def test_two_devices_that_write_at_once_count_their_records_apart(stage: Stage) -> None:
    await link(stage, OLD, NEW)
    async with stage[OLD].open() as old, stage[NEW].open() as new:
        for round_ in range(3):
            assert await answer(old, stage.call, f"old {round_}") == "server"
            assert await answer(new, stage.call, f"new {round_}") == "server"
    assert await stage["Bob"].answers(stage.call) == ["new 2"]
