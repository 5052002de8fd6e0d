"""An exercise in words: its rows are called as the commands take them that speak of a row."""

from msgspec.structs import replace

from securecall_client.cli.exercise_shown import exercise_words
from securecall_client.results.exercises import ExerciseAnswers
from securecall_client.results.templates import FieldShown, QuestionShown
from tests.unit.cli.acts import ID, made


def test_rows_are_called_as_other_commands_take_them_over_all_tables() -> None:
    result = made(ExerciseAnswers)
    assert isinstance(result, ExerciseAnswers)
    activity = FieldShown(name="activity", type="word", title="Activity", words=[], optional=False, points=None)
    tables = [QuestionShown(name=name, type="rows", title=name, columns=[activity]) for name in ("now", "later")]
    said: dict[str, object] = {
        "now": [{"activity": "training"}, {"activity": "relief"}],
        "later": [{"activity": "law"}],
    }
    shown = replace(result, questions=tables, answers=[replace(result.answers[0], questions=said)])
    lines = list(exercise_words(shown))
    for number, word in enumerate(("training", "relief", "law")):
        assert f"  {ID[:8]}:{number}  Activity: {word}" in lines
