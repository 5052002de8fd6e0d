"""What a person wrote is not lost and not doubled: offline, after a crash, across epochs, when refused (row N02)."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from securecall import entries as e
from securecall.records import Record
from securecall_client import content
from securecall_client.acts import calls, documents, exercises, named, people, removing, status
from securecall_client.errors import OfflineError, ProfileError, RefusedError, SecureCallError
from securecall_client.refusals import refused
from tests.simulator.people import Person, Stage, answer, check_plain, enter, open_call

pytestmark = pytest.mark.slow

ACTIVITIES = ["food", "shelter", "training"]


async def written(stage: Stage, name: str) -> list[str]:
    """The ids of somebody's records in the call, in order, as the server has them."""
    async with stage["Sec"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        headers = [step.body.header for step in view.steps if isinstance(step.body, Record)]
        return [header.id.hex() for header in headers if view.state.name(header.author) == name]


async def write_offline(stage: Stage, name: str, *activities: str) -> list[str]:
    """Answer without a server; gives the records' ids."""
    async with stage[name].open(offline=True) as session:
        for activity in activities:
            assert await answer(session, stage.call, activity) == "here"
        return [waiting.record.hex() for waiting in await session.replica.waiting()]


def crashed(person: Person, folder: Path) -> Person:
    """The same person on the disk as it is this moment, as if the power had gone."""
    shutil.copytree(person.home, folder, ignore=shutil.ignore_patterns("lock"))
    return replace(person, home=folder)


async def test_commands_that_read_work_offline_and_those_that_write_say_here(stage: Stage, tmp_path: Path) -> None:
    await stage.put_up("Bob", "paper.txt", b"paper")
    await stage.sync("Ann")
    path = tmp_path / "mine.txt"
    path.write_bytes(b"mine")
    async with stage["Ann"].open(offline=True) as session:
        assert (await people.whoami(session)).name == "Ann"
        assert len((await people.members(session)).members) == 4
        assert len((await calls.list_calls(session)).calls) == 1
        assert (await calls.show_call(session, stage.call.hex())).state == "open"
        assert len((await documents.list_documents(session, stage.call.hex())).documents) == 1
        assert not (await status.status(session)).reached
        with pytest.raises(OfflineError) as caught:
            await documents.get_document(session, stage.call.hex(), "paper.txt", tmp_path / "out")
        check_plain(caught.value)
        assert await answer(session, stage.call) == "here"
        added = await documents.add_documents(session, stage.call.hex(), [path], "allies")
        assert [document.saved for document in added.documents] == ["here"]
        with pytest.raises(OfflineError) as caught:
            await calls.rotate_call(session, stage.call.hex())
        check_plain(caught.value)
    assert not (tmp_path / "out").exists()


async def test_what_waited_leaves_in_order_and_stands_once(stage: Stage) -> None:
    await stage.sync("Cem")
    waiting = await write_offline(stage, "Ann", *ACTIVITIES)
    await stage.sync("Ann", "Ann")
    assert await written(stage, "Ann") == waiting
    assert await stage["Bob"].answers(stage.call) == ["training"]
    async with stage["Ann"].open(offline=True) as session:
        assert (await status.status(session)).outbox == 0


async def test_a_crash_after_writing_loses_and_doubles_nothing(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Cem")
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await answer(session, stage.call, "food")
        again = crashed(ann, tmp_path / "again")
    async with again.open() as session:
        await session.sync_all()
        assert (await status.status(session)).outbox == 0
    assert len(await written(stage, "Ann")) == 1


async def test_a_crash_between_sending_and_hearing_back_doubles_nothing(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Cem")
    ann = stage["Ann"]
    async with ann.open() as session:
        ann.hostile.lose_replies("append")
        assert await answer(session, stage.call, "food") == "here"
        again = crashed(ann, tmp_path / "again")
    ann.hostile.be_honest()
    assert len(await written(stage, "Ann")) == 1
    async with again.open() as session:
        await answer(session, stage.call, "shelter")
        assert await session.replica.waiting() == []
    assert len(await written(stage, "Ann")) == 2


@pytest.mark.parametrize("sealed", [False, True], ids=["never-sent", "sent-and-lost"])
async def test_across_an_epoch_it_is_sealed_anew_under_the_same_id(sealed: bool, stage: Stage) -> None:
    await stage.sync("Cem")
    ann = stage["Ann"]
    if sealed:
        async with ann.open() as session:
            ann.hostile.cut = True
            assert await answer(session, stage.call, "food") == "here"
            [waiting] = [each.record.hex() for each in await session.replica.waiting()]
        ann.hostile.be_honest()
    else:
        [waiting] = await write_offline(stage, "Ann", "food")
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    await stage.sync("Ann")
    assert await written(stage, "Ann") == [waiting]
    async with stage["Bob"].open() as session:
        view = await named.the_call(session, stage.call.hex())
        body = view.steps[-1].body
        assert isinstance(body, Record)
        assert body.header.epoch == 1
    assert await stage["Bob"].answers(stage.call) == ["food"]


async def test_a_rotation_that_is_due_is_made_before_anything_is_sent(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Cem"].open() as session:
        await enter(session, stage.call, e.Leave())
        with pytest.raises(SecureCallError):
            await session.writer.write(stage.call, content.Empty(asks=False), "everyone")
    chain = stage.server.spaces[stage.call].chain
    assert (chain.epoch, chain.roster.due) == (0, True)
    assert await stage["Ann"].answer(stage.call, "food") == "server"
    assert (chain.epoch, chain.roster.due) == (1, False)
    assert await stage["Bob"].answers(stage.call) == ["food"]


@pytest.mark.parametrize(
    "code",
    [
        "full",
        "quota-member",
        "quota-space",
        "busy",
        "unauthorized",
        "not-complete",
        "conflict",
        "bad-seen",
        "no-right",
        "not-a-member",
        "too-large",
        "something-new",
    ],
)
async def test_a_refusal_on_the_servers_word_alone_throws_nothing_away(code: str, stage: Stage) -> None:
    await stage.sync("Cem")
    ann = stage["Ann"]
    ann.hostile.refuse("append", refused(code))
    with pytest.raises(RefusedError) as caught:
        await ann.answer(stage.call, "food")
    check_plain(caught.value)
    assert caught.value.exit_code == 1
    async with ann.open(offline=True) as session:
        assert len(await session.replica.waiting()) == 1
    ann.hostile.be_honest()
    await stage.sync("Ann")
    assert await stage["Bob"].answers(stage.call) == ["food"]
    assert len(await written(stage, "Ann")) == 1


async def test_a_server_that_claims_to_have_the_chunks_loses_no_document(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Cem")
    path, ann = tmp_path / "paper.txt", stage["Ann"]
    path.write_bytes(b"paper" * 300)
    ann.hostile.lies["chunks"] = lambda _: {0: 4096}
    with pytest.raises(RefusedError) as caught:
        await stage.put_up("Ann", "paper.txt", path.read_bytes())
    assert caught.value.code == "not-complete"
    ann.hostile.be_honest()
    await stage.sync("Ann")
    async with stage["Bob"].open() as session:
        got = await documents.get_document(session, stage.call.hex(), "paper.txt", tmp_path / "got")
    assert Path(got.path).read_bytes() == path.read_bytes()


async def test_o03_chunks_that_nothing_waits_for_go_and_others_stay(stage: Stage, tmp_path: Path) -> None:
    path, left = tmp_path / "film", stage["Ann"].home / "chunks" / ("ab" * 16)
    path.write_bytes(b"film")
    async with stage["Ann"].open(offline=True) as session:
        await documents.add_documents(session, stage.call.hex(), [path], "allies")
    left.mkdir(mode=0o700)
    (left / "0").write_bytes(b"of a command that was killed")
    async with stage["Ann"].open(offline=True):
        assert len(list(left.parent.iterdir())) == 1
        assert not left.exists()
    await stage.sync("Ann")
    async with stage["Bob"].open() as session:
        await documents.get_document(session, stage.call.hex(), "film", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"film"


async def test_one_space_that_refuses_does_not_hold_up_the_others(stage: Stage) -> None:
    """Ann was removed from one call while an answer waited for it; what waits for another call still leaves."""
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
        await exercises.start_exercise(session, other.hex(), "who-does-what", "allies")
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        for call in (stage.call, other):
            assert await answer(session, call, "food") == "here"
    refusing, standing = sorted((stage.call, other))
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, refusing.hex(), ["Ann"])
    await stage.sync("Ann")
    assert await stage["Sec"].answers(standing) == ["food"]
    async with stage["Ann"].open(offline=True) as session:
        assert [(space, code) for space, _, code in await session.replica.refusals()] == [(refusing, "not-a-member")]


async def test_a_clock_a_year_wrong_writes_and_says_so(stage: Stage) -> None:
    stage.server.ahead = 365 * 24 * 3600 * 1000
    assert await stage["Ann"].answer(stage.call, "food") == "server"
    assert any("clock" in line for line in stage["Ann"].say.lines)
    assert await stage["Bob"].answers(stage.call) == ["food"]


async def test_o06_a_disk_that_fills_once_it_is_kept_says_that_it_is_kept(stage: Stage) -> None:
    """To be told that it was refused would have the person write it again, and then it would stand twice."""
    async with stage["Ann"].open() as session:
        session.replica.set_item = disk_full  # type: ignore[method-assign]  # the disk fills at this very write
        assert await answer(session, stage.call, "food") == "here"
    assert "The disk is full." in stage["Ann"].say.lines
    await stage.sync("Ann")
    assert await stage["Bob"].answers(stage.call) == ["food"]


async def disk_full(record: bytes, item: bytes) -> None:
    raise ProfileError("The disk is full.", code="disk-full")


@pytest.mark.parametrize("code", ["quota-member", "quota-space"])
async def test_o07_a_file_past_what_the_server_takes_waits_and_goes_out_once_there_is_room(
    code: str, stage: Stage
) -> None:
    await stage.sync("Ann")
    ann, before = stage["Ann"], stage.places
    ann.hostile.refuse("put_chunk", refused(code))
    with pytest.raises(RefusedError) as caught:
        await stage.put_up("Ann", "report.txt", b"what we found")
    check_plain(caught.value)
    assert "waits on this computer" in str(caught.value)
    assert await ann.answer(stage.call, "food") == "server", "nothing else waits for it"
    ann.hostile.be_honest()
    await stage.sync("Ann")
    assert stage.places == before + 2
    async with ann.open(offline=True) as session:
        assert await session.outbox.listing() == []
