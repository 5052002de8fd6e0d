"""A coalition moves to another server, from what its people hold; nobody is led anywhere else (rows S20, N01, G05)."""

import pytest

from securecall import entries as e
from securecall.texts import write_text
from securecall_client import changing
from securecall_client.acts import healing, moving, status
from securecall_client.errors import InvitationError, OfflineError, ProofError, RefusedError
from securecall_client.naming import labels, read_word
from securecall_client.results.moving import Moved
from securecall_client.settings import Settings
from securecall_client.transport import Transport, Way
from securecall_server.codes import setup_code
from tests.simulator.hostile import Hostile
from tests.simulator.people import ADDRESS, LOCK, Person, Stage, answer, check_plain, enter, kept, member_of, proven
from tests.simulator.server import Server

pytestmark = pytest.mark.slow

NEW = "http://127.0.0.1:8701"


class Move:
    """Two servers by address; the old one may be gone."""

    def __init__(self, stage: Stage, *, gone: bool) -> None:
        self.stage, self.old, self.new, self.gone = stage, stage.server, Server("new"), gone

    def connect(self, person: Person):
        """Lines by address."""

        def connect(address: str, way: Way) -> Transport:
            person.hostile.cut = self.gone
            return Hostile(self.new).connect(address, way) if address == NEW else person.hostile.connect(address, way)

        return connect

    async def move(self, name: str = "Sec", to: str = NEW) -> Moved:
        """Move to the new server."""
        person, code = self.stage[name], setup_code(self.new.setup_seed, self.new.public)
        return await moving.move(
            Settings(person.home), LOCK, person.say, setup=code, to=to, connect=self.connect(person)
        )

    async def use(self, name: str, text: str | None, to: str | None = None) -> Moved:
        """Follow."""
        person = self.stage[name]
        return await moving.use(
            Settings(person.home), LOCK, person.say, text=text or "", to=to, connect=self.connect(person)
        )

    async def finish(self, name: str) -> None:
        """Let things go on."""
        async with self.stage[name].open() as session:
            assert (await healing.heal(session, finish=True)).lifted

    def settle(self) -> None:
        """From now on lines lead where profiles say."""
        for person in self.stage.people.values():
            person.hostile.server, person.hostile.cut = self.new, False


async def test_s20_a_coalition_moves_when_its_server_is_gone(stage: Stage) -> None:
    await stage.play()
    await stage.sync("Sec", "Ann", "Bob")
    await stage["Ann"].answer(stage.call, "newer than Sec has")
    places, move = stage.places, Move(stage, gone=True)
    moved = await move.move()
    assert (moved.address, moved.by) == (NEW, "Sec")
    assert move.new.is_read_only(stage.coalition)
    assert (await move.use("Ann", moved.text)).by == "Sec"
    move.settle()
    assert len(move.new.spaces[stage.call].places) == places
    async with stage["Ann"].open() as session:
        assert await answer(session, stage.call, "meanwhile") == "here"
    await move.finish("Sec")
    for name in ("Bob", "Cem"):
        await move.use(name, moved.text)
    move.settle()
    await stage.sync("Ann", "Sec", "Bob", "Cem")
    for name in ("Ann", "Bob", "Cem", "Sec"):
        async with stage[name].open() as session:
            view = await session.synced(stage.call)
            assert (view.chain.server, view.lacks_key()) == (move.new.public, None)
            assert await answer(session, stage.call, "on the new server") in ("server", "others")
            assert (await status.status(session)).alarms == []


