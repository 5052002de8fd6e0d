"""Exercises of a call: start, answer, show, and the map (protocol 8)."""

from collections.abc import Sequence, Set
from typing import NamedTuple

from nacl.utils import random

from securecall.rights import Circle
from securecall.sentences import sentence
from securecall_client.acts.named import the_call
from securecall_client.acts.parties import ballots, organisation_name
from securecall_client.acts.rights import need_keeper, need_open
from securecall_client.acts.taking_part import counting, latest, own_versions, participation, places_of
from securecall_client.acts.templates import outline, read_template
from securecall_client.acts.too_much import need_room
from securecall_client.errors import ClosedError, RefusedError
from securecall_client.exercise_keys import make_key, see_to
from securecall_client.exercise_kinds import Answer, AnswerFor, CloseExercise, Exercise, Given, Started
from securecall_client.results.common import ExercisePhase, Saved
from securecall_client.results.exercises import (
    Answered,
    AnswerLine,
    ExerciseAnswers,
    ExerciseLine,
    Exercises,
    ExerciseState,
    StartedExercise,
)
from securecall_client.sealed_answers import room
from securecall_client.sealed_kinds import SealedExercise
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.answers import given_in
from securecall_client.work.find import find
from securecall_client.work.lateness import answer_state, phase
from securecall_client.work.rows import Given as GivenAnswer
from securecall_client.work.rows import table_to_json, to_json
from securecall_client.work.state import Origin
from securecall_client.work.tally import tally
from securecall_client.work.template_text import Way, filled


class Asked(NamedTuple):
    """What an exercise asks, the country of its call, and whether it is open."""

    template: template.Template
    country: str
    state: ExercisePhase


async def start_exercise(
    session: Session,
    call: str,
    name: str,
    circle: Circle,
    *,
    title: str | None = None,
    choices: Sequence[str] = (),
    way: Way | None = None,
    sealed: bool = False,
    text: str | None = None,
) -> StartedExercise:
    """Start an exercise from a template, by name or file, with a title and a list to choose from in place of its own.
    ``sealed``: people write first and reveal together. ``text``: the template itself, in place of the one named.

    Raises: TemplateError, FileError, ClosedError, RefusedError.
    """
    text = filled(read_template(name) if text is None else text, title=title, choices=choices, way=way)
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, sentence("start exercises"))
    exercise = random(16)
    body: Started = Exercise(exercise, text)
    if sealed:
        body = SealedExercise(exercise, text, await make_key(session, view, exercise, circle))
    _, saved = await session.writer.write(view.space, body, circle)
    return StartedExercise(exercise=exercise.hex(), title=template.parse(text).title, sealed=sealed, saved=saved)


async def list_exercises(session: Session, call: str) -> Exercises:
    """The call's exercises, in the order they were started."""
    view = (await the_call(session, call)).unsealed()
    return Exercises(exercises=[_line(session, view, *one) for one in view.state.exercises.values()])


def _line(session: Session, view: SpaceView, origin: Origin, body: Started) -> ExerciseLine:
    have, _, waiting = participation(session, view, origin.circle, body.exercise)
    return ExerciseLine(
        exercise=body.exercise.hex(),
        template=template.parse(body.template).name,
        title=template.parse(body.template).title,
        state=phase(view.state, body.exercise),
        circle=origin.circle,
        sealed=body.exercise in view.state.sealed,
        revealed=is_revealed(view, body.exercise),
        answered=len(have),
        asked=len(have) + len(waiting),
    )


async def unanswered(session: Session, call: str) -> list[str]:
    """The ids of the open exercises that one may answer and has not, in the order they were started."""
    view, me = (await the_call(session, call)).unsealed(), session.member.hex()
    return [
        exercise.hex()
        for exercise, (origin, _) in view.state.exercises.items()
        if phase(view.state, exercise) == "open"
        and any(one.member == me for one in participation(session, view, origin.circle, exercise)[2])
    ]


async def asked(session: Session, call: str, exercise: str) -> Asked:
    """What an exercise asks, for whoever is about to answer it. Raises: NotFoundError."""
    view = await the_call(session, call)
    _, body = the_exercise(view, exercise)
    country = view.state.call.country if view.state.call else ""
    return Asked(template.parse(body.template), country, phase(view.state, body.exercise))


async def answer_exercise(session: Session, call: str, exercise: str, given: GivenAnswer) -> Answered:
    """Answer an exercise; the latest answer counts. Also possible once the call is closed: it is shown as late.

    Raises: NotFoundError, RefusedError (also for more than a record holds).
    """
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    need_room(body, given, room(view.state, body.exercise))
    await see_to(session, view.space)
    record, saved = await session.writer.write(view.space, Answer(body.exercise, given), origin.circle)
    return await answered(session, view.space, record, body, saved)


async def answered(
    session: Session,
    space: bytes,
    record: bytes,
    body: Started,
    saved: Saved,
    on_behalf_of: str | None = None,
) -> Answered:
    """What has become of an answer that was just written."""
    state = (await session.view(space)).unsealed().state
    given = (origin for origin, _ in given_in(state, body.exercise) if origin.record == record)
    origin = next((origin for origin in given if origin.author == session.member), None)
    return Answered(
        answer=record.hex(),
        title=template.parse(body.template).title,
        on_behalf_of=on_behalf_of,
        saved=saved,
        state=None if origin is None else answer_state(state, body.exercise, origin),
        sealed=state.is_sealed(body.exercise),
    )


