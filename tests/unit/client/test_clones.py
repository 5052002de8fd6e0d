"""A profile that was copied, or put back from an old copy, stops once the chain shows it (rows T03, T06, M19)."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from securecall_client.acts import calls, linking
from securecall_client.errors import ClonedError, OfflineError
from securecall_client.profile import Profile
from tests.simulator.linking import link
from tests.simulator.people import Person, Stage, answer, check_plain, unchanged

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "POLL", 0.01)


def copy(stage: Stage, name: str) -> Person:
    """A copy of somebody's whole home."""
    clone = stage[f"{name}, copied"]
    shutil.copytree(stage[name].home, clone.home)
    return clone


async def stops(person: Person) -> None:
    """They are told, in words and with the exit code of a proof."""
    with pytest.raises(ClonedError) as caught:
        async with person.open() as session:
            await session.sync_all()
    check_plain(caught.value, 3)


async def test_t03_of_a_copied_profile_the_one_that_is_second_stops_and_stays_stopped(stage: Stage) -> None:
    await stage.sync("Ann")
    clone = copy(stage, "Ann")
    assert await stage["Ann"].answer(stage.call, "food") == "server"
    await stops(clone)
    await stops(clone)
    async with clone.open(offline=True) as session:
        assert (await calls.show_call(session, stage.call.hex())).state == "open"
        with pytest.raises(ClonedError):
            await answer(session, stage.call, "from the copy")
    assert await stage["Ann"].answer(stage.call, "shelter") == "server"
    assert await stage["Bob"].answers(stage.call) == ["shelter"]


async def test_t03_both_copies_write_and_one_of_them_is_found_out(stage: Stage) -> None:
    await stage.sync("Ann")
    clone = copy(stage, "Ann")
    async with stage["Ann"].open() as session:
        await answer(session, stage.call, "food")
    with pytest.raises(ClonedError):
        await clone.answer(stage.call, "from the copy")
    assert await stage["Bob"].answers(stage.call) == ["food"]


async def test_t06_an_older_home_put_back_stops(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann")
    old = tmp_path / "old home"
    shutil.copytree(stage["Ann"].home, old)
    assert await stage["Ann"].answer(stage.call, "food") == "server"
    shutil.rmtree(stage["Ann"].home)
    shutil.copytree(old, stage["Ann"].home)
    await stops(stage["Ann"])


async def test_t03_a_stopped_computer_is_linked_anew_from_another(stage: Stage) -> None:
    await link(stage, "Ann", "Ann's laptop")
    clone = copy(stage, "Ann")
    await stage["Ann"].answer(stage.call, "food")
    await stops(clone)
    shutil.rmtree(clone.home)
    await link(stage, "Ann's laptop", clone.name)
    assert await clone.answer(stage.call, "shelter") == "server"


async def test_m19_what_waits_in_a_copied_outbox_stands_once(stage: Stage) -> None:
    await stage.sync("Ann")
    stage["Ann"].hostile.lose_replies("append")
    assert await stage["Ann"].answer(stage.call, "food") == "here"
    clone = copy(stage, "Ann")
    stage["Ann"].hostile.be_honest()
    await stage.sync("Ann")
    async with clone.open() as session:
        await session.sync_all()
        assert await session.replica.waiting() == []
    assert await stage["Bob"].answers(stage.call) == ["food"]


async def test_t03_what_an_older_program_sent_without_a_reply_is_no_copy(stage: Stage) -> None:
    await stage.sync("Bob")
    bob = stage["Bob"]
    bob.hostile.lose_replies("append")
    assert await bob.answer(stage.call, "food") == "here"
    with closing(sqlite3.connect(Profile(bob.home).replica)) as database:
        database.executescript("DROP TABLE made; PRAGMA user_version = 2;")
    bob.hostile.be_honest()
    await stage.sync("Bob")
    assert await bob.answers(stage.call) == ["food"]


async def test_t03_a_lost_reply_to_ones_own_item_is_no_copy(stage: Stage) -> None:
    await stage.sync("Bob")
    bob = stage["Bob"]
    bob.hostile.lose_replies("append")
    assert await bob.answer(stage.call, "food") == "here"
    with pytest.raises(OfflineError):
        async with bob.open() as session:
            await calls.rotate_call(session, stage.call.hex())
    bob.hostile.be_honest()
    await stage.sync("Bob")
    with unchanged(bob):
        await stage.sync("Bob")
    assert await bob.answers(stage.call) == ["food"]
