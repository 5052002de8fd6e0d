"""Every hostile act of the table, and all that its refusal must be (see `tests.simulator.refusal`)."""

from dataclasses import replace
from pathlib import Path

import pytest

from securecall import entries as e
from tests.simulator.acts import ACTS
from tests.simulator.field import Field, build, look
from tests.simulator.people import enter
from tests.simulator.refusal import check

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    """Set up once; nobody plays on it."""
    return build(tmp_path_factory.mktemp("field"))


@pytest.mark.parametrize("name", ACTS["history"])
async def test_s06_s07_s08_s11_s12_s13_s14_s16_s23_s28_a_false_history(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["history"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["minting"])
async def test_s02_s03_s04_s17_s27_what_nobody_may_make(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["minting"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["statements"])
async def test_s09_s16_s19_s27_a_false_statement(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["statements"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["receipts"])
async def test_s08_s18_s23_a_false_receipt(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["receipts"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["grants"])
async def test_s04_s06_s39_a_false_grant(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["grants"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["files"])
async def test_s15_s16_s23_a_false_chunk(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["files"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["people"])
async def test_s01_s02_s03_s30_false_people(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["people"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["errors"])
async def test_s40_an_error_that_is_made_up(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["errors"][name], field, tmp_path)


@pytest.mark.parametrize("name", ACTS["line"])
async def test_s09_s38_a_line_that_does_as_it_likes(name: str, field: Field, tmp_path: Path) -> None:
    await check(ACTS["line"][name], field, tmp_path)


async def test_s18_what_is_proven_in_passing_holds_nothing_up_and_is_told_and_kept(
    field: Field, tmp_path: Path
) -> None:
    """Ann only looks; her client makes the rotation that is due, and gets a false receipt for it."""
    played = field.copy(tmp_path)
    ann, call = played.stage["Ann"], played.stage.call
    async with played.stage["Bob"].open() as session:
        await enter(session, call, e.Leave())
    ann.hostile.lies["append"] = lambda reply: replace(reply, statement=b"")  # type: ignore[type-var]  # a receipt
    await look(played, ann)
    assert played.stage.server.spaces[call].chain.epoch == 3
    assert any("did not sign its receipt" in line for line in ann.say.lines)
    async with ann.open(offline=True) as session:
        assert [alarm.grade for alarm in await session.alarms.listing()] == ["proof"]
