"""Whether a late answer counts: shown it is in any case, and never dropped; owners and chairs decide."""

from securecall.sentences import sentence
from securecall_client.acts.exercises import the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import need_keeper
from securecall_client.errors import RefusedError
from securecall_client.exercise_kinds import CountAnswer
from securecall_client.results.exercises import AnswerDecided
from securecall_client.session import Session
from securecall_client.work.answers import find_answer
from securecall_client.work.lateness import answer_state


async def decide_answer(session: Session, call: str, exercise: str, answer: str, *, counts: bool) -> AnswerDecided:
    """Say whether a late answer counts in the map and the tally; the latest word on it holds.

    Raises: NotFoundError, RefusedError (no owner or chair, or the answer came in time).
    """
    view = await the_call(session, call)
    exercise_at, body = the_exercise(view, exercise)
    need_keeper(session, view, sentence("say which late answers count"))
    origin, _ = find_answer(view.state, answer, body.exercise)
    if answer_state(view.state, body.exercise, origin) != "late":
        raise RefusedError("That answer came in time, so it counts. Nothing was changed.", code="not-late")
    word = CountAnswer(body.exercise, origin.seq, counts)
    _, saved = await session.writer.write(view.space, word, exercise_at.circle)
    name = view.state.name(origin.author)
    return AnswerDecided(answer=origin.record.hex(), name=name, counts=counts, saved=saved)
