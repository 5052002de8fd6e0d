"""Results about exercises."""

from securecall.rights import Circle
from securecall_client.results.common import AnswerState, ExercisePhase, Result, Saved
from securecall_client.results.templates import QuestionShown
from securecall_client.work.map_findings import Map
from securecall_client.work.tally import Tally


class StartedExercise(Result, frozen=True, kw_only=True):
    """An exercise has been started."""

    exercise: str
    title: str
    sealed: bool
    """Whether people write first and reveal together."""
    saved: Saved


class ExerciseLine(Result, frozen=True, kw_only=True):
    """An exercise of a call."""

    exercise: str
    template: str
    title: str
    state: ExercisePhase
    circle: Circle
    sealed: bool
    """Whether it was started sealed: people write first and reveal together."""
    revealed: bool
    """Whether one that was started sealed is revealed."""
    answered: int
    asked: int
    """How many of those in the call who may answer have, and how many may."""


class Exercises(Result, frozen=True, kw_only=True):
    """The exercises of a call."""

    exercises: list[ExerciseLine]


class ExerciseState(Result, frozen=True, kw_only=True):
    """Whether an exercise still takes answers on time. `sealed` and `revealed` are as in `ExerciseLine`."""

    exercise: str
    state: ExercisePhase
    sealed: bool
    revealed: bool
    saved: Saved


class Answered(Result, frozen=True, kw_only=True):
    """An answer given to the exercise `title`, or taken back; `on_behalf_of` names whom it was entered for, if so.

    `state` says whether it came in time; null while it waits on this computer, where nobody can tell yet. `sealed`:
    until the exercise is revealed, its author and the call's owners and chairs alone can open it.
    """

    answer: str
    title: str
    on_behalf_of: str | None
    saved: Saved
    state: AnswerState | None = None
    sealed: bool = False


class AnswerDecided(Result, frozen=True, kw_only=True):
    """Whether a late answer, by `name`, counts in the map and the tally."""

    answer: str
    name: str
    counts: bool
    saved: Saved


class AnswerLine(Result, frozen=True, kw_only=True):
    """An answer to an exercise: `questions` by name, each a value or a list of rows; `rows` those of the first table.

    With `on_behalf`, member and name are of whoever entered it, and org is the organisation it is for; `by_page`: it
    came back of a sealed page, so nobody knows who typed it. `counts` says
    whether the map and the tally take it in: the newest of each member that was not set aside does.
    """

    answer: str
    member: str
    name: str
    org: str
    rows: list[dict[str, object]]
    questions: dict[str, object]
    state: AnswerState
    on_behalf: bool
    by_page: bool
    counts: bool


class Participant(Result, frozen=True, kw_only=True):
    """Somebody who may answer."""

    member: str
    name: str
    org: str


class ExerciseAnswers(Result, frozen=True, kw_only=True):
    """An exercise, what it asks, and the newest answer of everybody, or all versions of one's own.

    Of those who may answer, `answered` have, and `waiting` have not; `writing` are those whom this program heard
    writing in the call, which takes one that stays on the line. `sealed` and `revealed` are as in `ExerciseLine`; of
    a sealed exercise that is not revealed yet, whoever has sent something counts among `answered`.
    """

    exercise: str
    template: str
    title: str
    state: ExercisePhase
    sealed: bool
    revealed: bool
    questions: list[QuestionShown]
    answers: list[AnswerLine]
    answered: list[Participant]
    writing: list[Participant]
    waiting: list[Participant]
    tally: tuple[Tally, ...]


class ExerciseMap(Map, frozen=True):
    """The map of the exercise `title`. `not_revealed`: it is of a sealed one, so for its facilitators alone as yet."""

    title: str
    not_revealed: bool
