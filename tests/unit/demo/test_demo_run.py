"""A run of the demonstration is held only if every check was made and held, and says where it was not."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from securecall_client.demo import closing, papers, rows, run
from securecall_client.demo.canaries import FEWEST, Canaries
from securecall_client.demo.cast import CAST
from securecall_client.demo.checks import Check, Checks
from securecall_client.demo.person import CommandError
from securecall_client.demo.report import Narrator, Report
from securecall_client.demo.scene import Scene
from securecall_client.demo.store import WAL
from securecall_client.errors import SecureCallError
from securecall_client.work import map as mapping
from securecall_client.work import template
from securecall_client.work.map_picture import to_svg
from securecall_client.work.map_rows import proposals, read_map_rows
from securecall_keys.secret import Secret
from tests.answers import parse_answer

pytestmark = pytest.mark.slow


class Silent:
    """Says nothing."""

    def line(self, text: str, hint: str = "") -> None: ...

    def progress(self, what: str, done: int, total: int) -> None: ...


def say(words: str, held: bool) -> run.Play:
    """A play that makes one check."""

    async def play(scene: Scene) -> None:
        scene.checks.hold(words, held)

    return play


async def break_off(_: Scene) -> None:
    raise CommandError("Somebody's command left with 1.")


async def nothing(_: Scene) -> None:
    return


def played(folder: Path, *steps: Sequence[run.Play]) -> Report:
    scene = Scene(folder, Checks(lambda _: None))
    return asyncio.run(run.play(scene, Narrator(Silent()), [(f"step {n}", step) for n, step in enumerate(steps)]))


def test_thirty_people_play() -> None:
    roles = Counter(who.role for who in CAST.values())
    assert roles == {"owner": 2, "chair": 1, "guest": 1, "member": 23 + 2 + 1}
    assert len({who.name for who in CAST.values()}) == len({who.label for who in CAST.values()}) == 30


def test_a_run_whose_checks_all_held_is_held(tmp_path: Path) -> None:
    report = played(tmp_path, [say("one", True)], [say("two", True), say("three", True)])
    assert report.held
    assert "All 3 checks held" in "\n".join(report.words())


def test_a_failed_check_stops_nothing_and_is_named(tmp_path: Path) -> None:
    report = played(tmp_path, [say("the sky is green", False)], [say("two", True)])
    assert [(step.played, step.held) for step in report.steps] == [(True, False), (True, True)]
    assert not report.held
    assert "Did not hold: the sky is green" in "\n".join(report.words())


def test_a_step_without_checks_is_not_held(tmp_path: Path) -> None:
    assert not played(tmp_path, [say("one", True)], [nothing]).held
    assert not played(tmp_path).held


def test_what_breaks_off_skips_to_the_search(tmp_path: Path) -> None:
    report = played(tmp_path, [break_off], [say("unseen", True)], [say("unseen", True), say("searched", True)])
    assert [step.played for step in report.steps] == [False, False, False]
    assert [check.words for step in report.steps for check in step.checks] == ["searched"]
    assert report.failure == "Somebody's command left with 1."
    assert not report.held


def test_a_check_of_two_values_tells_both_where_they_differ() -> None:
    told: list[Check] = []
    checks = Checks(told.append)
    assert checks.same("numbers", 1, 1, "fine")
    assert not checks.same("numbers", 1, 2, "fine")
    assert [check.detail for check in told] == ["fine", "found 1 where 2 was wanted"]
    assert not checks.held


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch) -> Path:
    """Where `tempfile` puts things now."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(run, "compile_once", lambda: None)
    return tmp_path


