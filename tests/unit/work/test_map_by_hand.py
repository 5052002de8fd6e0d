"""The map of 25 organisations, which somebody worked out by hand before the code ran (`tests/data/map-25`)."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from securecall.sentences import plain
from securecall_client.work.answer_text import Format
from securecall_client.work.map import Answer, draw
from securecall_client.work.map_rows import proposals, read_map_rows
from securecall_client.work.template import parse
from tests.answers import parse_answer

FOLDER = Path(__file__).parents[2] / "data" / "map-25"
FORMATS: dict[str, Format] = {".toml": "toml", ".json": "json", ".csv": "csv"}
ASKS = parse((FOLDER / "template.toml").read_text("utf-8"))
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))


def _answers() -> list[Answer]:
    listed = tomllib.loads((FOLDER / "organisations.toml").read_text("utf-8"))["answers"]
    assert {one["file"] for one in listed} == {path.name for path in (FOLDER / "answers").iterdir()}
    return [_answer(FOLDER / "answers" / one["file"], one["name"], one.get("on_behalf", False)) for one in listed]


def _answer(path: Path, name: str, on_behalf: bool) -> Answer:
    given = parse_answer(path.read_bytes().decode("utf-8"), FORMATS[path.suffix], ASKS)
    return Answer(path.stem, name, name, read_map_rows(given, ASKS), on_behalf)


def _as_written(finding: dict[str, object]) -> dict[str, object]:
    """A finding in the form of the file: what is open or empty is left out, rows are in short."""
    plain = {name: value for name, value in finding.items() if value is not None}
    rows = finding["rows"]
    assert isinstance(rows, tuple)
    return plain | {"rows": [f"{ref['answer']}:{ref['row']}" for ref in rows]}


DRAWN = msgspec.to_builtins(draw(_answers(), proposals(ASKS)), enc_hook=plain)


def test_there_are_25_organisations() -> None:
    assert len({answer.organisation for answer in _answers()}) == 25


@pytest.mark.parametrize("kind", ["overlaps", "gaps", "matches", "alone", "matrix"])
def test_what_was_worked_out_by_hand_comes_out_exactly(kind: str) -> None:
    found = [{n: list(v) if isinstance(v, tuple) else v for n, v in _as_written(one).items()} for one in DRAWN[kind]]
    assert found == EXPECTED[kind]


def test_who_has_not_confirmed_is_told() -> None:
    assert list(DRAWN["on_behalf"]) == EXPECTED["on_behalf"]
