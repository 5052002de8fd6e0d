"""A profile that something else has written into, or a failing disk: told in a sentence, and nothing of it believed."""

import sqlite3
from contextlib import closing

import pytest

from securecall_client.acts.status import status
from securecall_client.database import peek
from securecall_client.errors import ProfileError, ProofError
from securecall_client.kept import Kept
from securecall_keys.secret import Secret
from tests.simulator.people import Person, Stage, answer, check_plain


def write(person: Person, change: str, *values: object) -> None:
    """Change somebody's database behind the program's back."""
    with closing(sqlite3.connect(person.home / "replica.sqlite")) as database:
        assert database.execute(change, values).rowcount > 0
        database.commit()


async def look(person: Person) -> None:
    """Read what a person would look at, and what a command would need."""
    async with person.open(offline=True) as session:
        await status(session)
        await session.replica.identity()


DAMAGE: dict[str, tuple[str, *tuple[object, ...]]] = {
    "an address that is no text": ("UPDATE meta SET value = x'ff' WHERE key = 'address'",),
    "a text where bytes stand": ("UPDATE meta SET value = 'text' WHERE key = 'identity'",),
    "a number where bytes stand": ("UPDATE places SET digest = 7 WHERE seq = 1",),
    "nothing where something stands": ("UPDATE places SET identities = x'' WHERE seq = 1",),
    "nesting without end": ("UPDATE places SET identities = ? WHERE seq = 1", b"\x91" * 6_000),
    "a space that hangs on itself": ("UPDATE spaces SET parent = space",),
    "an alarm of another profile": ("UPDATE alarms SET body = zeroblob(80)",),
    "what waits of another profile": ("UPDATE outbox SET body = zeroblob(80)",),
}


@pytest.mark.parametrize("name", DAMAGE)
async def test_f09_what_this_program_did_not_write_is_called_damage(name: str, stage: Stage) -> None:
    bob = stage["Bob"]
    async with bob.open(offline=True) as session:
        await session.alarms.keep("odd", "Something is odd.")
        await answer(session, stage.call)
    write(bob, *DAMAGE[name])
    with pytest.raises((ProfileError, ProofError)) as caught:
        await look(bob)
    check_plain(caught.value, 1, 3)
    if isinstance(caught.value, ProfileError):
        assert caught.value.code == "profile-damaged"
        assert caught.value.hint


async def test_f09_a_chain_whose_parent_is_gone_is_proof_and_no_crash(stage: Stage) -> None:
    write(stage["Bob"], "DELETE FROM places WHERE space = ?", stage.coalition)
    with pytest.raises(ProofError) as caught:
        async with stage["Bob"].open(offline=True) as session:
            await session.view(stage.call)
    check_plain(caught.value, 3)


async def test_a_space_of_which_nothing_is_here_yet_stops_no_status(stage: Stage) -> None:
    """As on a computer that was just linked and has lost its line."""
    bob = stage["Bob"]
    write(bob, "INSERT INTO spaces VALUES (?, NULL)", bytes(32))
    async with bob.open(offline=True) as session:
        assert {line.space for line in (await status(session)).spaces} == {stage.coalition.hex(), stage.call.hex()}


def test_f09_a_value_of_another_type_is_not_turned_into_bytes(stage: Stage) -> None:
    """`bytes(number)` would be that many zeros."""
    replica = stage["Bob"].home / "replica.sqlite"
    for value in (1 << 40, "text"):
        write(stage["Bob"], "UPDATE meta SET value = ? WHERE key = 'server'", value)
        with pytest.raises(ProfileError):
            peek(replica, "server")


def test_what_is_kept_of_a_wiped_space_without_its_title_was_tampered_with() -> None:
    key, space = Secret(bytes(32)), bytes(32)
    kept = Kept("The call", {})
    bodies = kept.seal(key, space)
    assert Kept.unseal(key, space, bodies) == kept
    with pytest.raises(ProfileError):
        Kept.unseal(key, space, {})
    with pytest.raises(ProfileError):
        Kept.unseal(key, bytes([1]) * 32, bodies)
