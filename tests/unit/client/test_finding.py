"""Finding things by what was typed, notices by whom they are for, and names that are no paths."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall_client import content
from securecall_client.acts import calls, documents, exercises
from securecall_client.blobs import Source
from securecall_client.errors import NotFoundError, SecureCallError
from securecall_client.notices import BOXES, make_notices, open_notices
from securecall_client.profile import Profile
from securecall_client.work.answers import find_answer
from securecall_client.work.find import find
from tests.simulator.hostile import flipped
from tests.simulator.people import CALL, LOCK, Stage, check_plain, member_of
from tests.simulator.people import open_call as open_another

ONE, TWO, THREE = bytes.fromhex("aa" * 16), bytes.fromhex("aabb" + "cc" * 14), bytes.fromhex("dd" * 16)
NAMES = {ONE: "Paper", TWO: "Letter", THREE: "Letter"}

FOUND = {
    "id": (ONE.hex(), ONE),
    "capitals": (ONE.hex().upper(), ONE),
    "beginning": ("aaaa", ONE),
    "name": ("Paper", ONE),
    "spaces around": ("  Paper ", ONE),
    "a longer beginning": ("aabbcc", TWO),
}
NOT_FOUND = {
    "too short": ("aa", "not-found"),
    "nothing": ("", "not-found"),
    "another case": ("paper", "not-found"),
    "a part of a name": ("Pap", "not-found"),
    "one name twice": ("Letter", "ambiguous"),
    "no hex": ("zzzz", "not-found"),
    "a path": ("../../aa", "not-found"),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str) -> None:
    typed, wanted = FOUND[name]
    assert find("document", typed, NAMES) == wanted


@pytest.mark.parametrize("name", NOT_FOUND)
def test_not_found(name: str) -> None:
    typed, code = NOT_FOUND[name]
    with pytest.raises(NotFoundError) as caught:
        find("document", typed, NAMES)
    assert caught.value.code == code
    assert caught.value.hint
    check_plain(caught.value)


def test_a_name_from_before_counts_only_where_none_of_today_does() -> None:
    former = {ONE: {"Paper", "Draft"}, TWO: {"Letter", "Paper"}, THREE: {"Note"}}
    assert find("document", "Draft", NAMES, former) == ONE
    assert find("document", "Paper", NAMES, former) == ONE
    assert find("document", "Note", NAMES, former) == THREE
    with pytest.raises(NotFoundError) as caught:
        find("document", "Draft", NAMES, {**former, TWO: {"Draft"}})
    assert caught.value.code == "ambiguous"


def test_of_several_each_is_told_so_that_one_can_choose() -> None:
    with pytest.raises(NotFoundError) as caught:
        find("document", "Letter", NAMES, more=lambda known: f"by {known.hex()[:2]}")
    assert caught.value.hint == "Use the id: aabbcccc (Letter, by aa); dddddddd (Letter, by dd)"


async def test_two_calls_and_two_exercises_of_one_name_are_told_apart(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        other = await open_another(session, CALL)
        started = await exercises.start_exercise(session, stage.call.hex(), "who-does-what", "allies")
        await exercises.close_exercise(session, stage.call.hex(), started.exercise)
        with pytest.raises(NotFoundError) as caught:
            await calls.show_call(session, CALL)
        hint = caught.value.hint or ""
        assert all(f"{call.hex()[:8]} ({CALL}, call, open, on 20" in hint for call in (stage.call, other))
        with pytest.raises(NotFoundError) as caught:
            await exercises.show_exercise(session, stage.call.hex(), "who-does-what")
        assert f"{started.exercise[:8]} (who-does-what, {started.title}, closed)" in (caught.value.hint or "")


async def test_answers_of_one_author_are_told_apart(stage: Stage) -> None:
    await stage["Ann"].answer(stage.call, "food")
    await stage["Ann"].answer(stage.call, "shelter")
    async with stage["Cem"].open() as session:
        state = (await session.synced(stage.call)).state
    with pytest.raises(NotFoundError) as caught:
        find_answer(state, "Ann")
    assert (caught.value.hint or "").count("(Ann, Who does what, where and when, on time)") == 2


def test_nothing_there_yet() -> None:
    with pytest.raises(NotFoundError) as caught:
        find("call", "x", {})
    assert caught.value.hint == "There is no call yet."


async def test_a_notice_opens_for_the_devices_told_and_for_nobody_else(stage: Stage) -> None:
    async with stage["Sec"].open() as session:
        other = await open_another(session, "For the secretariat alone")
    for name, opened in (("Sec", {stage.call, other}), ("Ann", {stage.call}), ("Cem", {stage.call})):
        async with stage[name].open() as session:
            view = await session.synced(stage.coalition)
            assert {notice.space for _, notice in open_notices(view, session.device, -1)} == opened
            assert set(session.spaces()) == {stage.coalition, *opened}


async def test_a_notice_put_under_another_name_or_place_does_not_open(stage: Stage) -> None:
    """Row M02: a copied box opens only as the very record of the very author that it was made for."""
    await stage.sync("Cem")
    async with stage["Bob"].open() as session:
        view = await session.view(stage.coalition)
        ann = view.chain.roster.members[member_of(view, "Ann")]
        records = iter([b"\x01" * 16])
        [(_, notice)] = make_notices(stage.coalition, session.member, records, ONE * 2, view.chain.seen(), [ann])
        assert len(notice.boxes) == 1 <= BOXES
        await session.writer.write(stage.coalition, notice, "allies", record=b"\x02" * 16)
    device = Profile(stage["Ann"].home).unlock(LOCK)
    async with stage["Ann"].open() as session:
        view = await session.synced(stage.coalition)
        assert {known.space for _, known in open_notices(view, device, -1)} == {stage.call}


async def test_a_notice_of_a_space_that_is_not_there_holds_up_nothing(stage: Stage) -> None:
    """Bob tells Ann of a call that does not exist: she is told by whom, and everything else works."""
    await stage.sync("Cem")
    async with stage["Bob"].open() as session:
        view = await session.view(stage.coalition)
        ann = view.chain.roster.members[member_of(view, "Ann")]
        records = iter([b"\x01" * 16])
        [(record, notice)] = make_notices(stage.coalition, session.member, records, ONE * 2, view.chain.seen(), [ann])
        await session.writer.write(stage.coalition, notice, "allies", record=record)
    assert await stage["Ann"].answer(stage.call) == "server"
    await stage.sync("Ann")
    async with stage["Ann"].open(offline=True) as session:
        assert ["Bob let you into a call" in alarm.message for alarm in await session.alarms.listing()] == [True]


PATHS = {
    "../../escaped.txt": "escaped.txt",
    "/etc/passwd": "passwd",
    "a/b/c.txt": "c.txt",
    "..": "",
    "C:\\windows\\x.txt": "x.txt",
    ".bashrc": "bashrc",
    "-rf": "rf",
    "nul\x00.txt": "nul",
    "line\nbreak.txt": "break.txt",
}


@pytest.mark.parametrize("name", PATHS)
async def test_f01_a_documents_name_leads_nowhere(
    name: str, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.sync("Cem")
    async with stage["Bob"].open() as session:
        source = Source.of_file("source", io.BytesIO(b"what was put up"))
        body, ref = await session.blobs.seal(source, b"\x01" * 16, lambda _done, _all: None)
        values = {field: getattr(body, field) for field in content.Document.__struct_fields__}
        evil = content.Document(**{**values, "name": name})
        await session.writer.write(stage.call, evil, "allies", blobs=[ref])
    deep = tmp_path / "one" / "two" / "downloads"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    outside = everything_but(tmp_path, deep)
    async with stage["Ann"].open() as session:
        await session.sync_all()
        outside = everything_but(tmp_path, deep)
        got = await documents.get_document(session, stage.call.hex(), "01" * 16, None)
    written = Path(got.path).resolve()
    assert written.parent == deep.resolve()
    assert [path.name for path in deep.iterdir()] == [written.name]
    assert written.read_bytes() == b"what was put up"
    assert not written.name.startswith((".", "-"))
    assert PATHS[name].split(".")[0] in written.name
    assert {path for path in everything_but(tmp_path, deep) - outside if path.parent != stage["Ann"].home} == set()


def everything_but(root: Path, folder: Path) -> set[Path]:
    return {path for path in root.rglob("*") if folder not in path.parents}


async def test_s16_s12_a_chunk_that_is_not_the_very_one_is_refused_and_nothing_stays(
    stage: Stage, tmp_path: Path
) -> None:
    first = await stage.put_up("Bob", "first.txt", b"first" * 900)
    second = await stage.put_up("Bob", "second.txt", b"other" * 900)
    ann, out = stage["Ann"], tmp_path / "out" / "file"
    out.parent.mkdir()
    chunks = [blob.chunks[0] for blob in stage.server.spaces[stage.call].blobs.values()]
    lies = [chunks[1], b"", chunks[0][:-1], chunks[0] + b"\x00"]
    lies += [flipped(chunks[0], at) for at in (0, 11, 12, 900, -1)]
    async with ann.open() as session:
        await session.sync_all()
        for lie in lies:
            ann.hostile.change_chunks(give(lie))
            with pytest.raises(SecureCallError) as caught:
                await documents.get_document(session, stage.call.hex(), first, out)
            check_plain(caught.value, 3)
            assert list(out.parent.iterdir()) == []
        ann.hostile.be_honest()
        for document in (first, second):
            await documents.get_document(session, stage.call.hex(), document, out.with_name(document))
    assert (out.parent / second).read_bytes() == b"other" * 900


def give(data: bytes) -> Callable[[bytes], bytes]:
    return lambda _chunk: data
