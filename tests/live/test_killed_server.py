"""SIGKILL under load, at many random moments (rows O01, O03, O12)."""

import os
from pathlib import Path

import pytest

from tests.faults.kills import kill_again_and_again

WRITERS = 6


async def test_o01_o03_o12_sixty_kills_under_load_lose_and_double_nothing(
    tmp_path: Path, drawn: int, record_property
) -> None:
    record_property("figure", str(await kill_again_and_again(tmp_path, 60, drawn, WRITERS)))


@pytest.mark.soak
async def test_o01_o03_o12_many_kills_under_load_lose_and_double_nothing(
    tmp_path: Path, drawn: int, record_property
) -> None:
    kills = int(os.environ.get("SECURECALL_SOAK_KILLS", "500"))
    record_property("figure", str(await kill_again_and_again(tmp_path, kills, drawn, WRITERS)))
