"""Each alarm's grade, the file that it exports, and whom that convicts, for whoever has nothing but the file."""

import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from securecall import entries as e
from securecall.caps import ENTRY_BYTES, EVIDENCE_BYTES, KIB, RECORD_BYTES
from securecall.evidence import read_evidence
from securecall.state import ALLIES, ENTRY
from securecall_client import content, exhibits
from securecall_client.acts import alarms, audit, calls, evidence
from securecall_client.errors import ClonedError, FileError, NotFoundError, OfflineError, ProofError, RefusedError
from securecall_client.profile import Profile
from securecall_client.results.alarms import Judged, VerdictLine
from securecall_client.transport import Place
from tests.simulator import hostile
from tests.simulator.forging import bad_rotation, forge_entry, forge_record
from tests.simulator.people import Person, Stage, check_plain, member_of
from tests.simulator.server import Caller, Server
from tests.simulator.watchers import Hand, sent_beats, watching

pytestmark = pytest.mark.slow

MINUTES = 120_000
"""Milliseconds by which a server's clock is put on, so that an order of statements convicts."""


async def refuses(person: Person, *, kind: type[ProofError] = ProofError) -> str:
    """Somebody finds proof as they sync; gives what they are told to do."""
    with pytest.raises(kind) as caught:
        async with person.open() as session:
            await session.sync_all()
    check_plain(caught.value, 3)
    return caught.value.hint or ""


async def exported(person: Person, folder: Path, grade: str = "proof") -> tuple[Path, Judged]:
    """The only alarm's evidence as a file, and what anybody finds in it."""
    async with person.open(offline=True) as session:
        [line] = (await alarms.list_alarms(session)).alarms
        assert (line.grade, line.evidence) == (grade, True)
        shown = await alarms.show_alarm(session, line.alarm[:8])
        path = folder / f"{person.name}.evidence"
        await alarms.export_alarm(session, line.alarm, path)
    assert path.stat().st_mode & 0o777 == 0o600
    judged = await evidence.verify([path])
    assert shown.verdict is not None
    assert (shown.verdict.convicts, shown.verdict.what) == (judged.verdict.convicts, judged.verdict.what)
    return path, judged


def kinds(verdict: VerdictLine) -> list[str]:
    """What those are whom it names."""
    return [party.kind for party in verdict.who]


async def id_of(stage: Stage, name: str) -> str:
    """A member's id."""
    async with stage["Sec"].open(offline=True) as session:
        return member_of(await session.view(stage.coalition), name).hex()


async def test_s07_a_rollback_exports_evidence_against_the_server(stage: Stage, tmp_path: Path) -> None:
    await stage.play()
    await stage.sync("Ann")
    ann = stage["Ann"]
    ann.hostile.server.ahead += MINUTES
    ann.hostile.roll_back(stage.call, stage.places - 2)
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.space == stage.call.hex()
    assert judged.verdict.convicts == "server"
    assert judged.verdict.who[0].key == stage.server.public.hex()


async def test_s40_a_server_that_varies_a_lie_makes_no_more_alarms_of_it(stage: Stage) -> None:
    """Each alarm keeps what was shown, which may be large: no number that the server chooses tells two apart."""
    for activity in ("shelter", "food"):
        await stage["Cem"].answer(stage.call, activity)
    ann = stage["Ann"]
    for more in (1, 2):
        large = Place(ALLIES, bytes(32), bytes(RECORD_BYTES + more), ())
        ann.hostile.tell(stage.call, hostile.extend_with(large))
        await refuses(ann)
    last = stage.places - 1
    for stubs in ([last], [last, last - 1]):
        ann.hostile.tell(stage.call, partial(all_stubs, stubs))
        await refuses(ann)
    async with ann.open(offline=True) as session:
        assert len((await alarms.list_alarms(session)).alarms) == 2


