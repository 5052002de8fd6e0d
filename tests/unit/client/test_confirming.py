"""A head that nobody else confirms for a day holds back what people write, until somebody does (rows S09, O14)."""

import pytest

from securecall_client import clock
from securecall_client.acts import status
from securecall_client.confirming import confirmed, is_unconfirmed
from tests.simulator.people import Stage, answer

DAY = 24 * 3600


@pytest.fixture
def days_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's clock is two days on."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 2 * DAY)


async def test_s09_text_waits_while_nobody_has_confirmed_the_head_for_a_day(stage: Stage, days_later: None) -> None:
    ann = stage["Ann"]
    async with ann.open() as session:
        assert await answer(session, stage.call) == "here"
        view = await session.view(stage.call)
        assert is_unconfirmed(view, session.member)
        assert view.state.asked is not None, "the question goes ahead of the text"
        assert view.state.asked[1] == session.member
        assert (await status.status(session)).outbox == 1
    assert any("--unconfirmed" in line for line in ann.say.lines)


async def test_s09_the_first_to_meet_the_question_answers_and_the_text_goes(stage: Stage, days_later: None) -> None:
    ann, bob = stage["Ann"], stage["Bob"]
    assert await ann.answer(stage.call) == "here"
    await stage.sync("Bob")
    await stage.sync("Cem")
    await stage.sync("Ann")
    assert await bob.answers(stage.call) == ["training"]
    before = stage.places
    await stage.sync("Ann", "Bob", "Cem")
    assert stage.places == before, "answers ask nothing new"


async def test_s09_a_person_may_send_it_knowingly(stage: Stage, days_later: None) -> None:
    async with stage["Ann"].open(unconfirmed=True) as session:
        assert await answer(session, stage.call) == "server"


async def test_o14_a_clock_far_ahead_vouches_for_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 365 * DAY)
    await stage["Bob"].answer(stage.call, "monitoring")
    monkeypatch.setattr(clock, "now", lambda: now)
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        minute = confirmed(view, session.member)
        assert minute is not None
        assert minute <= clock.minute()
