"""The fold of sealed exercises: their keys, their answers, and what reveals them (protocol 8.6). Pure.

What is sealed is opened and judged once a `reveal` or its author's `reveal_own` gives the key to it, and then as if it
had been an answer all along, at its own place.
"""

from dataclasses import replace
from typing import Final

from securecall.errors import InvalidError
from securecall.points import check_sealing
from securecall.rights import KEEPERS
from securecall.sentences import sentence
from securecall_client import content
from securecall_client.exercise_kinds import Answer, Exercise, Started
from securecall_client.sealed_kinds import (
    AskAnswers,
    ExerciseKey,
    KeyShare,
    Reveal,
    RevealOwn,
    SealedAnswer,
    SealedExercise,
)
from securecall_client.work import fold_answers
from securecall_client.work.errors import VoidError, WorkError
from securecall_client.work.state import Origin, Sealing, State, Void
from securecall_keys.errors import CannotOpenError
from securecall_keys.sealed_answers import AnswerPlace, check_half, open_answer, secret_by_half
from securecall_keys.secret import Secret

Taken = ExerciseKey | KeyShare | SealedAnswer | Reveal | AskAnswers | RevealOwn
BY_ANYBODY: Final = (SealedAnswer, RevealOwn)


def begin(state: State, origin: Origin, body: SealedExercise, first: int) -> State:
    """A sealed exercise that has just been taken in. Raises: VoidError."""
    return _with_key(state, origin, body.exercise, Sealing(), body.key, first)


def as_open(state: State, body: Started) -> Exercise | None:
    """How an exercise is said again for guests once it is sealed no more; None while it is."""
    if isinstance(body, SealedExercise) and not state.is_sealed(body.exercise):
        return Exercise(body.exercise, body.template)
    return None


def take(state: State, space: bytes, origin: Origin, body: Taken) -> State:
    """Take in a record of one of these kinds. Raises: VoidError."""
    if not isinstance(body, BY_ANYBODY) and origin.role not in KEEPERS:
        raise VoidError("only owners and chairs may say this")
    if isinstance(body, KeyShare):
        # Shares go ahead of what they are to, so that no key ever stands that nobody was given.
        boxes = (*state.key_shares.get((body.exercise, body.key), ()), *body.boxes)
        return replace(state, key_shares={**state.key_shares, (body.exercise, body.key): boxes})
    sealing = _the_sealing(state, origin, body.exercise)
    match body:
        case ExerciseKey():
            return _with_key(state, origin, body.exercise, sealing, body.key, origin.seq)
        case SealedAnswer():
            return _answer(state, space, origin, sealing, body)
        case Reveal():
            return _reveal(state, space, origin, sealing, body)
        case RevealOwn():
            return _reveal_own(state, space, origin, sealing, body)
        case AskAnswers():
            if origin.role != "owner":
                raise VoidError("only owners may say this")
            return _put(state, body.exercise, replace(sealing, asked=sealing.asked or origin))


def key_again(state: State, origin: Origin, first: int, said: ExerciseKey) -> State:
    """A key said again for guests who could not read the place ``first``. Raises: VoidError."""
    sealing = _the_sealing(state, origin, said.exercise)
    known = sealing.keys.get(first)
    if known is None and first in state.unreadable:
        return _with_key(state, origin, said.exercise, sealing, said.key, first)
    if known is None or known[0] != said.key:
        raise VoidError("it repeats something that was not said like that")
    return state


def opened_by_half(state: State, space: bytes, origin: Origin, body: SealedAnswer, half: Secret) -> State:
    """With an answer that is opened by the private half of its exercise's key; void if it does not open."""
    try:
        secret = secret_by_half(body.sealed, answer_place(space, origin, body), half)
    except CannotOpenError:
        return _void(_mark_opened(state, origin, body), origin, sentence("a sealed answer that does not open"))
    return opened(state, space, origin, body, secret)


def opened(state: State, space: bytes, origin: Origin, body: SealedAnswer, secret: Secret) -> State:
    """With an answer that is opened by its secret, and judged as any other; void if it does not open."""
    state = _mark_opened(state, origin, body)
    try:
        said, answer = content.read(open_answer(body.sealed, answer_place(space, origin, body), secret))
        if answer is None and said.kind in ("answer", "answer_for", "by_page"):
            return replace(state, newer=(*state.newer, origin))
        return _judged(state, origin, body, answer)
    except (CannotOpenError, InvalidError):
        return _void(state, origin, sentence("a sealed answer that does not open"))
    except (VoidError, WorkError) as error:
        return _void(state, origin, str(error))


