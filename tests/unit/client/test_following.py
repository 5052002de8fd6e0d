"""How a profile comes to new spaces: notices, first pulls that are cut, parents that grow meanwhile (S24, O03, M12)."""

from collections.abc import Iterator
from typing import NoReturn

import pytest

from securecall import entries as e
from securecall_client import content
from securecall_client.acts import calls
from securecall_client.changing import Change, change, create
from securecall_client.errors import OfflineError
from securecall_client.notices import make_notices
from securecall_client.spaces import Spaces
from securecall_client.transport import Place
from securecall_client.view import SpaceView
from securecall_keys.context import NoticeContext
from securecall_keys.device import DeviceKeys
from securecall_keys.labels import Labels
from tests.simulator.hostile import Hostile, Tale
from tests.simulator.people import Person, Stage, enter, member_of
from tests.simulator.people import open_call as open_another

pytestmark = pytest.mark.slow


class PowerCutError(BaseException):
    """The computer stops here."""


async def alarms(person: Person) -> list[str]:
    """The grades of all that a person was warned of."""
    async with person.open(offline=True) as session:
        return [line.grade for line in await session.alarms.listing()]


def cut_after(pages: int) -> Tale:
    """Show the space as it is, and lose the line after so many pages."""
    left = iter(range(pages))

    def tale(places: list[Place]) -> list[Place]:
        if next(left, None) is None:
            raise OfflineError("The server was not reached.")
        return places

    return tale


async def let_dan_into_both(stage: Stage) -> None:
    await stage.welcome("Dan")
    async with stage["Sec"].open() as session:
        await calls.invite_to_call(session, stage.call.hex(), ["Dan"])


async def test_a_parent_that_grows_between_two_pulls_is_no_proof(stage: Stage) -> None:
    await stage.sync("Ann")
    hostile: Hostile = stage["Ann"].hostile

    async def grow() -> None:
        await let_dan_into_both(stage)

    async def after_the_parent() -> None:
        hostile.meanwhile["items"] = grow

    async with stage["Ann"].open() as session:
        hostile.meanwhile["items"] = after_the_parent
        view = await session.synced(stage.call)
        assert hostile.meanwhile == {}
        assert view.chain.next_seq == stage.places
        assert len(view.chain.roster.members) == 5
    assert await alarms(stage["Ann"]) == []


async def test_who_is_out_of_the_coalition_and_in_a_call_finds_no_proof(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        cem = member_of(await session.synced(stage.coalition), "Cem")
        await enter(session, stage.coalition, e.Remove([cem]))
    await let_dan_into_both(stage)
    for _ in range(2):
        async with stage["Cem"].open() as session:
            assert len((await session.synced(stage.call)).chain.roster.members) == 3
    assert await alarms(stage["Cem"]) == []


@pytest.mark.parametrize("pages", [1, 2])
async def test_o03_a_first_pull_that_is_cut_goes_on_the_next_time(pages: int, stage: Stage) -> None:
    stage.server.page = 2
    cem = await stage.newcomer("Cem")
    cem.hostile.tell(stage.call, cut_after(pages))
    async with cem.open() as session:
        await session.synced(stage.coalition)
        assert stage.call not in session.spaces()
    cem.hostile.be_honest()
    for _ in range(2):
        async with cem.open() as session:
            await session.sync_all()
            assert stage.call in session.spaces()
            assert (await session.view(stage.call)).chain.next_seq == stage.places
    assert await cem.answer(stage.call) == "server"


async def test_o03_a_crash_between_the_pull_and_taking_part_goes_on_the_next_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop(*_: object) -> NoReturn:
        raise PowerCutError

    cem = await stage.newcomer("Cem")
    before = await alarms(cem)
    with monkeypatch.context() as patched:
        patched.setattr(Spaces, "take_part", stop)
        with pytest.raises(PowerCutError):
            async with cem.open() as session:
                await session.synced(stage.coalition)
    for _ in range(2):
        async with cem.open() as session:
            assert len((await calls.list_calls(session)).calls) == 1
    assert await alarms(cem) == before


async def tell(stage: Stage, name: str, child: bytes, at: e.Seen) -> None:
    """Let Cem send somebody a notice of a space, true or not."""
    async with stage["Cem"].open() as session:
        view = await session.synced(stage.coalition)
        people = [view.chain.roster.members[member_of(view, name)]]
        [(record, notice)] = make_notices(stage.coalition, session.member, fresh_records(), child, at, people)
        await session.writer.write(stage.coalition, notice, "allies", record=record)


def fresh_records() -> Iterator[bytes]:
    yield b"\x05" * 16


async def begin_pair(stage: Stage, name: str) -> bytes:
    """Let Cem begin a pair with somebody, longer than one page."""
    async with stage["Cem"].open() as session:
        above = await session.synced(stage.coalition)
        author = above.chain.roster.members[session.member].identity
        parent = e.Parent(above.space, above.chain.seen())
        begun = e.Create("pair", parent, above.chain.server, author.head, [])
        pair = (await create(session, begun, Labels(), above.space)).space
        person = above.chain.roster.members[member_of(above, name)]
        via = e.FromParent(above.chain.seen())
        admission = e.Admission(person.member, person.identity.head, [], "owner", None, via)
        news = tuple(above.identities[person.member])

        async def build(_view: SpaceView) -> Change:
            return Change(e.Admit([admission]), Labels(), news)

        await change(session, pair, build)
        for _ in range(4):
            await session.writer.write(pair, content.Empty(asks=False), "everyone")
        return pair


async def test_s24_a_false_notice_of_a_true_space_holds_up_nothing(stage: Stage) -> None:
    """It names a place that is not there, past the first page: what was kept of that space does no harm."""
    stage.server.page = 3
    pair = await begin_pair(stage, "Ann")
    await tell(stage, "Ann", pair, e.Seen(2, b"\x07" * 32))
    for activity in ("food", "shelter"):
        await stage.sync("Ann")
        assert await stage["Ann"].answer(stage.call, activity) == "server"
    assert await alarms(stage["Ann"]) == ["odd"]
    assert await stage["Bob"].answers(stage.call) == ["shelter"]


class Tried:
    """Counts the boxes of notices that a device tries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boxes = 0
        real = DeviceKeys.open

        def counting(device: DeviceKeys, box: bytes, context: object) -> bytes:
            self.boxes += isinstance(context, NoticeContext)
            return real(device, box, context)  # type: ignore[arg-type]  # whatever the caller gave

        monkeypatch.setattr(DeviceKeys, "open", counting)


async def test_m12_a_notice_is_opened_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.sync("Ann")
    tried = Tried(monkeypatch)
    await stage.sync("Ann", "Ann")
    assert tried.boxes == 0
    await tell(stage, "Ann", b"\x09" * 32, e.Seen(0, bytes(32)))
    tried.boxes = 0
    await stage.sync("Ann", "Ann")
    assert tried.boxes == 1


async def test_a_notice_that_could_not_be_read_yet_is_opened_once_its_key_is_there(stage: Stage) -> None:
    await stage.sync("Ann")
    async with stage["Sec"].open() as session:
        await enter(session, stage.coalition, e.Rotate())
        other = await open_another(session, "Another call")
        await calls.invite_to_call(session, other.hex(), ["Ann"])
    stage["Ann"].hostile.change_grants(lambda _: {})
    async with stage["Ann"].open() as session:
        await session.sync_all()
        assert other not in session.spaces()
    stage["Ann"].hostile.be_honest()
    async with stage["Ann"].open() as session:
        await session.sync_all()
        assert other in session.spaces()
