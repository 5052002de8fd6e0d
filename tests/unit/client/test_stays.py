"""The end of a guest's stay (row G09), and what waits for its author's word since a guest came (protocol 13.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from securecall import entries as e
from securecall_client import clock
from securecall_client.acts import calls, documents, removing, roles
from securecall_client.acts.status import status, sync
from securecall_client.errors import OfflineError, RefusedError
from tests.simulator.people import Person, Stage, check_plain, enter, member_of

pytestmark = pytest.mark.slow

HOURS_3 = 3 * 3600


def roster(stage: Stage) -> set[str]:
    return {member.role for member in stage.server.spaces[stage.call].chain.roster.members.values()}


@pytest.fixture
async def later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Gia came for two hours, three hours ago; nobody has synced since."""
    await stage.receive("Gia", until=datetime.now(UTC) + timedelta(hours=2))
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + HOURS_3)
    stage.server.ahead = HOURS_3 * 1000
    return stage


@pytest.mark.parametrize("name", ["Ann", "Sec"])
async def test_g09_the_first_client_after_the_end_takes_the_guest_out_with_a_new_key(name: str, later: Stage) -> None:
    epoch = later.server.spaces[later.call].chain.epoch
    await later.sync(name)
    assert "guest" not in roster(later)
    assert later.server.spaces[later.call].chain.epoch == epoch + 1
    [said] = [line for line in later[name].say.lines if "stay of" in line]
    assert "over" in said
    assert "Gia" in said
    await later.sync("Bob")
    assert not any("stay of" in line for line in later["Bob"].say.lines)
    await later.put_up("Ann", "new.txt", b"new", "everyone")
    async with later["Gia"].open() as session:
        view = await session.synced(later.call)
        assert session.member not in view.chain.roster.members
        assert not view.ring.holds(epoch + 1)
        with pytest.raises(RefusedError) as caught:
            await documents.add_documents(session, later.call.hex(), [later.root / "new.txt"], "everyone")
        check_plain(caught.value, 1)


async def test_g09_a_clock_that_differs_from_the_server_s_takes_nobody_out(later: Stage) -> None:
    later.server.ahead = 0
    await later.sync("Ann")
    assert "guest" in roster(later)
    assert any("clock" in line and "Gia" in line for line in later["Ann"].say.lines)
    later.server.ahead = HOURS_3 * 1000
    await later.sync("Ann")
    assert "guest" not in roster(later)


async def test_g09_a_guest_s_claim_of_a_far_minute_puts_off_no_end(
    later: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with later["Gia"].open() as session:
        with monkeypatch.context() as patched:
            patched.setattr(clock, "minute", lambda: 2**32 - 1)
            await enter(session, later.call, e.Relabel([session.member]))
    await later.sync("Ann")
    assert "guest" not in roster(later)


async def test_g09_guests_take_nobody_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.receive("Gia", until=datetime.now(UTC) + timedelta(hours=2))
    await stage.receive("Hal", until=datetime.now(UTC) + timedelta(hours=9))
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + HOURS_3)
    stage.server.ahead = HOURS_3 * 1000
    await stage.sync("Hal", "Gia")
    assert len(stage.server.spaces[stage.call].chain.roster.members) == 6
    await stage.sync("Cem")
    assert len(stage.server.spaces[stage.call].chain.roster.members) == 5
    await stage.sync("Hal")
    assert any(member.role == "guest" for member in stage.server.spaces[stage.call].chain.roster.members.values())


async def test_g09_of_two_clients_that_are_there_first_one_acts(later: Stage) -> None:
    async def first() -> None:
        await later.sync("Bob")

    later["Ann"].hostile.meanwhile["append"] = first
    epoch = later.server.spaces[later.call].chain.epoch
    await later.sync("Ann")
    assert "guest" not in roster(later)
    assert later.server.spaces[later.call].chain.epoch == epoch + 1


async def test_g09_a_line_lost_meanwhile_leaves_it_to_the_next(later: Stage) -> None:
    later["Ann"].hostile.lose_replies("append")
    with pytest.raises(OfflineError):
        await later.sync("Ann")
    later["Ann"].hostile.be_honest()
    await later.sync("Ann", "Bob")
    assert "guest" not in roster(later)


async def write_offline(stage: Stage, name: str = "Ann") -> None:
    """Somebody puts a document up for everyone and one for allies while the server is not reached."""
    for file, circle in (("all.txt", "everyone"), ("allies.txt", "allies")):
        (stage.root / file).write_bytes(b"text")
        async with stage[name].open(offline=True) as session:
            added = await documents.add_documents(session, stage.call.hex(), [stage.root / file], circle)  # type: ignore[arg-type]  # a circle's name
            assert added.documents[0].saved == "here"


async def names_seen(person: Person, stage: Stage) -> list[str]:
    async with person.open() as session:
        return [line.name for line in (await documents.list_documents(session, stage.call.hex())).documents]


