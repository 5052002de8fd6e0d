"""What goes from a computer, and what stays: after a removal, a leave, and the end of a call (rows R04, R08, O13)."""

import sqlite3
from pathlib import Path

import pytest

from securecall.records import Record
from securecall_client import clock
from securecall_client.acts import (
    calls,
    documents,
    ending,
    exercises,
    leaving,
    named,
    people,
    removing,
    status,
    withdrawing,
)
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.results.calls import Claimed
from securecall_client.unfound import Unfound
from securecall_client.wiped import Wiped
from tests.simulator.people import CALL, Person, Stage, answer, check_plain, member_of, open_call

pytestmark = pytest.mark.slow


def stored(person: Person, space: bytes) -> tuple[int, int, int]:
    """How many grants, records with bytes, and kept things a replica holds of a space."""
    database = sqlite3.connect(person.home / "replica.sqlite")
    try:
        counts = [
            database.execute(query, (space,)).fetchone()[0]
            for query in (
                "SELECT count(*) FROM grants WHERE space = ?",
                "SELECT count(*) FROM places WHERE space = ? AND kind <> 0 AND item IS NOT NULL",
                "SELECT count(*) FROM kept WHERE space = ? AND seq >= 0",
            )
        ]
    finally:
        database.close()
    return counts[0], counts[1], counts[2]


def raw(person: Person, needle: bytes) -> list[str]:
    """The files of a profile in which bytes stand."""
    return [path.name for path in Path(person.home).rglob("*") if path.is_file() and needle in path.read_bytes()]


async def remove(stage: Stage, who: str) -> None:
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), [who])


async def scene(stage: Stage) -> bytes:
    """Ann and Bob have answered, Bob has put up a file, and Ann has all of it; gives a box that Bob sealed."""
    await stage["Ann"].answer(stage.call, "by Ann")
    await stage["Bob"].answer(stage.call, "by Bob")
    await stage.put_up("Bob", "b.txt", b"by Bob")
    await stage.put_up("Ann", "a.txt", b"by Ann")
    await stage.sync()
    async with stage["Ann"].open(offline=True) as session:
        view = await session.view(stage.call)
        bob = member_of(view, "Bob")
        boxes = [s.body.box for s in view.steps if isinstance(s.body, Record) and s.body.header.author == bob]
        return boxes[0]


async def test_r08_who_learns_of_their_removal_loses_keys_and_others_content_and_keeps_their_own(stage: Stage) -> None:
    box = await scene(stage)
    ann = stage["Ann"]
    assert raw(ann, box[40:90])
    await remove(stage, "Ann")
    await stage["Bob"].answer(stage.call, "after")
    await stage.sync("Ann")
    told = ann.say.lines[-1]
    assert "You are no longer in" in told
    assert "were wiped" in told
    assert "What you wrote" in told
    grants, records, kept = stored(ann, stage.call)
    assert (grants, records) == (0, 0)
    assert kept >= 3
    assert raw(ann, box[40:90]) == []
    assert await ann.answers(stage.call) == ["by Ann"]
    async with ann.open() as session:
        view = await session.view(stage.call)
        assert view.ring.epochs() == []
        lines = (await documents.list_documents(session, stage.call.hex())).documents
        assert [line.name for line in lines] == ["a.txt"]
        shown = await calls.show_call(session, CALL)
        assert shown.title == CALL
        assert "Bob" not in [member.name for member in shown.members]


async def test_r08_it_is_wiped_once_and_stays_so_without_line_and_with_it(stage: Stage) -> None:
    await scene(stage)
    ann = stage["Ann"]
    await remove(stage, "Ann")
    await stage.sync("Ann")
    before = stored(ann, stage.call)
    said = len(ann.say.lines)
    for offline in (False, True, False):
        async with ann.open(offline=offline) as session:
            if not offline:
                await session.sync_all()
            assert (await exercises.list_exercises(session, stage.call.hex())).exercises != []
    assert stored(ann, stage.call) == before
    assert [line for line in ann.say.lines[said:] if "were wiped" in line] == []
    async with ann.open() as session:
        assert (await status.status(session)).alarms == []


async def test_r08_a_crash_before_the_wipe_is_made_good_even_without_a_line(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene(stage)
    ann = stage["Ann"]
    await remove(stage, "Ann")

    async def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Wiped, "wipe", stop)
        with pytest.raises(KeyboardInterrupt):
            await stage.sync("Ann")
    assert stored(ann, stage.call)[0] > 0
    async with ann.open(offline=True) as session:
        await named.the_call(session, CALL)
    assert stored(ann, stage.call)[:2] == (0, 0)
    assert await ann.answers(stage.call) == ["by Ann"]


async def test_r08_who_is_let_in_again_reads_everything_again(stage: Stage) -> None:
    await scene(stage)
    await remove(stage, "Ann")
    await stage.sync("Ann")
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Ann"])
    await stage.sync("Ann")
    assert await stage["Ann"].answers(stage.call) == ["by Ann", "by Bob"]
    assert await stage["Ann"].answer(stage.call, "back") == "server"
    assert stored(stage["Ann"], stage.call)[2] == 0
    await stage.sync("Bob")


