"""Results about exercises."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.common import AnswerState, Result, Saved


class StartedExercise(Result, frozen=True, kw_only=True):
    """An exercise has been started."""

    exercise: str
    saved: Saved


class ExerciseLine(Result, frozen=True, kw_only=True):
    """An exercise of a call."""

    exercise: str
    template: str
    title: str
    state: Literal["open", "closed"]
    circle: Circle


class Exercises(Result, frozen=True, kw_only=True):
    """The exercises of a call."""

    exercises: list[ExerciseLine]


class Answered(Result, frozen=True, kw_only=True):
    """An answer given."""

    answer: str
    saved: Saved


class AnswerLine(Result, frozen=True, kw_only=True):
    """An answer to an exercise; `rows` in the shape of `docs/cli.md`."""

    answer: str
    member: str
    name: str
    org: str
    rows: list[dict[str, object]]
    state: AnswerState
    on_behalf: bool


class ExerciseAnswers(Result, frozen=True, kw_only=True):
    """An exercise and the newest answer of everybody."""

    exercise: str
    template: str
    state: Literal["open", "closed"]
    answers: list[AnswerLine]
