"""A roll call makes a code that all share, and is for owners and chairs; whoever is out is told so."""

import pytest

from securecall_client.acts import calls, removing, watching
from securecall_client.errors import RefusedError
from tests.simulator.people import Stage, check_plain


async def test_a_roll_call_makes_a_new_code_that_everybody_shares(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        before = await calls.code(session, stage.call.hex(), roll_call=False)
        called = await calls.code(session, stage.call.hex(), roll_call=True)
    assert called.seq > before.seq
    assert called.code != before.code
    for name in ("Ann", "Bob", "Cem"):
        async with stage[name].open() as session:
            assert await calls.code(session, stage.call.hex(), roll_call=False) == called


async def test_m07_a_member_calls_no_roll_and_is_told(stage: Stage) -> None:
    places = stage.places
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await calls.code(session, stage.call.hex(), roll_call=True)
    check_plain(caught.value)
    assert caught.value.code == "no-right"
    assert stage.places == places


async def test_r04_whoever_is_out_of_a_call_cannot_watch_it(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await anext(watching.watch(session, stage.call.hex()))
    check_plain(caught.value)
