"""The recovery sheet: memberships and history come back on a new computer, and the sheet is replaced (S25, S26)."""

from contextlib import suppress

import pytest

from securecall.errors import Problem
from securecall_client.acts import calls, devices, leaving, linking
from securecall_client.errors import LinkingError, OfflineError, RefusedError, SecureCallError
from securecall_client.profile import Profile
from securecall_keys.device import DeviceKeys
from securecall_keys.sheet import Sheet, read_sheet
from tests.simulator.linking import link, recover, sheet
from tests.simulator.people import LOCK, Stage, check_plain, proven
from tests.simulator.people import open_call as open_another

pytestmark = pytest.mark.slow

OLD, NEW = "Ann", "Ann's next computer"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


async def test_s25_a_sheet_brings_back_memberships_and_history_and_is_replaced(stage: Stage) -> None:
    await stage.play()
    made = await sheet(stage[OLD])
    assert [space.state for space in made.spaces] == ["done", "done"]
    async with stage["Sec"].open() as session:
        other = await open_another(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
    back = await recover(stage[NEW], made.sheet)
    assert [space.state for space in back.recovery.spaces] == ["done"] * 3
    assert await stage[NEW].answers(stage.call) == ["legal aid", "monitoring"]
    assert await stage[NEW].answer(stage.call, "food") == "server"
    async with stage[NEW].open() as session:
        assert len((await calls.list_calls(session)).calls) == 2
        listed = (await devices.list_devices(session)).devices
    assert [each.kind for each in listed] == ["computer", "computer", "sheet"]
    assert {each.device for each in listed} == {listed[0].device, back.device, back.recovery.device}
    assert not (stage[NEW].home / "recovery").exists()
    with pytest.raises(LinkingError) as caught:
        await recover(stage["Mallory"], made.sheet)
    check_plain(caught.value, 1)
    assert (await recover(stage["Ann's third"], back.recovery.sheet)).member == back.member


async def test_s25_the_words_on_paper_are_the_device_and_nothing_else(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    read = read_sheet(" ".join(made.words) + "\n" + made.place)
    assert DeviceKeys(read.secret).id.hex() == made.device
    assert (read.place.space, len(made.words)) == (stage.coalition, 24)
    for space in stage.server.spaces.values():
        for place in space.places:
            assert read.secret.expose() not in (place.item or b"")


async def test_s26_the_pin_on_the_sheet_holds_against_a_rolled_back_server(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    seq = read_sheet(made.sheet).place.at.seq
    stage[NEW].hostile.roll_back(stage.coalition, seq)
    with proven("older state"):
        await recover(stage[NEW], made.sheet)
    stage[NEW].hostile.be_honest()
    await recover(stage[NEW], made.sheet)
    assert await stage[NEW].answer(stage.call) == "server"


async def test_s26_a_server_that_takes_over_with_another_key_is_refused(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    stage[NEW].hostile.server = stage.server.copy("twin")
    with proven():
        await recover(stage[NEW], made.sheet)


async def test_s26_n01_a_server_that_passes_on_what_the_true_one_signed_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers with a key of its own and stands between; the chain names another."""
    made = await sheet(stage[OLD])
    between = stage.server.copy("between")
    monkeypatch.setattr(between, "statement", stage.server.statement)
    new = stage[NEW]
    new.hostile.server = between
    with proven("not the server"):
        await recover(new, made.sheet)
    assert "append" not in new.hostile.requests
    new.hostile.server = stage.server
    assert (await recover(new, made.sheet)).title


async def test_s25_a_sheet_that_was_replaced_is_worth_nothing_even_at_a_server_that_lets_it_in(stage: Stage) -> None:
    first = await sheet(stage[OLD])
    let_in = dict(stage.server.devices)
    await sheet(stage[OLD])
    stage.server.devices |= let_in
    with pytest.raises(LinkingError) as caught:
        await recover(stage[NEW], first.sheet)
    check_plain(caught.value, 1)
    assert caught.value.code == "sheet-refused"
    assert "append" not in stage[NEW].hostile.requests


async def test_s25_t03_the_secret_of_a_computer_is_no_sheet(stage: Stage) -> None:
    """One that has written nothing yet, so that nothing else tells that it is at work in two places."""
    await link(stage, OLD, "Ann's laptop")
    made = await sheet(stage[OLD])
    computer = Profile(stage["Ann's laptop"].home).unlock(LOCK)
    with pytest.raises(LinkingError) as caught:
        await recover(stage[NEW], Sheet(computer.secret, read_sheet(made.sheet).place).line())
    check_plain(caught.value, 1)
    assert caught.value.code == "sheet-refused"
    assert "append" not in stage[NEW].hostile.requests


async def test_s25_a_sheet_that_is_still_needed_somewhere_is_not_replaced(stage: Stage) -> None:
    """In the call a new key is due, which no sheet makes; without the sheet the new computer would never get in."""
    made = await sheet(stage[OLD])
    async with stage["Cem"].open() as session:
        await leaving.leave(session, stage.call.hex())
    with pytest.raises(LinkingError) as caught:
        await recover(stage[NEW], made.sheet)
    check_plain(caught.value, 1)
    assert caught.value.code == "sheet-not-replaced"
    await stage.sync("Bob")
    assert [space.state for space in (await recover(stage[NEW], made.sheet)).recovery.spaces] == ["done", "done"]
    assert await stage[NEW].answer(stage.call) == "server"


async def test_s25_r01_a_sheet_that_comes_while_a_new_key_is_due_says_so_and_changes_nothing(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    async with stage["Cem"].open() as session:
        await leaving.leave(session, None)
    places = len(stage.server.spaces[stage.coalition].places)
    with pytest.raises(RefusedError) as caught:
        await recover(stage[NEW], made.sheet)
    check_plain(caught.value, 1)
    assert caught.value.code == Problem.ROTATION_DUE
    assert len(stage.server.spaces[stage.coalition].places) == places
    await stage.sync("Bob")
    await recover(stage[NEW], made.sheet)


async def test_s25_of_two_sheets_the_newer_one_counts(stage: Stage) -> None:
    first = await sheet(stage[OLD])
    second = await sheet(stage[OLD])
    with pytest.raises(LinkingError) as caught:
        await recover(stage[NEW], first.sheet)
    check_plain(caught.value, 1)
    assert caught.value.code == "sheet-refused"
    assert not stage[NEW].home.exists()
    await recover(stage["Ann's third"], second.sheet)


@pytest.mark.parametrize("request_", ["hello", "items", "append"])
@pytest.mark.parametrize("number", [1, 2, 4])
async def test_s25_a_recovery_that_is_cut_goes_on(request_: str, number: int, stage: Stage) -> None:
    """The line is lost for good at some request; with the same sheet, or the computer by then, it goes on."""
    made = await sheet(stage[OLD])
    new, left = stage[NEW], iter(range(number))

    def lose(reply: object) -> object:
        if next(left, None) is None:
            raise OfflineError("The server was not reached.")
        return reply

    new.hostile.lies[request_] = lose
    with suppress(SecureCallError):
        await recover(new, made.sheet)
    new.hostile.be_honest()
    try:
        await recover(new, made.sheet)
    except LinkingError:
        await sheet(new)
    assert await new.answer(stage.call) == "server"
    async with new.open() as session:
        kinds = [each.kind for each in (await devices.list_devices(session)).devices]
    assert sorted(kinds) == ["computer", "computer", "sheet"]


async def test_s25_a_sheet_writes_nothing_and_is_removed_like_any_device(stage: Stage) -> None:
    made = await sheet(stage[OLD])
    async with stage[OLD].open() as session:
        removed = await devices.remove_device(session, made.device)
    assert [space.state for space in removed.spaces] == ["done", "done"]
    with pytest.raises(LinkingError):
        await recover(stage[NEW], made.sheet)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: " ".join(made.words),
        lambda made: made.place,
        lambda made: " ".join([*made.words[1:], made.place]),
        lambda made: " ".join(["securecall", *made.words[1:], made.place]),
        lambda made: " ".join([*made.words[1:], made.words[0], made.place]),
        lambda made: made.sheet[:-3],
    ],
)
async def test_a_mistyped_sheet_is_told_so_and_makes_nothing(spoil: object, stage: Stage) -> None:
    made = await sheet(stage[OLD])
    assert callable(spoil)
    with pytest.raises(LinkingError) as caught:
        await recover(stage[NEW], spoil(made))
    check_plain(caught.value, 1)
    assert not stage[NEW].home.exists()


async def test_a_sheet_of_a_linked_computers_owner_serves_all_their_computers(stage: Stage) -> None:
    await link(stage, OLD, "Ann's laptop")
    made = await sheet(stage["Ann's laptop"])
    await recover(stage[NEW], made.sheet)
    with pytest.raises(RefusedError):
        async with stage[OLD].open() as session:
            await devices.remove_device(session, session.device.id.hex())


async def test_s25_a_guest_has_a_second_computer_and_a_sheet_for_their_call_alone(stage: Stage) -> None:
    gia = await stage.receive("Gia")
    added = await link(stage, "Gia", "Gia's laptop", name="Laptop")
    assert len(added.spaces) == 1
    await stage.put_up("Bob", "for-all.txt", b"for everyone", "everyone")
    for name in ("Gia", "Gia's laptop"):
        async with stage[name].open() as session:
            shown = await calls.show_call(session, stage.call.hex())
            assert not session.in_coalition
            assert [member.role for member in shown.members].count("guest") == 1
    async with stage["Gia's laptop"].open() as session:
        assert {each.name for each in (await devices.list_devices(session)).devices} == {"", "Laptop"}
    made = await sheet(gia)
    assert [(space.state, bool(space.why)) for space in made.spaces] == [("done", False)]
    back = await recover(stage["Gia's next"], made.sheet)
    assert back.space == stage.call.hex()
    async with stage["Gia's next"].open() as session:
        view = await session.synced(stage.call)
        assert view.is_in()
        assert view.lacks_key() is None
