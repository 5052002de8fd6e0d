"""The records of a sealed exercise, in which people write first and reveal together (protocol 8.6)."""

from typing import Annotated

import msgspec

from securecall.wire import Id, ShortId, Wire
from securecall_keys.sealed_answers import DeviceBox, SealedText, SealingKey

BOXES = 40
"""Boxes in one record, so that it stays below the size of a record."""


class SealedExercise(Wire, frozen=True, tag="sealed_exercise"):
    """An exercise started whose answers stay sealed until they are revealed; ``key`` is its first key."""

    exercise: ShortId
    template: Annotated[str, msgspec.Meta(max_length=16_384)]
    key: SealingKey


class ExerciseKey(Wire, frozen=True, tag="exercise_key"):
    """Another key of a sealed exercise, to which answers go from this place on."""

    exercise: ShortId
    key: SealingKey


class KeyShare(Wire, frozen=True, tag="key_share"):
    """The private half of a key of an exercise, passed on to devices of its facilitators."""

    exercise: ShortId
    key: SealingKey
    boxes: Annotated[list[DeviceBox], msgspec.Meta(min_length=1, max_length=BOXES)]


class SealedAnswer(Wire, frozen=True, tag="sealed_answer"):
    """An answer to a sealed exercise; under its own seal the content of an `Answer`, an `AnswerFor`
    or a `ByPage`.
    """

    exercise: ShortId
    key: SealingKey
    sealed: SealedText


class Reveal(Wire, frozen=True, tag="reveal"):
    """A sealed exercise is revealed: private halves of its keys, for all who can read this."""

    exercise: ShortId
    halves: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=64)]

    def __repr__(self) -> str:
        return f"Reveal({self.exercise.hex()})"


class AskAnswers(Wire, frozen=True, tag="ask_answers"):
    """An owner asks everybody to reveal their own answer, since nobody is left who could reveal all."""

    exercise: ShortId


class AnswerSecret(Wire, frozen=True):
    """The secret of a sealed answer of one's own."""

    record: ShortId
    secret: Id

    def __repr__(self) -> str:
        return f"AnswerSecret({self.record.hex()})"


class RevealOwn(Wire, frozen=True, tag="reveal_own"):
    """An author reveals answers of their own."""

    exercise: ShortId
    secrets: Annotated[list[AnswerSecret], msgspec.Meta(min_length=1, max_length=64)]


Sealed = SealedExercise | ExerciseKey | KeyShare | SealedAnswer | Reveal | AskAnswers | RevealOwn
SEALED: dict[tuple[str, int], type[Sealed]] = {
    ("sealed_exercise", 1): SealedExercise,
    ("exercise_key", 1): ExerciseKey,
    ("key_share", 1): KeyShare,
    ("sealed_answer", 1): SealedAnswer,
    ("reveal", 1): Reveal,
    ("ask_answers", 1): AskAnswers,
    ("reveal_own", 1): RevealOwn,
}