def test_exit_code_and_folder_of_a_run_that_held(temporary: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(run, "STEPS", [("fine", [say("one", True)])])
    assert run.main(keep=False, json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["held"], document["left"], document["failure"]) == (True, None, None)
    assert list(temporary.iterdir()) == []


def test_exit_code_and_folder_of_a_run_that_did_not(temporary: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(run, "STEPS", [("wrong", [say("one", False)])])
    assert run.main(keep=False, json=True) == 1
    left = json.loads(capsys.readouterr().out)["left"]
    assert [Path(left["folder"])] == list(temporary.iterdir())


def test_a_missing_package_is_one_sentence(monkeypatch) -> None:
    missing = "sqlalchemy"
    monkeypatch.setattr(f"{run.__name__}.find_spec", lambda name: None if name == missing else find_spec(name))
    with pytest.raises(SecureCallError, match="sqlalchemy is missing") as caught:
        run.main(keep=False, json=False)
    assert caught.value.exit_code == 1
    assert "extras" in str(caught.value.hint)


@pytest.fixture
def searched(tmp_path: Path) -> Scene:
    """A scene with enough planted, and with files where a server and a proxy would have put theirs."""
    scene = Scene(tmp_path, Checks(lambda _: None))
    scene.canaries.plant(*(f"canary number {number}" for number in range(FEWEST)))
    scene.canaries.plant_keys([Secret(bytes(range(32)))])
    for folder in (scene.wire, scene.server.data, scene.server.logs):
        folder.mkdir()
        (folder / "file").write_bytes(b"nothing to see")
    (scene.server.data / WAL).write_bytes(b"nothing here either")
    return scene


def failed(scene: Scene) -> list[str]:
    asyncio.run(closing.search(scene))
    return [check.words for check in scene.checks.made if not check.held]


def test_a_search_that_finds_nothing_holds(searched: Scene) -> None:
    assert failed(searched) == []
    assert len(searched.checks.made) == 4


@pytest.mark.parametrize("where", ["wire", "server", "server-logs"])
@pytest.mark.parametrize("leak", ["canary number 7".encode("utf-16-le"), bytes(range(32)).hex().encode()])
def test_a_finding_fails_the_check(searched: Scene, where: str, leak: bytes) -> None:
    (searched.folder / where / "leak").write_bytes(b"before" + leak + b"after")
    (words,) = failed(searched)
    assert words.startswith("none of them stands")
    assert bytes(range(32)).hex() not in str(searched.checks.made)


def test_a_search_without_a_wal_or_with_few_strings_does_not_hold(searched: Scene) -> None:
    (searched.server.data / WAL).unlink()
    del searched.canaries.strings[FEWEST - 1 :]
    assert len(failed(searched)) == 2


def test_lines_of_a_document_are_planted_from_all_over_it() -> None:
    canaries = Canaries()
    text = "\n".join(
        ["| - | - |", "short line", *(f"a line with enough words in it, number {n:03}" for n in range(100))]
    )
    canaries.plant_lines(text)
    assert len(canaries.strings) == 4
    assert {line[-3:] for line in canaries.strings} == {"000", "025", "050", "075"}


def test_the_map_of_the_answers_is_what_was_worked_out_by_hand() -> None:
    asked = template.load("who-does-what")
    organisations = {"secretariat": "Harbour Secretariat", "focal": "Lagoon Observatory"}
    organisations |= {"ally": "Lantern Legal Fund", "seized": "Paper Kite Alliance"}
    answers = [
        mapping.Answer(
            part, name, name, read_map_rows(parse_answer(json.dumps(rows.FINAL[part]), "json", asked), asked)
        )
        for part, name in organisations.items()
    ]
    drawn = mapping.draw(answers, proposals(asked))
    overlaps = [(one.activity, one.places, one.from_, one.to, one.organisations) for one in drawn.overlaps]
    assert sorted(overlaps) == sorted(rows.OVERLAPS)
    assert sorted((one.activity, one.place) for one in drawn.gaps) == sorted(rows.GAPS)
    assert sorted((one.need, one.organisations) for one in drawn.matches) == sorted(rows.MATCHES)
    svg = to_svg(drawn, "Who does what")
    marks = svg.count("<circle "), svg.count("<polygon ")
    assert marks == (len({(one[0], place) for one in rows.OVERLAPS for place in one[1]}) + 1, len(rows.GAPS) + 1)


def test_without_the_project_around_it_texts_are_made_up_and_it_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(papers, "__file__", str(tmp_path / "a" / "b" / "c" / "papers.py"))
    desk = tmp_path / "desk"
    desk.mkdir()
    laid = papers.lay_out(desk, 1)
    assert laid.origin == "text made up in place of README.md and protocol.md"
    canaries = Canaries()
    for text in laid.texts:
        canaries.plant_lines(text)
    assert len(canaries.strings) == 8
    assert laid.files[-1].stat().st_size == 1024 * 1024
