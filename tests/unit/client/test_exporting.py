"""A call as plain files: what is in the folder, and what is said to be missing (row F01)."""

import json
from pathlib import Path

import pytest

from securecall_client.acts import ending, exporting, withdrawing
from securecall_client.errors import FileError
from securecall_client.results.calls import Exported
from tests.simulator.people import CALL, Stage, check_plain


async def export(stage: Stage, name: str, folder: Path) -> Exported:
    async with stage[name].open() as session:
        return await exporting.export_call(session, stage.call.hex(), folder)


async def test_roster_exercises_maps_and_documents_are_written_for_this_user_alone(stage: Stage) -> None:
    await stage.put_up("Ann", "notes.txt", b"what was said")
    await stage.put_up("Bob", "gone.txt", b"taken back")
    async with stage["Bob"].open() as session:
        await withdrawing.withdraw_document(session, stage.call.hex(), "gone.txt")
    await stage["Ann"].answer(stage.call, "legal aid")
    kept = stage.root / "kept"
    made = await export(stage, "Cem", kept)
    assert (made.title, made.missing) == (CALL, ["gone.txt"])
    assert sorted(made.files) == sorted(path.name for path in kept.iterdir())
    assert (kept / "notes.txt").read_bytes() == b"what was said"
    call = json.loads((kept / "call.json").read_bytes())
    assert {member["name"] for member in call["members"]} == {"Sec", "Bob", "Ann", "Cem"}
    assert not any(member["you"] for member in call["members"]), "what is handed on does not say who took it along"
    shown = json.loads((kept / "exercise-1-who-does-what.json").read_bytes())
    assert [row["activity"] for answer in shown["answers"] for row in answer["rows"]] == ["legal aid"]
    assert "legal aid" in (kept / "exercise-1-who-does-what-map.csv").read_text()
    assert {kept.stat().st_mode & 0o777, *(path.stat().st_mode & 0o077 for path in kept.iterdir())} == {0o700, 0}


async def test_f07_f01_names_from_others_stay_in_the_folder_and_take_no_file_of_ours(stage: Stage) -> None:
    await stage.put_up("Ann", "call.json", b"not the call")
    made = await export(stage, "Cem", stage.root / "kept")
    assert {"call.json", "call (2).json"} <= set(made.files)
    assert json.loads((stage.root / "kept" / "call.json").read_bytes())["title"] == CALL


async def test_of_a_destroyed_call_all_but_the_documents_can_be_kept(stage: Stage) -> None:
    await stage.put_up("Ann", "notes.txt", b"what was said")
    await stage.sync("Cem")
    async with stage["Sec"].open() as session:
        await ending.destroy_call(session, stage.call.hex())
    made = await export(stage, "Cem", stage.root / "kept")
    assert made.missing == ["notes.txt"]
    assert "exercise-1-who-does-what.json" in made.files


async def test_a_folder_with_something_in_it_is_left_as_it_is(stage: Stage) -> None:
    kept = stage.root / "kept"
    kept.mkdir()
    (kept / "mine.txt").write_text("mine")
    with pytest.raises(FileError) as caught:
        await export(stage, "Cem", kept)
    check_plain(caught.value)
    assert [path.name for path in kept.iterdir()] == ["mine.txt"]
