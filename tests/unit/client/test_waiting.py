"""Waiting to be let in, in words; and names that stand already."""

import pytest

from securecall_client.acts import admitting, joining
from securecall_client.errors import ProfileError, RefusedError
from securecall_client.settings import Settings
from tests.simulator.people import CALL, LOCK, Stage, check_plain, invite, open_call


async def test_the_status_of_who_waits_is_known_without_the_server(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Dora")
    dora = stage["Dora"]
    assert await dora.join(text) == "waiting"
    requests = len(dora.hostile.requests)
    status = await joining.waiting(Settings(dora.home), LOCK, dora.say, dora.hostile.connect)
    assert len(dora.hostile.requests) == requests
    assert status.joining is not None
    assert {person.name for person in status.joining.waiting_for} == {"Bob", "Sec"}
    assert status.joining.state == "waiting"
    assert status.joining.since.startswith("20")
    async with stage["Sec"].open() as session:
        assert (await admitting.admit(session, confirmed=True)).names == ["Dora"]
    assert await dora.join(None) == "joined"
    with pytest.raises(ProfileError):
        await joining.waiting(Settings(dora.home), LOCK, dora.say, dora.hostile.connect)


async def test_who_cannot_let_in_is_told_so(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await admitting.admit(session, confirmed=True)
    assert caught.value.code == "no-right"
    check_plain(caught.value, 1)


async def test_why_somebody_waits_who_is_not_one_s_own_to_let_in(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        text = await invite(session, "Olga", "owner")
    assert await stage["Olga"].join(text) == "waiting"
    for who, why in (("Bob", "only an owner lets in an owner"), ("Sec", "letting in an owner takes a person's word")):
        async with stage[who].open() as session:
            [waiting] = (await admitting.admit(session, confirmed=False)).waiting
        assert waiting.why == why


async def test_a_title_or_a_name_that_stands_already_is_said(stage: Stage) -> None:
    said = stage["Sec"].say.lines
    async with stage["Sec"].open() as session:
        await open_call(session, "Another call")
        assert not any("already" in line for line in said)
        await open_call(session, CALL)
    assert [line for line in said if "already" in line] == [
        f"There is an open call {CALL} already ({stage.call.hex()[:8]}). This is another one."
    ]
    await stage.put_up("Sec", "a.txt", b"1")
    assert not any("a.txt" in line for line in said)
    await stage.put_up("Sec", "a.txt", b"2")
    assert "There is a document a.txt in this call already. This is another one beside it." in said
