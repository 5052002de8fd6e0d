"""Who presents, and what: who may say it, who is told, and that it never points where somebody cannot look."""

import pytest

from securecall.wire import ZERO
from securecall_client import parts
from securecall_client.acts import agenda, calls, presenting, removing, withdrawing
from securecall_client.acts.for_everyone import for_everyone
from securecall_client.acts.news import news
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.results.presenting import Presented
from securecall_client.session import Session
from tests.simulator.people import Stage, check_plain, member_of, the_exercise


async def seen(stage: Stage, name: str) -> Presented:
    """What somebody is shown."""
    async with stage[name].open() as session:
        return await presenting.show_presented(session, stage.call.hex())


async def show_map(stage: Stage, session: Session) -> Presented:
    return await presenting.present(session, stage.call.hex(), f"map:{await the_exercise(session, stage.call)}")


async def test_an_owner_shows_something_hands_it_over_and_it_is_stopped(stage: Stage) -> None:
    call = stage.call.hex()
    async with stage["Bob"].open() as session:
        shown = await show_map(stage, session)
        assert (shown.name, shown.kind, shown.circle, shown.saved) == ("Bob", "map", "allies", "server")
        assert (await presenting.hand_over(session, call, "Ann")).kind == ""
    async with stage["Ann"].open() as session:
        await show_map(stage, session)
    assert (await seen(stage, "Cem")).name == "Ann"
    async with stage["Ann"].open() as session:
        assert (await presenting.stop(session, call)).presenter is None
        with pytest.raises(RefusedError) as caught:
            await show_map(stage, session)
    check_plain(caught.value)
    async with stage["Bob"].open() as session:
        assert (await presenting.stop(session, call)).saved is None, "there was nothing to stop"


async def test_m07_who_was_not_handed_it_presents_nothing_whatever_their_program_writes(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        await show_map(stage, session)
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        for body in (parts.Presenting(session.member, None), parts.Presenting(ZERO, None)):
            await session.writer.write(view.space, body, "everyone")
        own = parts.Presenting(member_of(view, "Bob"), None)
        await session.writer.write(view.space, own, "everyone")
    assert (await seen(stage, "Cem")).name == "Bob"
    async with stage["Cem"].open() as session:
        state = (await session.synced(stage.call)).state
    assert [void.why for void in state.void] == ["it presents, or says who does, without having been handed that"] * 3


async def test_g06_guests_are_told_who_presents_and_of_what_is_for_allies_nothing(stage: Stage) -> None:
    await stage.receive("Gus")
    call = stage.call.hex()
    document = await stage.put_up("Bob", "for-allies.txt", b"x")
    async with stage["Bob"].open() as session:
        await agenda.add_point(session, call, {"title": "Updates", "speaker": ""}, "", "everyone")
        await presenting.present(session, call, "agenda")
        assert (await seen_by_guest(stage)).kind == "agenda"
        await presenting.present(session, call, f"doc:{document}")
        assert (await for_everyone(session, call)).presented.kind == ""
    assert (await seen(stage, "Ann")).kind == "document"
    told = await seen_by_guest(stage)
    assert (told.kind, told.about, told.presenter is None) == ("", "", False)
    assert "Bob" not in told.name


async def seen_by_guest(stage: Stage) -> Presented:
    return await seen(stage, "Gus")


async def test_g06_who_presents_is_not_said_behind_the_guests_backs(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        await session.writer.write(view.space, parts.Presenting(session.member, None), "allies")
        state = (await session.view(stage.call)).state
    assert state.presenting is None
    assert "guests" in state.void[-1].why


@pytest.mark.parametrize("before", ["nothing", "stopped"])
async def test_g06_m07_no_member_puts_anything_on_the_guests_screens_unasked(stage: Stage, before: str) -> None:
    """Guests and the window to share lack what is for allies, and still know who was handed it."""
    await stage.receive("Gus")
    await stage.put_up("Bob", "for-allies.txt", b"x")
    async with stage["Bob"].open() as session:
        await agenda.add_point(session, stage.call.hex(), {"title": "Updates", "speaker": ""}, "", "everyone")
        if before == "stopped":
            await presenting.present(session, stage.call.hex(), "agenda")
            assert (await seen_by_guest(stage)).kind == "agenda"
            await presenting.stop(session, stage.call.hex())
            assert (await seen_by_guest(stage)).presenter is None
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.call)
        await session.writer.write(view.space, parts.Presenting(session.member, parts.OnAgenda()), "everyone")
    async with stage["Bob"].open() as session:
        await session.synced(stage.call)
        assert (await for_everyone(session, stage.call.hex())).presented.kind == ""
    assert (await seen_by_guest(stage)).presenter is None


async def test_g06_m07_a_guest_who_came_later_is_told_who_presents_by_whoever_let_them_in(stage: Stage) -> None:
    call = stage.call.hex()
    document = await stage.put_up("Bob", "for-allies.txt", b"x")
    async with stage["Bob"].open() as session:
        await agenda.add_point(session, call, {"title": "Updates", "speaker": ""}, "", "everyone")
        await presenting.hand_over(session, call, "Ann")
    async with stage["Ann"].open() as session:
        await presenting.present(session, call, f"doc:{document}")
        await presenting.turn(session, call, document, 3)
    await stage.receive("Gus")
    still = await seen(stage, "Bob")
    assert (still.name, still.id, still.page) == ("Ann", document, 3), "allies' screens stay where they are"
    told = await seen_by_guest(stage)
    assert (told.presenter, told.kind, told.page) == (still.presenter, "", 0)
    async with stage["Ann"].open() as session:
        await presenting.present(session, call, "agenda")
    async with stage["Bob"].open() as session:
        await agenda.add_point(session, call, {"title": "Plans", "speaker": ""}, "", "everyone")
    assert (await seen_by_guest(stage)).kind == "agenda"
    async with stage["Cem"].open() as session:
        view = await session.synced(stage.call)
        await session.writer.write(view.space, parts.Presenting(session.member, None), "everyone")
    assert (await seen_by_guest(stage)).presenter == still.presenter


async def test_m07_pages_are_turned_by_whoever_presents_that_document_and_nobody_else(stage: Stage) -> None:
    call = stage.call.hex()
    document, other = await stage.put_up("Bob", "one.txt", b"x"), await stage.put_up("Bob", "two.txt", b"x")
    async with stage["Bob"].open() as session:
        await presenting.present(session, call, f"doc:{document}")
        await presenting.turn(session, call, document, 2)
        places = stage.places
        await presenting.turn(session, call, document, 2)
        assert stage.places == places, "it is said already"
        for one, page in ((other, 2), (document, 0), (document, 65_536)):
            with pytest.raises(SecureCallError) as caught:
                await presenting.turn(session, call, one, page)
            check_plain(caught.value)
        assert stage.places == places
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError):
            await presenting.turn(session, call, document, 4)
        view = await session.synced(stage.call)
        for circle in ("allies", "everyone"):
            await session.writer.write(view.space, parts.PageNow(bytes.fromhex(document), 4), circle)
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        for body in (parts.PageNow(bytes.fromhex(other), 4), parts.PageNow(bytes.fromhex(document), 0)):
            await session.writer.write(view.space, body, "allies")
        await session.writer.write(view.space, parts.PageNow(bytes.fromhex(document), 4), "everyone")
    assert (await seen(stage, "Cem")).page == 2


