"""Drafts: sealed on the author's computer, shown to nobody until they are sent, and lost by nothing (rows T04, S31)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from securecall_client.acts import calls, drafts, ending, exercises
from securecall_client.clock import now
from securecall_client.drafts import MAX_DRAFT_BYTES, Drafts, Place
from securecall_client.errors import NotFoundError, ProfileError, RefusedError
from securecall_client.results.exercises import Answered
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Raw
from securecall_keys.secret import Secret
from tests.simulator.people import Stage, check_plain, the_exercise

KEY = Secret(bytes(range(32)))
PLACE = Place(b"s" * 32, b"e" * 16)
ROW = {"activity": "training", "place": "FR", "status": "planned"}
WHOLE = {"rows": [ROW], "note": "شكراً"}
SECRET = "a safe house near the harbour"


async def save(stage: Stage, name: str, raw: Raw) -> str | None:
    async with stage[name].open() as session:
        exercise = await the_exercise(session, stage.call)
        return (await drafts.save_draft(session, stage.call.hex(), exercise, raw)).problem


async def send(stage: Stage, name: str) -> Answered:
    async with stage[name].open() as session:
        return await drafts.send_draft(session, stage.call.hex(), await the_exercise(session, stage.call))


async def kept(stage: Stage, name: str) -> dict[str, object]:
    async with stage[name].open(offline=True) as session:
        shown = await drafts.show_draft(session, stage.call.hex(), await the_exercise(session, stage.call))
        return shown.questions


async def test_a_draft_is_for_its_author_alone_until_it_is_sent(stage: Stage) -> None:
    places = stage.places
    assert await save(stage, "Ann", WHOLE) is None
    assert (stage.places, await stage["Bob"].answers(stage.call)) == (places, [])
    assert await kept(stage, "Ann") == WHOLE
    answered = await send(stage, "Ann")
    assert (answered.saved in ("server", "others"), answered.state) == (True, "on time")
    assert await stage["Bob"].answers(stage.call) == ["training"]
    with pytest.raises(NotFoundError) as gone:
        await kept(stage, "Ann")
    check_plain(gone.value)


async def test_what_is_not_whole_is_kept_and_says_what_it_lacks(stage: Stage) -> None:
    problem = await save(stage, "Ann", {"rows": [{"activity": "training", "place": "ZZ"}]})
    assert problem is not None
    assert problem.startswith("Row 1, place")
    with pytest.raises(RowsError):
        await send(stage, "Ann")
    assert await kept(stage, "Ann") == {"rows": [{"activity": "training", "place": "ZZ"}]}
    async with stage["Ann"].open() as session:
        exercise = await the_exercise(session, stage.call)
        assert (await drafts.drop_draft(session, stage.call.hex(), exercise)).dropped
        assert not (await drafts.drop_draft(session, stage.call.hex(), exercise)).dropped


async def test_an_exercise_closed_under_somebodys_hands_keeps_their_text_and_marks_it(stage: Stage) -> None:
    await save(stage, "Ann", WHOLE)
    async with stage["Sec"].open() as session:
        await exercises.close_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    answered = await send(stage, "Ann")
    assert answered.state == "late"
    assert await kept(stage, "Ann") == WHOLE
    assert await stage["Bob"].answers(stage.call) == ["training"]


async def test_t06_an_older_copy_of_a_draft_never_takes_the_place_of_what_was_sent_since(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put back on the disk by whoever uses the computer, or left on another one."""
    await save(stage, "Ann", WHOLE)
    folder = stage["Ann"].home / "drafts"
    [file] = folder.iterdir()
    older = file.read_bytes()
    later = now() + 300
    monkeypatch.setattr("securecall_client.clock.now", lambda: later)
    await save(stage, "Ann", {"rows": [{**ROW, "activity": "shelter"}], "note": None})
    await send(stage, "Ann")
    file.write_bytes(older)
    async with stage["Ann"].open() as session:
        exercise = await the_exercise(session, stage.call)
        assert (await drafts.show_draft(session, stage.call.hex(), exercise)).older
        when = (await drafts.keeper(session, stage.call.hex(), exercise)).when()
        assert when is not None
        assert when.is_older
        with pytest.raises(RefusedError) as caught:
            await drafts.send_draft(session, stage.call.hex(), exercise)
    assert caught.value.code == "older-draft"
    check_plain(caught.value, 1)
    assert await kept(stage, "Ann") == WHOLE
    assert await stage["Bob"].answers(stage.call) == ["shelter"]


