"""Who somebody is: their role by the chain, their organisation, and the calls in common."""

import pytest

from securecall_client.acts import admitting, people
from securecall_client.errors import NotFoundError
from tests.simulator.people import CALL, Stage, invite, member_of, open_call


async def test_a_member_is_shown_with_the_calls_in_common(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        await open_call(session, "Another call")
        bob = await people.show_member(session, "Bob")
        assert (bob.org, bob.role, bob.devices) == ("Harbour Watch", "chair", 1)
        assert [(call.title, call.role) for call in bob.calls] == [(CALL, "chair")]
        assert (await people.show_member(session, bob.member[:8])).name == "Bob"
        assert {call.title for call in (await people.show_member(session, "Sec")).calls} == {CALL, "Another call"}
        with pytest.raises(NotFoundError):
            await people.show_member(session, "Nobody")
    await stage.welcome("Dora")
    async with stage["Ann"].open() as session:
        assert (await people.show_member(session, "Dora")).calls == []


SPOOFED = {
    "an office": "Secretariat",
    "an office in other letters": "Ѕесrеtаrіаt",
    "a role": "OWNER",
    "an organisation": "Harbour-Watch",
    "somebody who is there": "Аnn",
}


@pytest.mark.parametrize("case", SPOOFED)
async def test_m14_a_name_that_passes_for_another_waits_for_a_person_and_gives_no_role(case: str, stage: Stage) -> None:
    name = SPOOFED[case]
    async with stage["Sec"].open() as session:
        text = await invite(session, "", org="River Watch")
    assert await stage[name].join(text) == "waiting"
    async with stage["Sec"].open() as session:
        result = await admitting.admit(session, confirmed=False)
        assert result.admitted == []
        [waiting] = result.waiting
        assert (waiting.name, waiting.role) == (name, "member")
        assert "letting in" not in waiting.why
        assert len((await admitting.admit(session, confirmed=True)).admitted) == 1
        member = member_of(await session.view(stage.coalition), name).hex()
        assert (await people.show_member(session, member)).role == "member"