async def test_s20_who_was_away_when_the_newest_key_was_made_follows_with_the_address(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        view = await session.view(stage.coalition)
        await changing.renew(session, stage.coalition, view.chain.next_seq - 1)
    move = Move(stage, gone=True)
    moved = await move.move()
    with pytest.raises(InvitationError, match="no key to read") as caught:
        await move.use("Ann", moved.text)
    assert "--to" in (caught.value.hint or "")
    assert (await move.use("Ann", moved.text, NEW)).address == NEW
    move.settle()
    await move.finish("Sec")
    async with stage["Ann"].open() as session:
        assert (await session.synced(stage.coalition)).lacks_key() is None


async def test_s20_n01_a_server_that_is_alive_says_where_everybody_went(stage: Stage) -> None:
    move = Move(stage, gone=False)
    await move.move()
    assert move.old.is_read_only(stage.coalition)
    assert move.old.is_read_only(stage.call), "a call goes with its coalition"
    person = stage["Ann"]
    person.hostile.server = move.old
    async with person.open() as session:
        await session.synced(stage.coalition)
        assert stage.coalition in session.line.read_only, "what names the new server stands here, and nothing goes on"
        assert await answer(session, stage.call, "meanwhile") == "here"
        assert await session.replica.meta("address") == ADDRESS.encode()
    assert any(NEW in line for line in person.say.lines)
    move.settle()
    async with person.open() as session:
        assert await session.replica.meta("address") == NEW.encode()
        assert await session.replica.meta("server") == move.new.public
        await healing.heal(session, finish=False)
    await move.finish("Sec")
    await stage.sync("Ann")
    async with stage["Sec"].open() as session:
        await session.sync_all()
        assert (await session.view(stage.call)).chain.server == move.new.public


async def word(stage: Stage, name: str, server: bytes, address: str = NEW, space: bytes = b"") -> str:
    """A text that somebody truly signs."""
    async with stage[name].open() as session:
        view = await session.view(space or stage.coalition)
        return write_text(session.author.word(view.chain, view.ring, e.Server(server), 1, labels(address)))


@pytest.mark.parametrize(
    "case",
    ["a member", "a chair", "another space", "cut short", "a demoted owner", "before the last move", "another history"],
)
async def test_g05_a_text_that_no_owner_signed_leads_nowhere(stage: Stage, case: str) -> None:
    twin = Server("twin")
    match case:
        case "a member":
            text = await word(stage, "Ann", twin.public)
        case "a chair":
            text = await word(stage, "Bob", twin.public)
        case "another space":
            text = await word(stage, "Sec", twin.public, space=stage.call)
        case "before the last move":
            text = await word(stage, "Sec", twin.public)
            async with stage["Sec"].open() as session:
                await enter(session, stage.coalition, e.Server(stage.server.public), labels(ADDRESS))
            await stage.sync("Ann")
        case "another history":
            stage["Sec"].hostile.fork()
            for name in ("Sec", "Bob"):
                async with stage[name].open() as session:
                    await enter(session, stage.coalition, e.Relabel([session.member]))
            await stage.sync("Ann")
            text = await word(stage, "Sec", twin.public)
        case "cut short":
            text = (await word(stage, "Sec", twin.public))[:-9]
        case _:
            async with stage["Sec"].open() as session:
                bob = member_of(await session.view(stage.coalition), "Bob")
                await enter(session, stage.coalition, e.SetRole([e.NewRole(bob, "owner", None)]))
            text = await word(stage, "Bob", twin.public)
            async with stage["Sec"].open() as session:
                await enter(session, stage.coalition, e.SetRole([e.NewRole(bob, "member", None)]))
            await stage.sync("Ann")
    move = Move(stage, gone=True)
    before, asked = kept(stage["Ann"]), len(stage["Ann"].hostile.requests)
    with pytest.raises(InvitationError) as caught:
        await move.use("Ann", text)
    check_plain(caught.value, 1)
    assert kept(stage["Ann"]) == before
    assert stage["Ann"].hostile.requests[asked:] == []


async def test_g05_an_owner_s_text_leads_to_the_server_with_the_key_it_names_and_no_other(stage: Stage) -> None:
    move = Move(stage, gone=True)
    text = await word(stage, "Sec", Server("another").public)
    with proven("key is another"):
        await move.use("Ann", text)
    async with stage["Ann"].open(offline=True) as session:
        assert await session.replica.meta("address") == ADDRESS.encode()


async def test_who_moves_is_told_that_the_coalition_moves_and_of_no_old_backup(stage: Stage) -> None:
    await stage.play()
    await stage.sync("Sec", "Ann")
    for person in stage.people.values():
        person.say.lines.clear()
    await Move(stage, gone=False).move()
    await stage.sync("Ann")
    for name in ("Sec", "Ann"):
        assert not any("backup" in line for line in stage[name].say.lines)
        assert any("an owner has signed that things go on at another one" in line for line in stage[name].say.lines)


@pytest.mark.parametrize("address", ["http://calls.example.org", "ftp://calls.example.org", "https://a/b"])
async def test_n01_nobody_is_moved_to_a_way_that_can_be_read_along(stage: Stage, address: str) -> None:
    move = Move(stage, gone=True)
    with pytest.raises(RefusedError) as caught:
        await move.move(to=address)
    assert caught.value.code == "bad-address"
    with pytest.raises(RefusedError) as caught:
        await move.use("Ann", await word(stage, "Sec", move.new.public, address))
    assert caught.value.code == "bad-address"


async def test_m07_only_an_owner_moves_a_coalition(stage: Stage) -> None:
    move = Move(stage, gone=True)
    with pytest.raises(RefusedError) as caught:
        await move.move("Bob")
    check_plain(caught.value, 1)
    assert caught.value.code == "no-right"
    assert not move.new.spaces


async def test_s26_the_new_server_shows_the_history_that_was_here_or_is_caught(stage: Stage) -> None:
    """What is older is not taken over either: it is put back."""
    await stage.play()
    await stage.sync("Ann")
    fork = stage.server.copy()
    stage["Cem"].hostile.server = fork
    await stage["Cem"].answer(stage.call, "another history")
    stage["Cem"].hostile.server = stage.server
    await stage["Ann"].answer(stage.call, "legal aid")
    move = Move(stage, gone=True)
    moved = await move.move()
    move.new.spaces[stage.call] = fork.spaces[stage.call]
    with pytest.raises(ProofError):
        await move.use("Ann", moved.text)


async def test_s20_the_word_of_an_owner_is_no_entry(stage: Stage) -> None:
    text = await word(stage, "Sec", Server("new").public)
    async with stage["Sec"].open() as session:
        view = await session.view(stage.coalition)
        assert read_word(view, text).address == NEW
        item = session.author.word(view.chain, view.ring, e.Server(bytes(32)), 1, labels(NEW))
        with pytest.raises(RefusedError) as caught:
            await session.transport.append(stage.coalition, 0, item)
    assert caught.value.code == "stale"


async def test_n01_a_move_that_does_not_reach_the_new_server_changes_nothing(stage: Stage) -> None:
    move = Move(stage, gone=True)
    person, code = stage["Sec"], setup_code(move.new.setup_seed, move.new.public)
    person.hostile.cut = True
    with pytest.raises(OfflineError):
        await moving.move(Settings(person.home), LOCK, person.say, setup=code, to=NEW, connect=person.hostile.connect)
    async with stage["Sec"].open(offline=True) as session:
        assert await session.replica.meta("address") == ADDRESS.encode()
        assert len((await session.view(stage.coalition)).chain.servers) == 1


async def test_s20_a_guest_follows_by_the_word_of_the_call_s_owner(stage: Stage) -> None:
    guest = await stage.receive("Gus")
    await stage.sync("Sec")
    move = Move(stage, gone=True)
    moved = await move.move()
    with pytest.raises(InvitationError):
        await move.use("Gus", moved.text)
    await move.use("Ann", moved.text)
    move.settle()
    async with stage["Sec"].open() as session:
        told = await moving.text_for(session, stage.call.hex())
    async with stage["Ann"].open() as session:
        with pytest.raises(RefusedError) as caught:
            await moving.text_for(session, stage.call.hex())
        assert caught.value.code == "no-right"
    assert (await move.use("Gus", told.text)).address == NEW
    move.settle()
    await move.finish("Sec")
    async with guest.open() as session:
        view = await session.synced(stage.call)
        assert (view.chain.server, view.lacks_key()) == (move.new.public, None)
