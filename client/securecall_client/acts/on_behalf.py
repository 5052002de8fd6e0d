"""Answers on behalf of an organisation: entered by owners and chairs of a call, marked so, confirmed by its people.

Some allies will never install anything; what they say on the telephone still belongs on the map (protocol 8).
"""

from securecall.sentences import sentence
from securecall_client import content
from securecall_client.acts.exercises import answered, the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.organisations import find_organisation
from securecall_client.acts.rights import need_keeper
from securecall_client.acts.taking_part import entered_for, spoken
from securecall_client.acts.too_much import need_room
from securecall_client.errors import NotFoundError, RefusedError, SecureCallError
from securecall_client.exercise_keys import see_to
from securecall_client.exercise_kinds import Answer, AnswerFor, Started
from securecall_client.results.exercises import Answered
from securecall_client.sealed_answers import room
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.rows import Given


async def organisation_for(session: Session, call: str, exercise: str, org: str) -> content.Organisation:
    """The organisation that ``org`` names, if one may answer this exercise on its behalf now.

    Raises: NotFoundError, RefusedError (no owner or chair of the call, or its people have answered), ProofError.
    """
    view = (await the_call(session, call)).unsealed()
    _, body = the_exercise(view, exercise)
    need_keeper(session, view, sentence("answer on behalf of others"))
    organisation = find_organisation(await session.view(session.coalition), org)
    themselves = spoken(view, body.exercise, organisation.organisation)
    if themselves:
        raise RefusedError(
            sentence(
                "%(themselves)s of %(name)s has answered, and that counts alone. Nothing was saved.",
                themselves=themselves[0],
                name=organisation.name,
            ),
            code="answered-already",
        )
    return organisation


async def answer_for(
    session: Session, call: str, exercise: str, org: str, given: Given, *, page: bytes | None = None
) -> Answered:
    """Answer an exercise on behalf of an organisation; it counts until one of its own people answers.

    ``page``: the sealed page that the answer came back of, if any. Raises: as `organisation_for`.
    """
    organisation = await organisation_for(session, call, exercise, org)
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    need_room(body, given, room(view.state, body.exercise))
    await see_to(session, view.space)
    answer: content.Body = AnswerFor(body.exercise, organisation.organisation, given)
    if page is not None:
        answer = content.ByPage(page, organisation.organisation, Answer(body.exercise, given))
    record, saved = await session.writer.write(view.space, answer, origin.circle)
    return await answered(session, view.space, record, body, saved, organisation.name)


async def confirm_answer(session: Session, call: str, exercise: str) -> Answered:
    """Give, as one's own answer, the rows that were entered on behalf of one's organisation.

    It is the rows that count: those that were set aside are not among them. Only rows that were on this computer
    before: whoever entered them cannot change them under a person's hand.

    Raises: NotFoundError (there are none), RefusedError (somebody of the organisation has answered, or they are new
    here, or sealed), ProofError.
    """
    had = {space: (await session.view(space)).chain.next_seq for space in session.spaces()}
    view = (await the_call(session, call)).unsealed()
    origin, body = the_exercise(view, exercise)
    mine = view.state.organisation(session.member)
    entered = entered_for(view, body.exercise, mine) if mine is not None else None
    if mine is None or entered is None:
        raise _nothing_to_confirm(view, body, mine)
    themselves = spoken(view, body.exercise, mine)
    if themselves:
        raise RefusedError(
            sentence(
                "%(themselves)s has answered for your organisation already, and that counts alone. Nothing was saved.",
                themselves=themselves[0],
            ),
            code="answered-already",
            hint="To change your own answer: securecall exercise answer CALL EXERCISE --file ROWS",
        )
    if entered[0].seq >= had.get(view.space, 0):
        raise RefusedError(
            "What was entered on behalf of your organisation is new to this computer. Nothing was saved.",
            hint="Look at it first: securecall exercise show CALL EXERCISE. Then confirm it.",
            code="not-seen",
        )
    answer = Answer(body.exercise, entered[1].questions)
    record, saved = await session.writer.write(view.space, answer, origin.circle)
    return await answered(session, view.space, record, body, saved)


def _nothing_to_confirm(view: SpaceView, body: Started, mine: bytes | None) -> SecureCallError:
    if view.state.is_sealed(body.exercise):
        return RefusedError(
            "This exercise is sealed, so you cannot read yet whether anything was entered on behalf of your "
            "organisation. Nothing was saved.",
            hint="Answer it yourself (securecall exercise answer CALL EXERCISE), or confirm once it is revealed.",
            code="sealed",
        )
    if mine is not None and (body.exercise, mine) in view.state.answers_for:
        return NotFoundError(
            "What was entered on behalf of your organisation counts no more, so there is nothing to confirm.",
            hint="Answer it yourself: securecall exercise answer CALL EXERCISE",
        )
    return NotFoundError("Nobody has answered this on behalf of your organisation, so there is nothing to confirm.")
