"""Results about exercises."""

from securecall.rights import Circle
from securecall_client.results.common import AnswerState, ExercisePhase, Result, Saved


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
    state: ExercisePhase
    circle: Circle


class Exercises(Result, frozen=True, kw_only=True):
    """The exercises of a call."""

    exercises: list[ExerciseLine]


class ExerciseState(Result, frozen=True, kw_only=True):
    """Whether an exercise still takes answers on time."""

    exercise: str
    state: ExercisePhase
    saved: Saved


class Answered(Result, frozen=True, kw_only=True):
    """An answer given to the exercise `title`, or taken back; `on_behalf_of` names whom it was entered for, if so."""

    answer: str
    title: str
    on_behalf_of: str | None
    saved: Saved


class AnswerLine(Result, frozen=True, kw_only=True):
    """An answer to an exercise: `questions` by name, each a value or a list of rows; `rows` those of the first table.

    With `on_behalf`, member and name are of whoever entered it, and org is the organisation it is for.
    """

    answer: str
    member: str
    name: str
    org: str
    rows: list[dict[str, object]]
    questions: dict[str, object]
    state: AnswerState
    on_behalf: bool


class ExerciseAnswers(Result, frozen=True, kw_only=True):
    """An exercise and the newest answer of everybody."""

    exercise: str
    template: str
    title: str
    state: ExercisePhase
    answers: list[AnswerLine]
