"""Ten writers at one chain, with pauses, restarts and lost replies: what they saw is one append-only list (row O05)."""

import os
from pathlib import Path

import pytest

from tests.faults.restarts import write_through


async def test_o05_what_ten_writers_saw_is_one_append_only_list(tmp_path: Path, drawn: int, record_property) -> None:
    record_property("figure", str(await write_through(tmp_path, items=300, restarts=4, seed=drawn)))


@pytest.mark.soak
async def test_o05_what_ten_writers_saw_for_long_is_one_append_only_list(
    tmp_path: Path, drawn: int, record_property
) -> None:
    items = int(os.environ.get("SECURECALL_SOAK_ITEMS", "5000"))
    record_property("figure", str(await write_through(tmp_path, items=items, restarts=items // 75, seed=drawn)))
