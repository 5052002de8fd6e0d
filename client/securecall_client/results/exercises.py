"""Results about exercises."""

from typing import Literal

from securecall.rights import Circle
from securecall_client.results.common import AnswerState, Result, Saved


class StartedExercise(Result, frozen=True, kw_only=True):
    """An exercise has been started."""

    exercise: str
    title: str
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
    """An answer given, to the exercise `title`; `on_behalf_of` names the organisation it was entered for, if so."""

    answer: str
    title: str
    on_behalf_of: str | None
    saved: Saved


class AnswerLine(Result, frozen=True, kw_only=True):
    """An answer to an exercise; `rows` in the shape of `docs/cli.md`.

    With `on_behalf`, member and name are of whoever entered it, and org is the organisation it is for.
    """

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
    title: str
    state: Literal["open", "closed"]
    answers: list[AnswerLine]
