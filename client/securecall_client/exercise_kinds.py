"""The records of an exercise: what starts and ends it, and what is answered in it (protocol 8)."""

from typing import Annotated

import msgspec

from securecall.wire import U32, ShortId, Wire
from securecall_client.sealed_kinds import SealedExercise
from securecall_client.work.answer_before import RowsAnswer, as_today
from securecall_client.work.rows import QuestionAnswer

Questions = Annotated[tuple[QuestionAnswer, ...], msgspec.Meta(max_length=64)]
"""An answer to each question of the exercise's template, in its order; none for one that is withdrawn."""


class Exercise(Wire, frozen=True, tag="exercise"):
    """An exercise started, with the whole text of its template, so that a later edit changes nothing."""

    exercise: ShortId
    template: Annotated[str, msgspec.Meta(max_length=16_384)]


class CloseExercise(Wire, frozen=True, tag="close_exercise"):
    """An exercise is closed at this place, as a call is by `Close`."""

    exercise: ShortId


class Answer(Wire, frozen=True, tag="answer"):
    """A member's answer to an exercise; the latest one counts, and one without questions withdraws those before."""

    exercise: ShortId
    questions: Questions


class AnswerFor(Wire, frozen=True, tag="answer_for"):
    """An answer that an owner or chair entered for an organisation, until one of its own people answers.

    Of the organisation it holds the id alone: guests, who may read it, learn no name.
    """

    exercise: ShortId
    organisation: ShortId
    questions: Questions


class CountAnswer(Wire, frozen=True, tag="count_answer"):
    """Whether the late answer at the place ``at`` counts, by an owner or chair; the latest word on it holds."""

    exercise: ShortId
    at: U32
    counts: bool


class AnswerBefore(Wire, frozen=True, tag="answer"):
    """Version 1 of `Answer`."""

    exercise: ShortId
    questions: Annotated[list[RowsAnswer], msgspec.Meta(max_length=64)]

    def today(self) -> Answer:
        """The same as it is written today."""
        return Answer(self.exercise, as_today(self.questions))


class AnswerForBefore(Wire, frozen=True, tag="answer_for"):
    """Version 1 of `AnswerFor`."""

    exercise: ShortId
    organisation: ShortId
    questions: Annotated[list[RowsAnswer], msgspec.Meta(max_length=64)]

    def today(self) -> AnswerFor:
        """The same as it is written today."""
        return AnswerFor(self.exercise, self.organisation, as_today(self.questions))


Started = Exercise | SealedExercise
"""What starts an exercise."""
Given = Answer | AnswerFor
"""What is said in one."""
ExerciseBody = Exercise | CloseExercise | Answer | AnswerFor | CountAnswer
EXERCISES: dict[tuple[str, int], type[ExerciseBody]] = {
    ("exercise", 1): Exercise,
    ("close_exercise", 1): CloseExercise,
    ("answer", 2): Answer,
    ("answer_for", 2): AnswerFor,
    ("count_answer", 1): CountAnswer,
}