async def test_r08_a_notice_of_then_does_not_bring_back_what_was_wiped(stage: Stage) -> None:
    await scene(stage)
    await remove(stage, "Ann")
    await stage.sync("Ann")
    before = stored(stage["Ann"], stage.call)
    async with stage["Ann"].open() as session:
        await Unfound(session.replica).set_tried(stage.coalition, -1)
    await stage.sync("Ann")
    await stage.sync("Ann")
    assert stored(stage["Ann"], stage.call) == before
    assert await stage["Ann"].answers(stage.call) == ["by Ann"]


async def test_r08_who_left_the_coalition_is_told_so_by_every_command(stage: Stage) -> None:
    await scene(stage)
    async with stage["Ann"].open() as session:
        await leaving.leave(session, None)
    assert stored(stage["Ann"], stage.coalition)[:2] == (0, 0)
    async with stage["Ann"].open() as session:
        for act in (people.whoami, people.members):
            with pytest.raises(RefusedError) as caught:
                await act(session)
            check_plain(caught.value)
        with pytest.raises(RefusedError) as caught:
            await open_call(session, "Mine")
        check_plain(caught.value)
        assert [call.title for call in (await calls.list_calls(session)).calls] == [CALL]
    assert await stage["Ann"].answers(stage.call) == ["by Ann"]


async def destroy(stage: Stage, name: str = "Sec") -> str | None:
    async with stage[name].open() as session:
        return (await ending.destroy_call(session, stage.call.hex())).until


async def test_o13_a_destroyed_call_is_gone_from_the_server_at_once_and_readable_here_for_a_week(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene(stage)
    until = await destroy(stage)
    assert until is not None
    held = stage.server.spaces[stage.call]
    assert (held.grants, held.blobs) == ({}, {})
    assert all(place.item is None for place in held.places if place.kind)
    ann = stage["Ann"]
    assert await ann.answers(stage.call) == ["by Ann", "by Bob"]
    assert any("was destroyed by Sec" in line for line in ann.say.lines)
    async with ann.open() as session:
        shown = await calls.show_call(session, stage.call.hex())
        assert (shown.state, shown.until is not None) == ("destroyed", True)
        [line] = [line for line in (await status.status(session)).spaces if line.space == stage.call.hex()]
        assert line.until == shown.until
        for act in (
            answer(session, stage.call),
            withdrawing.withdraw_document(session, stage.call.hex(), "a.txt"),
            documents.add_documents(session, stage.call.hex(), [], "allies"),
        ):
            with pytest.raises(SecureCallError) as caught:
                await act
            assert caught.value.code == "destroyed"
    assert not any("were wiped" in line for line in ann.say.lines)
    now = clock.now() + 7 * 24 * 3600 + 60
    monkeypatch.setattr(clock, "now", lambda: now)
    async with ann.open(offline=True) as session:
        assert (await calls.list_calls(session)).calls == []
        assert (await exercises.list_exercises(session, stage.call.hex())).exercises == []
    assert stored(ann, stage.call) == (0, 0, 0)
    await stage.sync("Ann")


async def test_o13_who_comes_after_the_end_finds_no_proof_in_what_is_absent(stage: Stage) -> None:
    await scene(stage)
    cem = await stage.newcomer("Cem")
    await destroy(stage)
    await stage.sync("Cem")
    async with cem.open() as session:
        view = await session.view(stage.call)
        assert view.chain.destroyed
        assert [line.grade for line in (await status.status(session)).alarms] == []


async def test_m07_only_an_owner_destroys(stage: Stage) -> None:
    for name in ("Bob", "Ann"):
        with pytest.raises(RefusedError) as caught:
            await destroy(stage, name)
        check_plain(caught.value)
    await destroy(stage)
    with pytest.raises(RefusedError) as caught:
        await destroy(stage)
    check_plain(caught.value)
    assert caught.value.code == "destroyed"


async def claim(stage: Stage, by: str, who: str) -> Claimed:
    async with stage[by].open() as session:
        return await ending.claim_call(session, stage.call.hex(), who)


async def test_more_than_half_of_all_but_guests_make_somebody_owner(stage: Stage) -> None:
    first = await claim(stage, "Ann", "Bob")
    assert (first.claims, first.needed, first.role) == (1, 3, "chair")
    with pytest.raises(RefusedError) as caught:
        await claim(stage, "Ann", "Cem")
    check_plain(caught.value)
    assert (await claim(stage, "Bob", "Bob")).claims == 2
    third = await claim(stage, "Cem", "Bob")
    assert (third.claims, third.needed, third.role) == (3, 3, "owner")
    with pytest.raises(RefusedError) as caught:
        await claim(stage, "Sec", "Ann")
    check_plain(caught.value)


async def test_a_claim_is_for_somebody_in_the_call(stage: Stage) -> None:
    with pytest.raises(NotFoundError) as caught:
        await claim(stage, "Ann", "Nobody")
    check_plain(caught.value)
