"""The client against a server that rolls back, forks, replays or leaves out what it signed for."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from securecall.state import ALLIES, EVERYONE
from securecall_client import receipts
from securecall_client.acts import calls, status
from securecall_client.errors import OfflineError, ProfileError, RefusedError, SecureCallError
from securecall_client.profile import Profile
from securecall_client.spaces import NOT_IN_YET, awaited
from securecall_client.transport import Acknowledgement, Page
from tests.simulator import hostile
from tests.simulator.people import Person, Stage, answer, check_plain, open_call, proven, pull_anew, unchanged
from tests.simulator.server import Server


async def read(person: Person, call: bytes) -> None:
    """Look at the call."""
    async with person.open() as session:
        await calls.show_call(session, call.hex())


async def alarms(person: Person) -> list[str]:
    """What alarms stand, without asking the server."""
    async with person.open(offline=True) as session:
        return [alarm.message for alarm in (await status.status(session)).alarms]


@pytest.mark.parametrize("how", ["page", "restart"])
async def test_s07_a_rollback_to_a_valid_prefix_is_proof(how: str, stage: Stage) -> None:
    await stage.play()
    ann = stage["Ann"]
    for length in range(1, stage.places):
        ann.hostile.roll_back(stage.call, length)
        with unchanged(ann), proven("older state"):
            if how == "restart":
                await read(ann, stage.call)
            else:
                async with ann.open() as session:
                    await session.synced(stage.call)
    assert await alarms(ann) == ["The server has gone back to an older state than it showed before."]
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s07_g05_a_call_is_only_taken_part_in_as_far_as_the_notice_says(stage: Stage) -> None:
    """Shown less, another space, or nothing: the server hides it or the notice is false; nothing else is held up."""
    cem = await stage.newcomer("Cem")
    for length in (0, 1, 2):
        if length:
            cem.hostile.roll_back(stage.call, length)
        else:
            cem.hostile.change_pages(lambda page: replace(page, places=()))
        with unchanged(cem):
            async with cem.open() as session:
                assert (await calls.list_calls(session)).calls == []
                [alarm] = (await status.status(session)).alarms
                assert alarm.grade == "odd"
        cem.hostile.be_honest()
    await read(cem, stage.call)


async def test_s26_pins_outlive_an_emptied_replica(stage: Stage) -> None:
    await stage.play()
    ann = stage["Ann"]
    database = sqlite3.connect(Profile(ann.home).replica)
    database.executescript("DELETE FROM places; DELETE FROM grants; DELETE FROM promises;")
    database.close()
    ann.hostile.roll_back(stage.call, stage.places - 1)
    with unchanged_but_coalition(ann, stage), proven("older state"):
        await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["legal aid", "monitoring"]


ENDS: dict[str, tuple[dict[str, object], str]] = {
    "another space": ({"space": bytes(32)}, "signed for another space"),
    "not the newest": ({"newest": False}, "newest"),
}


@pytest.mark.parametrize("name", ENDS)
async def test_s07_what_is_signed_at_the_end_is_of_this_space_and_its_newest(name: str, stage: Stage) -> None:
    await stage.play()
    ann, (fields, words) = stage["Ann"], ENDS[name]
    ann.hostile.change_pages(lambda page: replace(page, end=hostile.restate(stage.server, page.end, **fields)))
    with unchanged(ann), proven(words):
        await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s18_a_space_is_not_taken_part_in_that_the_server_did_not_sign_for(stage: Stage) -> None:
    sec = stage["Sec"]

    def unsigned(reply: object) -> object:
        assert isinstance(reply, Acknowledgement)
        return replace(reply, statement=b"")

    sec.hostile.lies["create_space"] = unsigned
    with proven("did not sign its receipt"):
        async with sec.open() as session:
            await open_call(session, "Another call")
    async with sec.open(offline=True) as session:
        assert len((await calls.list_calls(session)).calls) == 1


async def test_s18_a_space_that_is_not_there_is_waited_for_only_where_another_device_told_of_it(stage: Stage) -> None:
    ann, space = stage["Ann"], b"\x09" * 32
    async with ann.open() as session:
        await session.take_part(space, None)
        with pytest.raises(RefusedError):
            await session.synced(space)
        await session.replica.set_meta(awaited(space), b"1")
        assert not (await session.synced(space)).chain.heads
        assert NOT_IN_YET in ann.say.lines
        ann.hostile.refuse("items", RefusedError("The server is asked too much.", code="too-many"))
        with pytest.raises(RefusedError):
            await session.synced(space)


async def test_s08_s18_two_receipts_for_one_place_prove_two_histories(stage: Stage) -> None:
    """Two items, each truly signed for as the next, before either is shown."""
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        seq = view.chain.next_seq
        for head in (b"\x01" * 32, b"\x01" * 32):
            signed = stage.server.statement(stage.call, seq, head, newest=False)
            await receipts.keep_receipt(view, session.replica, hostile.statement_of(signed), signed)
        other = stage.server.statement(stage.call, seq, b"\x02" * 32, newest=False)
        with proven("two different histories"):
            await receipts.keep_receipt(view, session.replica, hostile.statement_of(other), other)


async def test_s07_s26_who_lost_the_replica_is_not_led_onto_another_branch(stage: Stage) -> None:
    await stage.play()
    await stage.sync("Cem")
    ann, cem, twin = stage["Ann"], stage["Cem"], stage.server.copy()
    await ann.answer(stage.call, "training")
    await read(ann, stage.call)
    database = sqlite3.connect(Profile(ann.home).replica)
    database.executescript("DELETE FROM places; DELETE FROM grants; DELETE FROM promises;")
    database.close()
    cem.hostile.server = ann.hostile.server = twin
    for area in ("shelter", "food", "training"):
        await cem.answer(stage.call, area)
    with proven("showed this computer before"):
        await read(ann, stage.call)


class unchanged_but_coalition:  # noqa: N801  reads as a statement, as `unchanged` does
    """The coalition is pulled anew; of the call nothing is taken over, and no pin falls."""

    def __init__(self, person: Person, stage: Stage) -> None:
        self._person, self._call = person, stage.call

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        database = sqlite3.connect(Profile(self._person.home).replica)
        try:
            assert database.execute("SELECT * FROM places WHERE space = ?", (self._call,)).fetchall() == []
        finally:
            database.close()


def fork_at_once(stage: Stage) -> Server:
    """Ann and Bob are shown different truths from here on."""
    return stage["Ann"].hostile.fork()


async def test_s08_a_fork_is_found_once_one_item_crosses_over(stage: Stage) -> None:
    await stage.sync("Cem")
    twin = fork_at_once(stage)
    assert await stage["Ann"].answer(stage.call, "training") == "server"
    assert await stage["Bob"].answer(stage.call, "monitoring") == "server"
    assert await stage["Ann"].answer(stage.call, "shelter") == "server"
    crossed = twin.spaces[stage.call].places[-1]
    bob = stage["Bob"]
    bob.hostile.tell(stage.call, hostile.extend_with(crossed))
    with unchanged(bob), proven("history"):
        await read(bob, stage.call)
    bob.hostile.be_honest()
    assert await bob.answers(stage.call) == ["monitoring"]


async def test_s08_a_device_is_shown_the_other_branch_after_a_restart(stage: Stage) -> None:
    await stage.sync("Cem")
    twin = stage.server.copy()
    await stage["Ann"].answer(stage.call, "training")
    ann, bob = stage["Ann"], stage["Bob"]
    bob.hostile.server = twin
    await bob.answer(stage.call, "monitoring")
    await bob.answer(stage.call, "shelter")
    ann.hostile.server = twin
    with unchanged(ann), proven("history"):
        await read(ann, stage.call)
    ann.hostile.server = stage.server
    assert await ann.answers(stage.call) == ["training"]


def always(page: Page) -> Callable[[Page], Page]:
    """Show the same page whatever was asked for."""
    return lambda _: page


async def test_s14_an_old_page_shown_as_new_moves_nothing(stage: Stage) -> None:
    ann = stage["Ann"]
    pages: list[Page] = []

    def keep(page: Page) -> Page:
        pages.append(page)
        return page

    ann.hostile.change_pages(keep)
    await ann.answer(stage.call, "training")
    await stage["Bob"].answer(stage.call, "monitoring")
    await read(ann, stage.call)
    for page in [page for page in pages if page.places]:
        ann.hostile.change_pages(always(page))
        with unchanged(ann), proven():
            await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["monitoring", "training"]


async def test_s18_a_receipt_for_an_item_that_is_then_another_is_proof(stage: Stage) -> None:
    await stage.sync("Cem")
    ann, bob, cem = stage["Ann"], stage["Bob"], stage["Cem"]
    twin = stage.server.copy()

    async def others_write() -> None:
        await bob.answer(stage.call, "monitoring")

    ann.hostile.meanwhile["append"] = others_write
    await ann.answer(stage.call, "training")
    cem.hostile.server = twin
    await cem.answer(stage.call, "shelter")
    await cem.answer(stage.call, "food")
    ann.hostile.server = twin
    with unchanged(ann), proven():
        await read(ann, stage.call)
    ann.hostile.server = stage.server
    assert await ann.answers(stage.call) == ["monitoring", "training"]


@pytest.mark.parametrize("clock", ["goes on", "stands still"])
async def test_s18_a_receipt_for_an_item_that_is_left_out_at_the_end_is_proof(stage: Stage, clock: str) -> None:
    """Whatever time the server signs beside it: what is asked for after the receipt came must hold the item."""
    await stage.sync("Cem")
    ann = stage["Ann"]

    async def others_write() -> None:
        await stage["Bob"].answer(stage.call, "monitoring")
        ann.hostile.refuse("items", OfflineError("The server was not reached."))

    ann.hostile.meanwhile["append"] = others_write
    length = stage.places
    async with ann.open() as session:
        await answer(session, stage.call, "training")
    ann.hostile.be_honest()
    ann.hostile.roll_back(stage.call, length + 1)
    if clock == "stands still":
        ann.hostile.change_pages(lambda page: replace(page, end=hostile.restate(stage.server, page.end, time=1)))
    with proven("saved"):
        await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["monitoring", "training"]


TALES: dict[str, Callable[[int], hostile.Tale]] = {
    "delete": hostile.delete,
    "swap": hostile.swap,
    "duplicate": hostile.duplicate,
    "stub": hostile.stub,
}


@pytest.mark.parametrize("name", TALES)
async def test_s11_a_place_deleted_swapped_doubled_or_stubbed_is_refused(name: str, stage: Stage) -> None:
    await stage.play()
    cem, last = await stage.newcomer("Cem"), stage.places - 1
    async with cem.open(offline=True) as session:
        for seq in range(last):
            cem.hostile.tell(stage.call, TALES[name](seq))
            with unchanged(cem), proven():
                await pull_anew(session, stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s12_s13_a_record_of_another_call_or_under_another_class_is_refused(stage: Stage) -> None:
    await stage.play()
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Cem"])
    record = stage.server.spaces[other].places[1]
    cem = await stage.newcomer("Cem")
    async with cem.open(offline=True) as session:
        cem.hostile.tell(stage.call, hostile.extend_with(record))
        with unchanged(cem), proven("another space"):
            await pull_anew(session, stage.call)
        for seq, place in enumerate(stage.server.spaces[stage.call].places):
            for kind in {0, EVERYONE, ALLIES, 3} - {place.kind}:
                cem.hostile.tell(stage.call, hostile.change(seq, kind=kind))
                with unchanged(cem), proven():
                    await pull_anew(session, stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s16_one_bit_anywhere_in_an_item_is_found(stage: Stage) -> None:
    await stage.play()
    cem = stage["Cem"]
    async with cem.open() as session:
        await session.synced(stage.coalition)
    async with cem.open() as session:
        await session.synced(stage.coalition)
        with unchanged(cem):
            for seq, place in enumerate(stage.server.spaces[stage.call].places):
                for at in hostile.sampled(place.item or b"", 9):
                    cem.hostile.tell(stage.call, hostile.flip(seq, at))
                    with proven():
                        await pull_anew(session, stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s26_without_its_replica_a_profile_is_refused_and_keeps_its_pins(stage: Stage) -> None:
    ann = stage["Ann"]
    await stage.sync("Ann")
    pins = (ann.home / "pins.0").read_bytes()
    for name in ("replica.sqlite", "replica.sqlite-wal", "replica.sqlite-shm"):
        (ann.home / name).unlink(missing_ok=True)
    with pytest.raises(ProfileError) as caught:
        await read(ann, stage.call)
    check_plain(caught.value)
    assert (ann.home / "pins.0").read_bytes() == pins


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40, b"torn"])
async def test_o04_one_torn_pin_file_is_survived_and_two_are_refused(damage: bytes, stage: Stage) -> None:
    ann = stage["Ann"]
    await stage.sync("Ann")
    newest = (ann.home / "pins.0", ann.home / "pins.1")
    good = newest[0].read_bytes(), newest[1].read_bytes()
    for at in (0, 1):
        newest[at].write_bytes(damage)
        ann.hostile.roll_back(stage.coalition, 3)
        with proven("older state"):
            await stage.sync("Ann")
        newest[at].write_bytes(good[at])
    ann.hostile.be_honest()
    for path in newest:
        path.write_bytes(damage)
    with pytest.raises(SecureCallError) as caught:
        await stage.sync("Ann")
    assert caught.value.exit_code == 1
    check_plain(caught.value)
    assert [path.read_bytes() for path in newest] == [damage, damage]
    for path, data in zip(newest, good, strict=True):
        path.write_bytes(data)
    await stage.sync("Ann")