async def withdraw_answer(session: Session, call: str, exercise: str) -> Answered:
    """Take one's own answer back, so that it counts nowhere; one may answer anew.

    Raises: NotFoundError, RefusedError (there is none).
    """
    view = (await the_call(session, call)).unsealed()
    origin, body = the_exercise(view, exercise)
    given = view.state.answers.get((body.exercise, session.member), ())
    stands = bool(given) and bool(given[-1][1].questions)
    # What waits here may be that answer; nobody has it yet, and it goes first.
    if not stands and not await session.replica.waiting(view.space):
        raise RefusedError("You have no answer in this exercise.", code="not-answered")
    await see_to(session, view.space)
    record, saved = await session.writer.write(view.space, Answer(body.exercise, ()), origin.circle)
    return await answered(session, view.space, record, body, saved)


async def close_exercise(session: Session, call: str, exercise: str) -> ExerciseState:
    """Close an exercise: answers after this place are late, by the same rule as for the call's closing.

    Raises: NotFoundError, ClosedError, RefusedError.
    """
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    if phase(view.state, body.exercise) == "closed":
        raise ClosedError("The exercise is closed already. Answers may still arrive, and are shown as late.")
    need_keeper(session, view, sentence("close exercises"))
    _, saved = await session.writer.write(view.space, CloseExercise(body.exercise), origin.circle)
    after = await session.view(view.space)
    return exercise_state(after, body.exercise, saved)


def exercise_state(view: SpaceView, exercise: bytes, saved: Saved) -> ExerciseState:
    """How an exercise stands after a record about it."""
    return ExerciseState(
        exercise=exercise.hex(),
        state=phase(view.state, exercise),
        sealed=exercise in view.state.sealed,
        revealed=is_revealed(view, exercise),
        saved=saved,
    )


def is_revealed(view: SpaceView, exercise: bytes) -> bool:
    """Whether a sealed exercise is revealed; none other ever is."""
    return exercise in view.state.sealed and not view.state.is_sealed(exercise)


async def show_exercise(session: Session, call: str, exercise: str, *, mine: bool = False) -> ExerciseAnswers:
    """An exercise with everybody's latest answer, or with all versions of one's own, the oldest first; as far as they
    can be opened here.

    Raises: NotFoundError.
    """
    view = (await the_call(session, call)).unsealed()
    _, body = the_exercise(view, exercise)
    return exercise_in(session, view, body.exercise, mine=mine)


def exercise_in(session: Session, view: SpaceView, exercise: bytes, *, mine: bool = False) -> ExerciseAnswers:
    """The same, as far as it can be opened in ``view``."""
    origin, body = view.state.exercises[exercise]
    asks, counted = template.parse(body.template), counting(view, body.exercise)
    newest, places = latest(view, body.exercise), places_of(counted)
    shown = own_versions(view, body.exercise) if mine else [*newest, *(one for one in counted if one not in newest)]
    have, writing, waiting = participation(session, view, origin.circle, body.exercise)
    return ExerciseAnswers(
        exercise=body.exercise.hex(),
        template=asks.name,
        title=asks.title,
        state=phase(view.state, body.exercise),
        sealed=body.exercise in view.state.sealed,
        revealed=is_revealed(view, body.exercise),
        questions=outline(asks),
        answers=[answer_line(view, *one, places) for one in sorted(shown, key=lambda one: one[0].seq)],
        answered=have,
        writing=writing,
        waiting=waiting,
        tally=() if view.state.is_sealed(body.exercise) else tally(ballots(view, counted), asks),
    )


def answer_line(view: SpaceView, origin: Origin, answer: Given, counted: Set[int]) -> AnswerLine:
    """An answer as it is shown; ``counted`` are the places of those to its exercise that count."""
    organisation = answer.organisation if isinstance(answer, AnswerFor) else None
    asks = template.parse(view.state.exercises[answer.exercise][1].template)
    return AnswerLine(
        answer=origin.record.hex(),
        member=origin.author.hex(),
        name=view.state.name(origin.author),
        org=view.state.org(origin.author) if organisation is None else organisation_name(view, organisation),
        rows=table_to_json(answer.questions, asks),
        questions=to_json(answer.questions, asks),
        state=answer_state(view.state, answer.exercise, origin),
        on_behalf=organisation is not None,
        by_page=origin.seq in view.state.by_page,
        counts=origin.seq in counted,
    )


def the_exercise(view: SpaceView, typed: str) -> tuple[Origin, Started]:
    """The exercise that ``typed`` names, by id, title or template. Raises: NotFoundError."""
    exercises = view.state.exercises
    names = {exercise: template.parse(body.template) for exercise, (_, body) in exercises.items()}
    by_template = any(known.name == typed for known in names.values())
    labels = {exercise: known.name if by_template else known.title for exercise, known in names.items()}
    return exercises[
        find(sentence("exercise"), typed, labels, more=lambda each: f"{names[each].title}, {phase(view.state, each)}")
    ]
