"""One record that cannot be sent holds up no other, and nothing that a person wrote is deleted (rows N02, O03)."""

from pathlib import Path

import pytest

from securecall import entries as e
from securecall_client.acts import calls, documents, exercises, status, withdrawing
from securecall_client.errors import FileError, RefusedError, SecureCallError
from tests.simulator.people import Person, Stage, answer, check_plain, enter
from tests.simulator.people import open_call as open_another
from tests.world import END

pytestmark = pytest.mark.slow


async def another_call(stage: Stage) -> bytes:
    """One more call with an exercise, that Ann is in too."""
    async with stage["Sec"].open() as session:
        call = await open_another(session, "Another call")
        await calls.invite_to_call(session, call.hex(), ["Ann"])
        await exercises.start_exercise(session, call.hex(), "who-does-what", "allies")
    return call


async def told(person: Person) -> tuple[int, list[str]]:
    """What `status` says, without a server: how much waits, and the warnings about what can never be sent."""
    async with person.open(offline=True) as session:
        shown = await status.status(session)
        return shown.outbox, [line.message for line in shown.alarms if "cannot be sent" in line.message]


async def set_role(stage: Stage, role: e.NewRole) -> None:
    async with stage["Sec"].open() as session:
        await enter(session, stage.call, e.SetRole([role]))


async def test_an_answer_that_a_guest_may_not_send_waits_until_they_may(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        ann = session.member
        assert await answer(session, stage.call, "legal aid") == "here"
    await set_role(stage, e.NewRole(ann, "guest", END))
    for _ in range(2):
        with pytest.raises(RefusedError) as caught:
            await stage.sync("Ann")
        check_plain(caught.value)
        assert await told(stage["Ann"]) == (1, [])
    await set_role(stage, e.NewRole(ann, "member", None))
    await stage.sync("Ann")
    assert await told(stage["Ann"]) == (0, [])
    assert await stage["Bob"].answers(stage.call) == ["legal aid"]


async def test_what_the_rules_refuse_for_good_is_kept_and_told(stage: Stage) -> None:
    other = await another_call(stage)
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        for call in (stage.call, other):
            assert await answer(session, call, "legal aid") == "here"
    ended, standing = sorted((stage.call, other))
    async with stage["Sec"].open() as session:
        await session.synced(ended)
        await enter(session, ended, e.Destroy())
    await stage.sync("Ann")
    assert await stage["Sec"].answers(standing) == ["legal aid"]
    outbox, [message] = await told(stage["Ann"])
    assert outbox == 0
    assert "kept here" in message
    async with stage["Ann"].open() as session:
        [(space, _, code)] = await session.replica.refusals()
        assert (space, code) == (ended, "destroyed")
        await session.sync_all()


async def test_n02_what_its_writer_may_no_longer_do_is_set_aside_only_if_the_rules_say_so_too(stage: Stage) -> None:
    """A chair withdraws another's document without a line, and is a member once there is one again."""
    document = await stage.put_up("Bob", "paper.txt", b"paper")
    async with stage["Ann"].open(offline=True) as session:
        ann = session.member
    await set_role(stage, e.NewRole(ann, "chair", None))
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        await withdrawing.withdraw_document(session, stage.call.hex(), document)
    stage["Ann"].hostile.refuse("append", RefusedError("The server refused it.", code="no-right"))
    with pytest.raises(RefusedError):
        await stage.sync("Ann")
    assert (await told(stage["Ann"]))[0] == 1, "the server's word alone sets nothing aside"
    stage["Ann"].hostile.refusals.clear()
    await set_role(stage, e.NewRole(ann, "member", None))
    with pytest.raises(RefusedError) as caught:
        await stage.sync("Ann")
    check_plain(caught.value)
    outbox, [message] = await told(stage["Ann"])
    assert (outbox, "kept here" in message) == (0, True)


async def test_o03_a_lost_part_of_a_file_holds_up_nothing_else(stage: Stage, tmp_path: Path) -> None:
    other = await another_call(stage)
    await stage.sync("Ann")
    ann, path = stage["Ann"], tmp_path / "paper.txt"
    path.write_bytes(b"paper" * 300)
    async with ann.open(offline=True) as session:
        await documents.add_documents(session, stage.call.hex(), [path], "allies")
        for call in (stage.call, other):
            assert await answer(session, call, "legal aid") == "here"
    for part in (file for file in (ann.home / "chunks").rglob("*") if file.is_file()):
        part.unlink()
    with pytest.raises(SecureCallError) as caught:
        await stage.sync("Ann")
    assert isinstance(caught.value, FileError)
    check_plain(caught.value)
    for call in (stage.call, other):
        assert await stage["Sec"].answers(call) == ["legal aid"]
    outbox, [message] = await told(ann)
    assert outbox == 0
    check_plain(SecureCallError(message))
    assert await ann.answer(stage.call, "shelter") == "server"
    await stage.sync("Ann")
