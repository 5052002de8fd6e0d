"""What people give to exercises and should not, or that changes under them: told in a sentence, and nothing is lost."""

import json
from pathlib import Path

import pytest

from securecall_client.acts import drafts, exercises, sheets
from securecall_client.cli.answer import raw_from
from securecall_client.cli.exercise_shown import exercise_words, own_words
from securecall_client.errors import FileError, RefusedError
from securecall_client.text import for_terminal
from securecall_client.work.answer_text import MAX_TEXT_BYTES
from securecall_client.work.errors import RowsError, TemplateError
from securecall_client.work.rows import read_answer
from tests.answers import WHO, a_row, answer_of
from tests.simulator.people import Stage, check_plain, the_exercise, unchanged

ROW = {"activity": "training", "place": "KE", "status": "planned"}
BAD: dict[str, tuple[object, str]] = {
    "a number for a word": ([ROW | {"activity": 7}], "Row 1, activity: must be text"),
    "a text for a list": ([ROW | {"needs": "money"}], "Row 1, needs: must be a list"),
    "an unknown place": ([ROW, ROW | {"place": "Freedonia"}], "Row 2, place: “Freedonia” is not a known place"),
    "months backwards": ([ROW | {"from": "2026-05", "to": "2026-04"}], "Row 1, to: 2026-04 lies before 2026-05"),
    "a thousand rows and one": ([ROW] * 1_001, "1001 rows; at most 1000"),
    "an unknown column": ([ROW | {"price": "7"}], "no column “price”"),
    "an override of direction": ([ROW | {"activity": "a\u202eb"}], "hidden mark of writing direction"),
}


async def start(stage: Stage, name: str, **more: object) -> str:
    async with stage["Sec"].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), name, "allies", **more)  # type: ignore[arg-type]
        return started.exercise


async def give(stage: Stage, name: str, exercise: str, raw: dict[str, object]) -> None:
    async with stage[name].open() as session:
        asks = (await exercises.asked(session, stage.call.hex(), exercise)).template
        await exercises.answer_exercise(session, stage.call.hex(), exercise, read_answer(raw, asks))


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_refused_by_row_and_column(case: str) -> None:
    rows, reason = BAD[case]
    with pytest.raises(RowsError) as refused:
        read_answer({"rows": rows}, WHO)
    assert reason in str(refused.value)
    assert len(str(refused.value)) < 220


async def test_more_than_a_record_holds_says_how_much_fits(stage: Stage) -> None:
    await stage.sync("Ann")
    rows = [a_row(f"activity number {n} of many", "KE", "2026-01", "2026-12") for n in range(1_000)]
    async with stage["Ann"].open(offline=True) as session:
        exercise = await the_exercise(session, stage.call)
        with pytest.raises(RefusedError) as refused:
            await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows))
        check_plain(refused.value)
        words = str(refused.value).split()
        fit = int(words[words.index("about") + 1])
        assert 500 < fit < 1_000
        await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows[:fit]))
        with pytest.raises(RefusedError):
            await exercises.answer_exercise(session, stage.call.hex(), exercise, answer_of(*rows[: fit + 1]))
        long = read_answer({"rows": [ROW], "note": "ñ" * 8_000}, WHO)
        await exercises.answer_exercise(session, stage.call.hex(), exercise, long)


@pytest.mark.parametrize("ending", ["csv", "json", "toml", "xlsx"])
async def test_an_answer_of_a_megabyte_is_refused_before_it_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"answer.{ending}"
    path.write_bytes(b"a" * (max(MAX_TEXT_BYTES, sheets.MAX_SHEET_BYTES) + 1))
    with pytest.raises(FileError) as refused:
        await raw_from(path, None, WHO)
    check_plain(refused.value)
    assert "too long" in str(refused.value)


async def test_m17_text_of_any_script_and_formula_like_text_comes_back_as_typed(stage: Stage) -> None:
    typed = ["حقوق الإنسان", "e\u0301tude", "👩🏽‍⚖️", "שלום", "=cmd|' /C calc'!A0", "@SUM(1)", "-2", "ก็"]
    await give(stage, "Ann", "who-does-what", {"rows": [ROW | {"needs": typed}], "note": "=1+1\nسطر"})
    async with stage["Bob"].open() as session:
        shown = await exercises.show_exercise(session, stage.call.hex(), "who-does-what")
    [line] = shown.answers
    assert (line.rows[0]["needs"], line.questions["note"]) == (typed, "=1+1\nسطر")
    words = "\n".join(exercise_words(shown))
    assert "What you need: " + ", ".join(map(for_terminal, typed)) in words
    assert "from any of them:\n    =1+1\n    سطر" in words
    assert json.dumps(line.questions)


