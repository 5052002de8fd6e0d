"""The client against a server that rolls back, forks, drops, reorders or invents history."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall.labels import Label
from securecall.state import ALLIES, EVERYONE
from securecall_client.errors import ProfileError, SecureCallError
from securecall_client.profile import Profile
from securecall_client.transport import Page, Place
from securecall_client.work import calls, status
from tests.simulator import hostile
from tests.simulator.people import Person, Stage, answer, check_plain, open_call, proven, unchanged
from tests.simulator.server import Server

TALES: dict[str, Callable[[int], hostile.Tale]] = {
    "delete": hostile.delete,
    "swap": hostile.swap,
    "duplicate": hostile.duplicate,
    "stub": hostile.stub,
}


async def read(person: Person, call: bytes) -> None:
    """Look at the call."""
    async with person.open() as session:
        await calls.show_call(session, call.hex())


async def alarms(person: Person) -> list[str]:
    """What alarms stand, without asking the server."""
    async with person.open(offline=True) as session:
        return [alarm.message for alarm in (await status.status(session)).alarms]


async def play(stage: Stage) -> None:
    """Let there be records of both circles, an answer and a new epoch after the start."""
    await stage.sync("Ann", "Bob")
    async with stage["Bob"].open() as session:
        await calls.code(session, stage.call.hex(), roll_call=True)
        await answer(session, stage.call, "monitoring")
        await calls.rotate_call(session, stage.call.hex())
    await stage["Ann"].answer(stage.call, "legal aid")


@pytest.mark.parametrize("name", TALES)
async def test_s11_a_place_deleted_swapped_doubled_or_stubbed_is_refused(name: str, stage: Stage) -> None:
    await play(stage)
    cem, last = stage["Cem"], stage.places - 1
    async with cem.open() as session:
        await session.synced(stage.coalition)
    async with cem.open() as session:
        for seq in range(last):
            cem.hostile.tell(stage.call, TALES[name](seq))
            with unchanged(cem), proven():
                await session.synced(stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s11_a_foreign_place_slipped_in_anywhere_is_refused(stage: Stage) -> None:
    await play(stage)
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
    foreign = stage.server.spaces[other].places[1]
    cem = stage["Cem"]
    async with cem.open() as session:
        await session.synced(stage.coalition)
        for seq in range(stage.places):
            cem.hostile.tell(stage.call, hostile.insert_after(seq, foreign))
            with unchanged(cem), proven():
                await session.synced(stage.call)
    cem.hostile.be_honest()
    await read(cem, stage.call)


@pytest.mark.parametrize("how", ["page", "restart"])
async def test_s07_a_rollback_to_a_valid_prefix_is_proof(how: str, stage: Stage) -> None:
    await play(stage)
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


async def test_s07_a_newcomer_to_a_call_is_pinned_by_the_notice(stage: Stage) -> None:
    cem = stage["Cem"]
    async with cem.open() as session:
        await session.synced(stage.coalition)
        pin = session.pins.get(stage.call)
    assert pin is not None
    for length in range(1, pin.at.seq + 1):
        cem.hostile.roll_back(stage.call, length)
        with unchanged(cem), proven():
            await read(cem, stage.call)
    cem.hostile.be_honest()
    await read(cem, stage.call)


async def test_s26_pins_outlive_an_emptied_replica(stage: Stage) -> None:
    await play(stage)
    ann = stage["Ann"]
    database = sqlite3.connect(Profile(ann.home).replica)
    database.executescript("DELETE FROM places; DELETE FROM grants; DELETE FROM promises;")
    database.close()
    ann.hostile.roll_back(stage.call, stage.places - 1)
    with unchanged_but_coalition(ann, stage), proven("older state"):
        await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["legal aid", "monitoring"]


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


def fork_at_once(stage: Stage) -> Server:
    """Ann and Bob are shown different truths from here on."""
    return stage["Ann"].hostile.fork()


async def test_s08_a_fork_is_found_once_one_item_crosses_over(stage: Stage) -> None:
    await stage.sync()
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
    await stage.sync()
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


def end_with(lie: Callable[[bytes], bytes]) -> Callable[[Page], Page]:
    """Show pages with another statement at their end."""
    return lambda page: Page(page.places, lie(page.end))


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
    await stage.sync()
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


async def test_s18_a_receipt_for_an_item_that_is_left_out_at_the_end_is_proof(stage: Stage) -> None:
    await stage.sync()
    ann = stage["Ann"]

    async def others_write() -> None:
        await stage["Bob"].answer(stage.call, "monitoring")

    ann.hostile.meanwhile["append"] = others_write
    length = stage.places
    async with ann.open() as session:
        await answer(session, stage.call, "training")
    ann.hostile.roll_back(stage.call, length + 1)
    with proven("saved"):
        await read(ann, stage.call)
    ann.hostile.be_honest()
    assert await ann.answers(stage.call) == ["monitoring", "training"]


async def test_s12_s13_a_record_of_another_call_or_under_another_class_is_refused(stage: Stage) -> None:
    await play(stage)
    async with stage["Sec"].open() as session:
        other = await open_call(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Cem"])
    record = stage.server.spaces[other].places[1]
    cem = stage["Cem"]
    cem.hostile.tell(stage.call, hostile.extend_with(record))
    with proven("another space"):
        await read(cem, stage.call)
    async with cem.open() as session:
        for seq, place in enumerate(stage.server.spaces[stage.call].places):
            for kind in {0, EVERYONE, ALLIES, 3} - {place.kind}:
                cem.hostile.tell(stage.call, hostile.change(seq, kind=kind))
                with unchanged(cem), proven():
                    await session.synced(stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s16_one_bit_anywhere_in_an_item_is_found(stage: Stage) -> None:
    await play(stage)
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
                        await session.synced(stage.call)
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]


async def test_s16_statements_are_signed_by_the_server_for_this_very_history(stage: Stage, tmp_path: Path) -> None:
    await play(stage)
    cem, server = stage["Cem"], stage.server
    await read(cem, stage.call)
    stranger = Server("stranger")
    lies: dict[str, Callable[[bytes], bytes]] = {
        "a bit": lambda end: hostile.flipped(end, 60),
        "another key": lambda end: (
            hostile.restate(server, end) and stranger.statement(stage.call, 0, bytes(32), newest=True)
        ),
        "another space": lambda end: hostile.restate(server, end, space=stage.coalition),
        "another head": lambda end: hostile.restate(server, end, head=bytes(32)),
        "more than there is": lambda end: hostile.restate(server, end, seq=99),
        "nothing": lambda _end: b"",
        "a hello": lambda end: server.sign(Label.HELLO, hostile.statement_of(end)),
    }
    for name, lie in lies.items():
        cem.hostile.change_pages(end_with(lie))
        with unchanged(cem), proven():
            await read(cem, stage.call)
        cem.hostile.be_honest()
        assert await cem.answers(stage.call), name
    cem.hostile.be_honest()
    await read(cem, stage.call)


async def test_a_chain_of_several_pages_is_fetched_whole_and_a_lie_on_the_last_stops_it(stage: Stage) -> None:
    await play(stage)
    stage.server.page = 2
    cem, last = stage["Cem"], stage.places - 1
    cem.hostile.tell(stage.call, hostile.flip(last, 300))
    with proven():
        await read(cem, stage.call)
    async with cem.open(offline=True) as session:
        pin, view = session.pins.get(stage.call), await session.view(stage.call)
    assert pin is not None
    assert pin.at == view.chain.seen()
    assert last - 2 <= pin.at.seq < last
    cem.hostile.be_honest()
    assert await cem.answers(stage.call) == ["legal aid", "monitoring"]
    assert [place.digest for place in stage.server.spaces[stage.call].places] == await digests(cem, stage.call)


async def digests(person: Person, call: bytes) -> list[bytes]:
    """The digests that somebody's replica holds."""
    async with person.open(offline=True) as session:
        places: list[Place] = await session.replica.places(call, 0)
        return [place.digest for place in places]