async def test_a_guest_is_not_handed_it(stage: Stage) -> None:
    await stage.receive("Gus")
    async with stage["Bob"].open() as session:
        gus = next(one for one in (await calls.show_call(session, stage.call.hex())).members if one.role == "guest")
        with pytest.raises(RefusedError) as caught:
            await presenting.hand_over(session, stage.call.hex(), gus.member)
    check_plain(caught.value)


async def test_who_is_removed_presents_no_more(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        await presenting.hand_over(session, stage.call.hex(), "Ann")
    async with stage["Sec"].open() as session:
        await removing.remove_from_call(session, stage.call.hex(), ["Ann"])
    assert (await seen(stage, "Cem")).presenter is None


@pytest.mark.parametrize("thing", ["", "doc:none", "map:none", "agenda", "agenda:x", "minutes"])
async def test_what_is_not_there_is_not_presented_and_nothing_is_written(stage: Stage, thing: str) -> None:
    places = stage.places
    async with stage["Bob"].open() as session:
        with pytest.raises(NotFoundError) as caught:
            await presenting.present(session, stage.call.hex(), thing)
    check_plain(caught.value)
    assert stage.places == places


async def test_a_document_that_was_withdrawn_is_shown_no_more(stage: Stage) -> None:
    document = await stage.put_up("Bob", "plan.txt", b"x")
    async with stage["Bob"].open() as session:
        await presenting.present(session, stage.call.hex(), f"doc:{document}")
        await withdrawing.withdraw_document(session, stage.call.hex(), document)
    assert (await seen(stage, "Ann")).kind == ""


async def test_whoever_watches_is_told(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        before = (await session.synced(stage.call)).state
        await show_map(stage, session)
        view = await session.view(stage.call)
        [event] = news(before, view)
        assert (event["event"], event["name"], event["about"]) == ("presenting", "Bob", "Who does what, where and when")
        shown = view.state
        await presenting.stop(session, stage.call.hex())
        assert list(news(shown, await session.view(stage.call))) == [{"event": "presenting_over"}]