def answer_place(space: bytes, origin: Origin, body: SealedAnswer) -> AnswerPlace:
    """What a sealed answer is bound to where it stands."""
    return AnswerPlace(space, body.exercise, origin.author, origin.record)


def _judged(state: State, origin: Origin, body: SealedAnswer, answer: content.Body | None) -> State:
    given = content.given(answer)
    if given is None:
        raise VoidError("a sealed answer that is none")
    if given.exercise != body.exercise:
        raise VoidError("a sealed answer to another exercise")
    if isinstance(given, Answer):
        return fold_answers.answer(state, origin, given)
    if origin.role not in KEEPERS:
        raise VoidError("only owners and chairs may say this")
    if isinstance(answer, content.ByPage):
        return fold_answers.by_page(state, origin, answer)
    return fold_answers.answer_for(state, origin, given)


def _the_sealing(state: State, origin: Origin, exercise: bytes) -> Sealing:
    fold_answers.the_exercise(state, origin, exercise, sentence("what belongs to a sealed exercise,"))
    sealing = state.sealed.get(exercise)
    if sealing is None:
        raise VoidError("what belongs to a sealed exercise, to one that is not sealed")
    return sealing


def _put(state: State, exercise: bytes, sealing: Sealing) -> State:
    return replace(state, sealed={**state.sealed, exercise: sealing})


def _mark_opened(state: State, origin: Origin, body: SealedAnswer) -> State:
    sealing = state.sealed[body.exercise]
    return _put(state, body.exercise, replace(sealing, opened=sealing.opened | {origin.seq}))


def _void(state: State, origin: Origin, why: str) -> State:
    return replace(state, void=(*state.void, Void(origin.seq, origin.author, why)))


def _with_key(state: State, origin: Origin, exercise: bytes, sealing: Sealing, key: bytes, first: int) -> State:
    """With another key of an exercise, first said at the place ``first``; who made it is known only from there."""
    if any(key == known for known, _ in sealing.keys.values()):
        raise VoidError("a key of an exercise that stands already")
    try:
        check_sealing(key)
    except InvalidError as error:
        raise VoidError("an exercise with a key that is not sound") from error
    maker = origin.device if first == origin.seq else None
    return _put(state, exercise, replace(sealing, keys={**sealing.keys, first: (key, maker)}))


def _answer(state: State, space: bytes, origin: Origin, sealing: Sealing, body: SealedAnswer) -> State:
    if all(body.key != key for key, _ in sealing.keys.values()):
        raise VoidError("an answer that is sealed to no key of its exercise")
    state = _put(state, body.exercise, replace(sealing, answers=(*sealing.answers, (origin, body))))
    half = sealing.halves.get(body.key)
    return state if half is None else opened_by_half(state, space, origin, body, half)


def _reveal(state: State, space: bytes, origin: Origin, sealing: Sealing, body: Reveal) -> State:
    halves = {_key_of(sealing, Secret(half)): Secret(half) for half in body.halves}
    revealed = origin.seq if sealing.revealed is None else sealing.revealed
    sealing = replace(sealing, halves={**sealing.halves, **halves}, revealed=revealed)
    state = _put(state, body.exercise, sealing)
    for at, answer in sealing.answers:
        if answer.key in halves and at.seq not in state.sealed[body.exercise].opened:
            state = opened_by_half(state, space, at, answer, halves[answer.key])
    return state


def _key_of(sealing: Sealing, half: Secret) -> bytes:
    """The key of an exercise that this is the private half of. Raises: VoidError."""
    for key, _ in sealing.keys.values():
        try:
            check_half(half, key)
        except CannotOpenError:
            continue
        return key
    raise VoidError("a reveal with what is no private half of a key of its exercise")


def _reveal_own(state: State, space: bytes, origin: Origin, sealing: Sealing, body: RevealOwn) -> State:
    mine = {at.record: (at, answer) for at, answer in sealing.answers if at.author == origin.author}
    if any(one.record not in mine for one in body.secrets):
        raise VoidError("it reveals an answer that its author did not give")
    for one in body.secrets:
        at, answer = mine[one.record]
        if at.seq not in state.sealed[body.exercise].opened:
            state = opened(state, space, at, answer, Secret(one.secret))
    return state
