"""A server that was put back, or says so, and lies about what it gets back and from whom (rows O12, S07, S18)."""

import pytest

from securecall_client import putting_back
from tests.simulator.people import Stage
from tests.simulator.server import Caller
from tests.unit.client.test_healing import heal, lose_a_while


async def test_o12_what_goes_back_in_several_requests_comes_back_whole(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting_back, "PLACES_MOST", 1)
    places = await lose_a_while(stage)
    lacking = places - stage.places
    healed = await heal(stage["Ann"])
    assert lacking > 2
    assert [one.put_back for one in healed.spaces] == [0, lacking]
    assert stage.places == places


@pytest.mark.parametrize("keeps", ["nothing", "the first"])
async def test_o12_s18_what_a_server_says_it_got_back_counts_once_it_signs_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, keeps: str
) -> None:
    """It answers that all is there again, and keeps less."""
    monkeypatch.setattr(putting_back, "PLACES_MOST", 1)
    places = await lose_a_while(stage)
    had, true = stage.places, stage.server.put_back
    kept = had if keeps == "nothing" else had + 1

    def lie(caller: Caller, space: bytes, first: int, *more: object) -> int:
        if first < kept:
            true(caller, space, first, *more)  # type: ignore[arg-type]  # as they came
        return places

    monkeypatch.setattr(stage.server, "put_back", lie)
    healed = await heal(stage["Sec"])
    assert [(one.put_back, one.lacks, one.state) for one in healed.spaces] == [
        (0, 0, "whole"),
        (kept - had, places - kept, "lacking"),
    ]
    await heal(stage["Sec"], finish=True)
    assert stage.call not in stage.server.lifted