async def test_what_a_guest_would_get_who_came_since_waits_for_its_author_s_word(stage: Stage) -> None:
    await stage.sync("Ann")
    await write_offline(stage)
    await stage.receive("Gia")
    ann = stage["Ann"]
    await stage.sync("Ann")
    assert await names_seen(stage["Bob"], stage) == ["allies.txt"]
    async with ann.open() as session:
        found = await status(session)
        [line] = found.waiting
        assert (line.what, found.outbox) == ("document all.txt", 1)
        assert "Gia" in line.why
        assert "--to-guests" in line.hint
    assert any("--to-guests" in line for line in ann.say.lines)
    async with ann.open() as session:
        told = await sync(session, to_guests=True)
        assert (told.waiting, told.outbox) == ([], 0)
    assert await names_seen(stage["Gia"], stage) == ["all.txt"]
    assert await names_seen(stage["Bob"], stage) == ["allies.txt", "all.txt"]


async def test_what_waits_with_whoever_lets_the_guest_in_goes_out_before(stage: Stage) -> None:
    await write_offline(stage, "Sec")
    gia = await stage.receive("Gia", by="Sec")
    assert await names_seen(stage["Bob"], stage) == ["all.txt", "allies.txt"]
    assert await names_seen(gia, stage) == []


async def test_the_word_counts_for_the_guests_that_the_author_was_told_of(stage: Stage) -> None:
    await stage.sync("Ann")
    await write_offline(stage)
    await stage.receive("Gia")
    async with stage["Ann"].open() as session:
        told = await sync(session, to_guests=True)
        assert "reach Gia," in told.waiting[0].why
    await stage.receive("Hal")
    async with stage["Ann"].open() as session:
        told = await sync(session, to_guests=True)
        assert "reach Hal," in told.waiting[0].why
    async with stage["Ann"].open() as session:
        assert (await sync(session, to_guests=True)).waiting == []
    assert await names_seen(stage["Hal"], stage) == ["all.txt"]


async def test_what_was_on_its_way_when_the_guest_came_waits_too(stage: Stage) -> None:
    """Its bytes were made for the epoch before; they would be sealed anew for one that the guest reads."""
    await stage.sync("Ann")
    ann = stage["Ann"]

    async def meanwhile() -> None:
        await stage.receive("Gia")

    ann.hostile.meanwhile["append"] = meanwhile
    (stage.root / "all.txt").write_bytes(b"text")
    async with ann.open() as session:
        added = await documents.add_documents(session, stage.call.hex(), [stage.root / "all.txt"], "everyone")
        assert added.documents[0].saved == "here"
    assert await names_seen(stage["Gia"], stage) == []
    async with ann.open() as session:
        assert (await sync(session, to_guests=True)).outbox == 0
    assert await names_seen(stage["Gia"], stage) == ["all.txt"]


async def test_what_reaches_nobody_new_waits_for_no_word(stage: Stage) -> None:
    """A guest who was there, one who went again, and a member who became a guest hold nothing up."""
    await stage.receive("Gia")
    await stage.sync("Ann")
    await write_offline(stage)
    async with stage["Sec"].open() as session:
        await roles.give_role(session, stage.call.hex(), "Cem", "guest", None)
    await stage.receive("Hal")
    async with stage["Sec"].open() as session:
        assert member_of(await session.view(stage.call), "Hal")
        await removing.remove_from_call(session, stage.call.hex(), ["Hal"])
    await stage.sync("Ann")
    async with stage["Ann"].open() as session:
        assert (await status(session)).waiting == []
    assert await names_seen(stage["Gia"], stage) == ["all.txt"]


async def test_a_guest_who_left_and_came_back_is_one_who_came_since(stage: Stage) -> None:
    await stage.receive("Gia")
    await stage.sync("Ann")
    await write_offline(stage)
    async with stage["Sec"].open() as session:
        for role in ("member", "guest"):
            await roles.give_role(session, stage.call.hex(), "Gia", role, None)
    await stage.sync("Ann")
    async with stage["Ann"].open() as session:
        assert ["reach Gia," in line.why for line in (await status(session)).waiting] == [True]


async def test_g09_a_command_on_the_call_takes_the_guest_out_before_it_writes_and_after_it_reads(later: Stage) -> None:
    async with later["Ann"].open() as session:
        await calls.show_call(session, later.call.hex())
    assert "guest" not in roster(later)
    await later.receive("Hal", until=datetime.now(UTC) + timedelta(hours=1, minutes=HOURS_3 // 60))
    later.server.ahead = 2 * HOURS_3 * 1000
    real = clock.now
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: real() + HOURS_3)
        await later.put_up("Ann", "new.txt", b"new", "everyone")
    kinds = [place.kind for place in later.server.spaces[later.call].places]
    assert "guest" not in roster(later)
    assert kinds[-2:] == [0, 1]
