"""Organisations as records of the coalition: who keeps them, and that none can be taken for another."""

import pytest

from securecall_client.acts import organisations
from securecall_client.errors import NotFoundError, RefusedError, TextError
from tests.simulator.people import Stage, check_plain, invite


async def names(stage: Stage, who: str = "Ann") -> list[str]:
    async with stage[who].open() as session:
        return [line.name for line in (await organisations.organisations(session)).organisations]


async def test_owners_and_chairs_keep_them_and_everybody_sees_them(stage: Stage) -> None:
    for who in ("Sec", "Bob"):
        async with stage[who].open() as session:
            added = await organisations.add_organisation(session, f"Aid of {who}", "local group", "ke")
            assert added.saved == "server"
    assert await names(stage) == ["Aid of Bob", "Aid of Sec", "Harbour Watch", "Secretariat"]
    async with stage["Ann"].open() as session:
        line = (await organisations.organisations(session)).organisations[0]
        assert (line.kind, line.country) == ("local group", "KE")
        with pytest.raises(RefusedError) as caught:
            await organisations.add_organisation(session, "River Watch", "", "")
    assert caught.value.code == "no-right"
    check_plain(caught.value, 1)
    assert len(await names(stage)) == 4


ALIKE = {
    "the same": ("Harbour Watch", "organisation-stands"),
    "another case": ("HARBOUR WATCH", "look-alike"),
    "Cyrillic letters": ("Нarbоur Watch", "look-alike"),
    "a hyphen": ("Harbour-Watch", "look-alike"),
}


@pytest.mark.parametrize("case", ALIKE)
async def test_m14_one_that_could_be_taken_for_another_is_refused(case: str, stage: Stage) -> None:
    name, code = ALIKE[case]
    async with stage["Sec"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await organisations.add_organisation(session, name, "", "")
    assert caught.value.code == code
    assert caught.value.hint is not None
    check_plain(caught.value, 1)
    assert len(await names(stage)) == 2


async def test_m14_an_invitation_makes_no_look_alike_and_no_name_that_hides(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        entries = session.coalition and (await session.view(session.coalition)).chain.number
        with pytest.raises(RefusedError):
            await invite(session, "Dora", org="harbour watch")
        with pytest.raises(TextError):
            await invite(session, "Dora", org="Harbour\u202e Watch")
        assert (await session.synced(session.coalition)).chain.number == entries
    assert len(await names(stage)) == 2


async def test_an_invitation_finds_it_by_id_beginning_or_name_and_makes_a_new_one(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        [known, _] = (await organisations.organisations(session)).organisations
        for typed in (known.organisation, known.organisation[:8].upper(), " Harbour  Watch "):
            await invite(session, "", org=typed)
        assert len(await names(stage)) == 2
        with pytest.raises(NotFoundError):
            await invite(session, "", org="0" * 8 if not known.organisation.startswith("0" * 8) else "1" * 8)
        await invite(session, "", org="River Watch")
    assert await names(stage) == ["Harbour Watch", "River Watch", "Secretariat"]


async def test_a_member_who_invites_makes_no_organisation(stage: Stage) -> None:
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError):
            await invite(session, "Dora", org="River Watch")
    async with stage["Sec"].open() as session:
        view = await session.synced(session.coalition)
        assert view.state.void == ()
