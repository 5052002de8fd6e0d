"""Revealing a sealed exercise: all its answers at once, or each author their own where nobody is left who could
(protocol 8.6).
"""

from securecall.sentences import sentence
from securecall_client.acts.exercises import exercise_state, is_revealed, the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import need_keeper, need_owner
from securecall_client.errors import RefusedError
from securecall_client.results.exercises import ExerciseState
from securecall_client.sealed_answers import held_halves
from securecall_client.sealed_kinds import AskAnswers, Reveal
from securecall_client.session import Session
from securecall_client.view import SpaceView


async def reveal_exercise(session: Session, call: str, exercise: str) -> ExerciseState:
    """Reveal a sealed exercise: everybody it is for can read its answers from now on. Also in a closed call.

    Raises: NotFoundError, RefusedError (not sealed, revealed, no right, or no key here), ProofError.
    """
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    _need_sealed(view, body.exercise)
    if is_revealed(view, body.exercise):
        raise _revealed()
    need_keeper(session, view, sentence("reveal an exercise"))
    halves = held_halves(view.state, view.space, body.exercise, session.device)
    if not halves:
        raise RefusedError(
            "This computer was not given the key of this exercise yet. Nothing was changed.",
            hint="Another owner's or chair's SecureCall passes it on by itself once it is online. If nobody is left who"
            " has it, an owner asks all authors for theirs: securecall exercise reveal CALL EXERCISE --ask-authors",
            code="no-key",
        )
    said = Reveal(body.exercise, [half.expose() for half in halves.values()][-64:])
    _, saved = await session.writer.write(view.space, said, origin.circle)
    return exercise_state(await session.view(view.space), body.exercise, saved)


async def ask_authors(session: Session, call: str, exercise: str) -> ExerciseState:
    """Ask everybody to reveal their own answer to a sealed exercise, which their SecureCall does by itself.

    For an owner, where nobody is left who holds the key to what is sealed as yet.

    Raises: NotFoundError, RefusedError (not sealed, revealed, no right, or the key is here), ProofError.
    """
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    _need_sealed(view, body.exercise)
    need_owner(session, view, sentence("ask for answers"))
    sealing = view.state.sealed[body.exercise]
    shut = {answer.key for at, answer in sealing.answers if at.seq not in sealing.opened}
    if is_revealed(view, body.exercise) and not shut:
        raise _revealed()
    halves = held_halves(view.state, view.space, body.exercise, session.device)
    if halves and shut <= halves.keys():
        raise RefusedError(
            "You can reveal all answers yourself. Nothing was changed.",
            hint="securecall exercise reveal CALL EXERCISE",
            code="has-key",
        )
    _, saved = await session.writer.write(view.space, AskAnswers(body.exercise), origin.circle)
    return exercise_state(await session.view(view.space), body.exercise, saved)


def _need_sealed(view: SpaceView, exercise: bytes) -> None:
    if exercise not in view.state.sealed:
        raise RefusedError("This exercise is not sealed: everybody it is for reads its answers.", code="not-sealed")


def _revealed() -> RefusedError:
    return RefusedError("This exercise is revealed already.", code="revealed")