async def test_s40_a_page_that_is_larger_than_any_file_of_evidence_convicts_all_the_same(
    stage: Stage, tmp_path: Path
) -> None:
    """What breaks the rules is its first place; of what comes after, digests are enough."""
    await stage.play()
    await stage.sync("Ann")
    ann = stage["Ann"]
    again, large = stage.server.spaces[stage.call].places[-1], Place(ENTRY, bytes(32), bytes(ENTRY_BYTES), ())
    ann.hostile.tell(stage.call, hostile.extend_with(again, *[large] * (EVIDENCE_BYTES // ENTRY_BYTES + 1)))
    await refuses(ann)
    path, judged = await exported(ann, tmp_path)
    assert path.stat().st_size < EVIDENCE_BYTES
    assert judged.verdict.convicts == "server"


async def test_s40_of_a_chain_that_is_larger_than_any_file_the_newest_records_are_shown(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record with a wrong number shows against the others of its epoch; what is older fills the file for nothing."""
    for activity in ("shelter", "food", "training", "monitoring"):
        await stage["Bob"].answer(stage.call, activity)
    async with stage["Bob"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
        await session.writer.write(stage.call, content.Empty(asks=False), "allies")
        view = await session.synced(stage.call)
        bad = forge_record(view, session.author, b"", n=7)
    await stage.sync("Ann")
    ann = stage["Ann"]
    ann.hostile.tell(stage.call, hostile.extend_with(bad))
    chain = stage.server.spaces[stage.call].places
    entries = sum(len(place.item or b"") + sum(map(len, place.identities)) for place in chain if place.kind == ENTRY)
    monkeypatch.setattr(exhibits, "EVIDENCE_BYTES", entries + len(bad.item or b"") + 8 * KIB)
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "server"


def all_stubs(stubs: list[int], places: list[Place]) -> list[Place]:
    """The places, some without their bytes."""
    for seq in stubs:
        places = hostile.stub(seq)(places)
    return places


async def test_s07_at_once_a_rollback_proves_nothing_to_others_and_a_minute_later_it_does(
    stage: Stage, tmp_path: Path
) -> None:
    """Honest processes of one server may be a little apart; the alarm is kept once, and gets its evidence later."""
    await stage.play()
    await stage.sync("Ann")
    ann = stage["Ann"]
    ann.hostile.roll_back(stage.call, stage.places - 2)
    assert "in two minutes, run securecall sync once more" in await refuses(ann)
    async with ann.open(offline=True) as session:
        [line] = (await alarms.list_alarms(session)).alarms
        shown = await alarms.show_alarm(session, line.alarm)
    assert shown.verdict is not None
    assert shown.verdict.convicts == "nobody"
    ann.hostile.server.ahead += MINUTES
    assert "securecall sync" not in await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "server"


async def test_s08_a_device_that_is_shown_the_other_branch_has_evidence_against_the_server(
    stage: Stage, tmp_path: Path
) -> None:
    twin = stage.server.copy()
    ann, bob = stage["Ann"], stage["Bob"]
    await ann.answer(stage.call, "training")
    await stage.sync("Ann")
    bob.hostile.server = twin
    await bob.answer(stage.call, "monitoring")
    ann.hostile.server = twin
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "server"


async def test_s08_s12_what_is_signed_elsewhere_or_by_a_stranger_spoils_no_evidence(stage: Stage) -> None:
    """It is left out of the file, which nobody would accept with it."""
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        view, kept = await session.view(stage.call), await session.replica.statement(stage.call)
        assert kept is not None
        for signed in (
            hostile.restate(stage.server, kept, space=stage.coalition),
            Server("stranger").statement(stage.call, 0, view.chain.heads[0], newest=False),
            b"garbage",
        ):
            exhibit = exhibits.Exhibit(statements=(signed,)).of(view.chain)
            file = await exhibits.evidence(session.replica, exhibit)
            assert file is not None
            assert read_evidence(file).statements == [kept]


async def test_s08_two_members_who_were_shown_different_histories_lay_them_beside_each_other(
    stage: Stage, tmp_path: Path
) -> None:
    """Neither has seen anything wrong: the server never lets one item cross over."""
    stage["Ann"].hostile.fork()
    await stage["Ann"].answer(stage.call, "training")
    await stage["Bob"].answer(stage.call, "monitoring")
    files = []
    for name in ("Ann", "Bob"):
        await stage.sync(name)
        async with stage[name].open(offline=True) as session:
            path = tmp_path / f"{name}.shown"
            await alarms.export_call(session, stage.call.hex(), path)
        files.append(path)
        assert (await evidence.verify([path])).verdict.convicts == "nobody"
    assert (await evidence.verify(files)).verdict.convicts == "server"
    assert (await evidence.verify(files[:1] * 2)).verdict.convicts == "nobody"


async def test_s08_s11_an_item_that_crossed_over_convicts_the_server_that_signed_for_it(
    stage: Stage, tmp_path: Path
) -> None:
    twin = stage["Ann"].hostile.fork()
    await stage["Ann"].answer(stage.call, "training")
    await stage["Ann"].answer(stage.call, "shelter")
    await stage["Bob"].answer(stage.call, "monitoring")
    bob = stage["Bob"]
    await stage.sync("Bob")
    bob.hostile.tell(stage.call, hostile.extend_with(twin.spaces[stage.call].places[-1]))
    await refuses(bob)
    _, judged = await exported(bob, tmp_path)
    assert judged.verdict.convicts == "server"
    assert "Ann" not in judged.verdict.what
    assert judged.verdict.signed[-1].by.member == await id_of(stage, "Ann"), "she signed it, and did no wrong"


async def test_s08_a_beat_for_another_history_is_one_of_the_two(stage: Stage, tmp_path: Path) -> None:
    hand = Hand()
    stage["Ann"].hostile.fork()
    await stage["Ann"].answer(stage.call)
    async with stage["Sec"].open() as sec:
        await calls.rotate_call(sec, stage.call.hex())
    async with watching(stage, hand, "Ann", "Bob") as (ann, _):
        await hand.turn(60)
        stage["Ann"].hostile.relay(sent_beats(stage["Bob"])[-1])
        await hand.settle()
        with suppress(ProofError):
            await ann.task
    _, judged = await exported(stage["Ann"], tmp_path)
    assert judged.verdict.convicts == "one of the two"
    assert kinds(judged.verdict) == ["device", "server"]
    assert judged.verdict.who[0].member == await id_of(stage, "Bob")


async def test_s18_a_receipt_for_an_item_that_is_then_another_convicts_the_server(stage: Stage, tmp_path: Path) -> None:
    ann, bob = stage["Ann"], stage["Bob"]
    await stage.sync("Ann")
    twin = stage.server.copy()

    async def others_write() -> None:
        await bob.answer(stage.call, "monitoring")
        ann.hostile.refuse("items", OfflineError("The server was not reached."))

    ann.hostile.meanwhile["append"] = others_write
    await ann.answer(stage.call, "training")
    ann.hostile.be_honest()
    stage["Cem"].hostile.server = twin
    await stage["Cem"].answer(stage.call, "shelter")
    await stage["Cem"].answer(stage.call, "food")
    ann.hostile.server = twin
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "server"


async def test_s18_withheld_bytes_are_one_of_the_two(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann")
    await stage["Bob"].answer(stage.call, "monitoring")
    ann = stage["Ann"]
    ann.hostile.tell(stage.call, hostile.stub(stage.places - 1))
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "one of the two"
    assert kinds(judged.verdict) == ["server", "maker"]


async def test_s02_m07_an_unauthorised_entry_convicts_the_server_and_its_author(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann", "Cem")
    async with stage["Cem"].open() as session:
        view = await session.view(stage.call)
        place = forge_entry(view, session.author, e.Destroy())
    ann = stage["Ann"]
    ann.hostile.tell(stage.call, hostile.extend_with(place))
    await refuses(ann)
    _, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "both"
    assert {party.kind for party in judged.verdict.who} == {"server", "device"}
    assert await id_of(stage, "Cem") in {party.member for party in judged.verdict.who}


async def test_s18_a_wrong_number_is_shown_with_the_records_that_it_is_wrong_by(stage: Stage, tmp_path: Path) -> None:
    await stage["Bob"].answer(stage.call, "monitoring")
    await stage.sync("Ann", "Bob")
    async with stage["Bob"].open() as session:
        place = forge_record(await session.view(stage.call), session.author, b"x", n=7)
    ann = stage["Ann"]
    ann.hostile.tell(stage.call, hostile.extend_with(place))
    await refuses(ann)
    path, judged = await exported(ann, tmp_path)
    assert judged.verdict.convicts == "server"
    assert all(place.item is not None for place in read_evidence(path.read_bytes()).chain)


async def test_m13_two_entries_for_one_place_are_shown_with_their_author_by_name(stage: Stage, tmp_path: Path) -> None:
    """An admin signs twice with the server's help; what Cem and Ann were shown convicts the server, and names Bob."""
    await stage.sync()
    cem, ann = stage["Cem"], stage["Ann"]
    honest, twin = cem.hostile.server, cem.hostile.fork()
    async with stage["Bob"].open() as session:
        view = await session.synced(stage.call)
        for server in (honest, twin):
            draft = session.author.entry(view.chain, view.ring, e.Rotate(), view.chain.minute)
            me = Caller("device", session.device.id, session.member)
            server.append(me, stage.call, 0, draft.item, draft.identities, draft.grants)
    await stage.sync("Cem", "Ann")
    async with ann.open(offline=True) as session:
        await alarms.export_call(session, stage.call.hex(), tmp_path / "Ann.shown")
    cem.hostile.server = honest
    await refuses(cem)
    path, judged = await exported(cem, tmp_path)
    assert judged.verdict.convicts == "server"
    async with ann.open(offline=True) as session:
        names = await alarms.names(session, stage.call)
    verdict = (await evidence.verify([path, tmp_path / "Ann.shown"], names)).verdict
    assert verdict.convicts == "server"
    twice = [signed.what for signed in verdict.signed if signed.by.name == "Bob"]
    assert len(set(twice)) == 2
    assert all("entry" in what for what in twice)


async def test_t03_a_copied_profile_exports_what_it_did_not_make(stage: Stage, tmp_path: Path) -> None:
    import shutil

    await stage.sync("Ann")
    clone = stage["Ann, copied"]
    shutil.copytree(stage["Ann"].home, clone.home)
    assert await stage["Ann"].answer(stage.call, "food") == "server"
    await refuses(clone, kind=ClonedError)
    _, judged = await exported(clone, tmp_path)
    assert judged.verdict.convicts == "one of the two"
    assert kinds(judged.verdict) == ["device", "maker"]
    assert judged.verdict.who[0].member == await id_of(stage, "Ann")


@pytest.mark.parametrize("whose", ["server", "rotator"])
async def test_s39_m05_m06_a_bad_grant_exports_whose_doing_it_may_be(whose: str, stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Cem")
    cem = stage["Cem"]
    async with stage["Ann"].open() as session:
        await session.synced(stage.coalition)
        view, cems = await session.synced(stage.call), member_of(await session.view(stage.coalition), "Cem")
        if whose == "rotator":
            draft = bad_rotation(session, view, cems, lambda _: b"garbage")
            await session.transport.append(stage.call, 0, draft.item, (), draft.grants)
        else:
            await calls.rotate_call(session, stage.call.hex())
    cem.hostile.change_grants(lambda grants: grants if whose == "rotator" else {})
    async with cem.open() as session:
        await session.synced(stage.call)
        [line] = (await alarms.list_alarms(session)).alarms
        assert (line.grade, line.evidence, line.when) == ("odd", True, None)
        await alarms.export_alarm(session, line.alarm, tmp_path / "grant.evidence")
    verdict = (await evidence.verify([tmp_path / "grant.evidence"])).verdict
    assert verdict.convicts == "one of the two"
    assert kinds(verdict) == ["server" if whose == "server" else "device", "maker"]
    if whose == "rotator":
        assert verdict.who[0].member == await id_of(stage, "Ann")


async def test_an_alarm_without_evidence_says_so_and_nothing_is_written_over(stage: Stage, tmp_path: Path) -> None:
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await session.alarms.keep("odd", "Somebody said something that nobody signed.")
        [line] = (await alarms.list_alarms(session)).alarms
        assert not line.evidence
        path = tmp_path / "alarm.evidence"
        with pytest.raises(RefusedError) as caught:
            await alarms.export_alarm(session, line.alarm, path)
        check_plain(caught.value, 1)
        assert not path.exists()
        path.write_bytes(b"mine")
        with pytest.raises(FileError):
            await alarms.export_call(session, stage.call.hex(), path)
        assert path.read_bytes() == b"mine"
        with pytest.raises(NotFoundError):
            await alarms.show_alarm(session, "ffff")


async def test_evidence_holds_no_name_no_content_and_no_secret(stage: Stage, tmp_path: Path) -> None:
    """Searched for in the file as it is: it is not compressed."""
    await stage.play()
    await stage.put_up("Ann", "list of contacts.txt", b"the safe house is behind the mill")
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        await alarms.export_call(session, stage.call.hex(), tmp_path / "shown")
        seeds = [session.device.storage.expose()]
    data = (tmp_path / "shown").read_bytes()
    for word in (b"Ann", b"Freedonia", b"monitoring", b"safe house", b"contacts", b"Harbour", *seeds):
        assert word not in data
    case = read_evidence(data)
    assert all(place.item is None for place in case.chain if place.kind)


async def test_alarms_and_their_evidence_are_sealed_in_the_profile(stage: Stage) -> None:
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await session.alarms.keep("odd", "A sentence to look for.", stage.call, b"securecall/1 evidence to look for")
    with closing(sqlite3.connect(Profile(ann.home).replica)) as database:
        [row] = database.execute("SELECT * FROM alarms").fetchall()
    assert not any(b"look for" in value for value in row if isinstance(value, bytes))


async def test_alarms_of_an_older_program_are_listed(stage: Stage) -> None:
    ann = stage["Ann"]
    async with ann.open(offline=True) as session:
        await session.alarms.keep("proof", "It was found before evidence was kept.")
    with closing(sqlite3.connect(Profile(ann.home).replica)) as database:
        database.executescript("ALTER TABLE alarms DROP COLUMN found; DROP TABLE statements; PRAGMA user_version = 3;")
    async with ann.open(offline=True) as session:
        [line] = (await alarms.list_alarms(session)).alarms
    assert (line.message, line.when, line.evidence) == ("It was found before evidence was kept.", None, False)


async def test_a_damaged_file_is_refused_in_words(stage: Stage, tmp_path: Path) -> None:
    await stage.sync("Ann")
    path = tmp_path / "shown"
    async with stage["Ann"].open(offline=True) as session:
        await alarms.export_call(session, stage.call.hex(), path)
    data = path.read_bytes()
    for at in hostile.sampled(data, 40):
        other = tmp_path / "damaged"
        other.write_bytes(hostile.flipped(data, at))
        with pytest.raises(RefusedError) as caught:
            await evidence.verify([other])
        check_plain(caught.value, 1)
    with pytest.raises(FileError):
        await evidence.verify([tmp_path / "nothing here"])


async def test_audit_of_an_honest_call_is_clean_and_names_every_device(stage: Stage) -> None:
    await stage.play()
    await stage.receive("Gus")
    async with stage["Ann"].open() as session:
        found = await audit.audit_call(session, stage.call.hex())
    assert found.clean
    assert [epoch.epoch for epoch in found.epochs] == [0, 1, 2]
    assert {one.name for one in found.epochs[1].recipients} == {"Sec", "Bob", "Ann", "Cem"}
    assert [one.kind for one in found.epochs[2].recipients].count("everyone") == 1
    async with stage["Gus"].open() as session:
        assert (await audit.audit_call(session, stage.call.hex())).clean


async def test_s39_audit_names_a_key_that_is_not_here(stage: Stage) -> None:
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await calls.rotate_call(session, stage.call.hex())
    cem = stage["Cem"]
    cem.hostile.change_grants(lambda _: {})
    async with cem.open() as session:
        found = await audit.audit_call(session, stage.call.hex())
    assert not found.clean
    assert [len(epoch.differences) for epoch in found.epochs] == [0, 1]
    assert "the server gave none" in found.epochs[1].differences[0]