async def test_a_template_that_changes_meanwhile_changes_nothing_for_those_who_answer(stage: Stage) -> None:
    path = stage.root / "ours.toml"
    path.write_text(
        'name = "ours"\nversion = 1\ntitle = "Ours"\n[[questions]]\nname = "why"\ntype = "text"\ntitle = "Why"\n'
    )
    exercise = await start(stage, str(path))
    path.write_text(path.read_text().replace('"why"', '"how"').replace("version = 1", "version = 2"))
    await give(stage, "Ann", exercise, {"why": "because"})
    other = await start(stage, str(path), title="Ours again")
    await give(stage, "Ann", other, {"how": "so"})
    async with stage["Bob"].open() as session:
        for known, said in ((exercise, {"why": "because"}), (other, {"how": "so"})):
            shown = await exercises.show_exercise(session, stage.call.hex(), known)
            assert [line.questions for line in shown.answers] == [said]
    with pytest.raises(RowsError, match="There is no question “how”"):
        await give(stage, "Ann", exercise, {"how": "so"})


async def test_a_bad_template_in_a_file_is_refused_by_file_line_and_reason(stage: Stage) -> None:
    path = stage.root / "bad.toml"
    path.write_text(
        'name = "bad"\nversion = 1\ntitle = "Bad"\n\n[[questions]]\nname = "why"\ntype = "planet"\ntitle = "Why"\n'
    )
    with unchanged(stage["Sec"]), pytest.raises(TemplateError) as refused:
        await start(stage, str(path))
    assert str(refused.value).startswith(f"{path}: Line 5: The question “why” is of the type “planet”")
    with pytest.raises(FileError):
        await start(stage, str(stage.root / "none.toml"))
    with pytest.raises(TemplateError, match="There is no template"):
        await start(stage, "none")


async def test_priorities_are_asked_in_seconds_and_counted_by_organisation(stage: Stage) -> None:
    exercise = await start(stage, "priorities", title="What first", choices=["legal aid", "relocation"], way="approval")
    await give(stage, "Ann", exercise, {"priorities": ["relocation"]})
    await give(stage, "Cem", exercise, {"priorities": ["legal aid", "relocation"], "note": "soon"})
    await give(stage, "Sec", exercise, {"priorities": ["legal aid"]})
    async with stage["Bob"].open() as session:
        shown = await exercises.show_exercise(session, stage.call.hex(), exercise)
        mine = await exercises.show_exercise(session, stage.call.hex(), exercise, mine=True)
    [tally] = shown.tally
    assert {scored.word: scored.score for scored in tally.scores} == {"legal aid": 1.5, "relocation": 1}
    assert [voice.people for voice in tally.by_organisation] == [2, 1]
    words = list(exercise_words(shown))
    assert words[0].startswith("What first")
    assert "  1. legal aid: 1.5" in words
    assert "Not yet (1): Bob" in words
    assert list(own_words(mine)) == ["You have not answered this exercise."]


async def test_a_sheet_for_an_exercise_is_no_answer_as_long_as_nothing_is_filled_in(stage: Stage) -> None:
    for ending in ("xlsx", "csv", "toml"):
        path = stage.root / f"sheet.{ending}"
        async with stage["Ann"].open() as session:
            await sheets.export_sheet(session, stage.call.hex(), "who-does-what", path)
        if ending != "toml":
            with pytest.raises(RowsError, match="Nothing stands below the headings"):
                await raw_from(path, None, WHO)
    async with stage["Ann"].open() as session:
        text = (await sheets.export_sheet(session, stage.call.hex(), "who-does-what", None)).text
        assert text == (stage.root / "sheet.toml").read_text("utf-8")
        for bad in ("sheet.pdf", "sheet.csv"):
            with pytest.raises(FileError) as refused:
                await sheets.export_sheet(session, stage.call.hex(), "who-does-what", stage.root / bad)
            check_plain(refused.value)
        assert (await drafts.keeper(session, stage.call.hex(), "who-does-what")).load() is None