async def test_a_draft_that_says_what_was_answered_since_is_no_older_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(stage, "Ann", WHOLE)
    later = now() + 300
    monkeypatch.setattr("securecall_client.clock.now", lambda: later)
    await close_and_send(stage)
    assert (await send(stage, "Ann")).state == "late"


async def close_and_send(stage: Stage) -> None:
    """Ann's draft comes late, and so stays."""
    async with stage["Sec"].open() as session:
        await exercises.close_exercise(session, stage.call.hex(), await the_exercise(session, stage.call))
    assert (await send(stage, "Ann")).state == "late"


async def test_a_draft_on_behalf_of_an_organisation_is_another(stage: Stage) -> None:
    async with stage["Bob"].open() as session:
        exercise = await the_exercise(session, stage.call)
        own = await drafts.keeper(session, stage.call.hex(), exercise)
        other = await drafts.keeper(session, stage.call.hex(), exercise, "Secretariat")
        own.save({"note": "mine"})
        assert other.load() is None
        other.save({"note": "theirs"})
        assert own.load() == {"note": "mine"}


async def test_whoever_saved_a_draft_lately_is_writing(stage: Stage) -> None:
    await save(stage, "Ann", WHOLE)
    async with stage["Ann"].open() as session:
        assert session.drafts.saved_since(stage.call, now() - 60)
        assert not session.drafts.saved_since(stage.call, now() + 60)
        assert not session.drafts.saved_since(stage.coalition, 0)


async def test_r08_with_a_destroyed_call_its_drafts_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await save(stage, "Ann", WHOLE)
    async with stage["Sec"].open() as session:
        await calls.close_call(session, stage.call.hex())
        await ending.destroy_call(session, stage.call.hex())
    await stage.sync("Ann")
    folder = stage["Ann"].home / "drafts"
    assert len(list(folder.iterdir())) == 1
    later = now() + 8 * 24 * 3600
    monkeypatch.setattr("securecall_client.clock.now", lambda: later)
    await stage.sync("Ann")
    assert list(folder.iterdir()) == []


def test_s31_a_file_tells_neither_what_nor_to_what_and_little_of_how_much(tmp_path: Path) -> None:
    sizes = set()
    for text in ("{}", json.dumps({"note": SECRET}), json.dumps({"note": "y" * 800})):
        Drafts(tmp_path, KEY).save(PLACE, text)
        [path] = tmp_path.iterdir()
        data = path.read_bytes()
        sizes.add(len(data))
        assert SECRET.encode() not in data
        assert PLACE.exercise.hex() not in path.name
        assert path.stat().st_mode & 0o777 == 0o600
    assert len(sizes) == 1


def test_a_draft_that_is_too_long_or_damaged(tmp_path: Path) -> None:
    kept = Drafts(tmp_path, KEY)
    kept.save(PLACE, "{}")
    with pytest.raises(RefusedError) as long:
        kept.save(PLACE, "x" * (MAX_DRAFT_BYTES + 1))
    check_plain(long.value)
    draft = kept.load(PLACE)
    assert draft is not None
    assert draft.text == "{}"
    other = Place(PLACE.space, b"f" * 16)
    (tmp_path / other.name).write_bytes((tmp_path / PLACE.name).read_bytes())
    with pytest.raises(ProfileError):
        kept.load(other)


TYPIST = """
import os, signal, sys
from pathlib import Path
from securecall_client.drafts import Drafts, Place
from securecall_keys.secret import Secret
kept = Drafts(Path(sys.argv[1]), Secret(bytes(range(32))))
for number in range(200):
    kept.save(Place(b"s" * 32, b"e" * 16), '{"note": "' + "x" * number * 20 + '", "number": %d}' % number)
    print(number, flush=True)
    sys.stdin.readline() if number == 150 else None
"""


@pytest.mark.slow
def test_t04_a_kill_while_drafts_are_saved_leaves_the_last_or_the_one_before(tmp_path: Path) -> None:
    typist = [sys.executable, "-c", TYPIST, str(tmp_path)]
    with subprocess.Popen(typist, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(40)][-1]
        process.kill()
        said = max([said, *map(int, process.stdout.read().split())])
    draft = Drafts(tmp_path, KEY).load(PLACE)
    assert draft is not None
    assert json.loads(draft.text)["number"] in (said, said + 1)
