"""The replica's file: one of a newer program is refused, and nothing of it is held on to."""

import sqlite3
import threading
from pathlib import Path

import pytest

from securecall_client.errors import ProfileError
from securecall_client.replica import Replica


async def test_a_replica_of_a_newer_program_is_refused_and_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "replica.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 9999")
    database.close()
    before = set(threading.enumerate())
    with pytest.raises(ProfileError, match="newer SecureCall"):
        async with Replica.open(path):
            pass
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.mark.parametrize("written", [b"nan", b"inf", b"-inf", b"many", b"\xff"])
async def test_m12_what_is_no_number_is_damage_and_no_date(written: bytes, tmp_path: Path) -> None:
    async with Replica.open(tmp_path / "replica.sqlite") as replica:
        await replica.set_meta("until", written)
        with pytest.raises(ProfileError):
            await replica.number("until")
        await replica.set_meta("until", b"1.5")
        assert await replica.number("until") == 1.5
