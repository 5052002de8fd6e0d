"""Exercises of a call: start, answer, show, and the map (protocol 8)."""

from nacl.utils import random

from securecall.rights import Circle
from securecall_client import content
from securecall_client.acts.calls import need_open, the_call
from securecall_client.errors import RefusedError
from securecall_client.results.exercises import (
    Answered,
    AnswerLine,
    ExerciseAnswers,
    ExerciseLine,
    Exercises,
    StartedExercise,
)
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import map as mapping
from securecall_client.work import template
from securecall_client.work.find import find
from securecall_client.work.lateness import answer_state
from securecall_client.work.map_findings import Map
from securecall_client.work.rows import Row, to_json
from securecall_client.work.state import Origin


async def start_exercise(session: Session, call: str, name: str, circle: Circle) -> StartedExercise:
    """Start an exercise from a template. Raises: TemplateError, ClosedError, RefusedError."""
    text = template.load_text(name)
    view = await the_call(session, call)
    need_open(view)
    if view.chain.roster.members[session.member].role not in ("owner", "chair"):
        raise RefusedError("Only owners and chairs of the call start exercises.", code="no-right")
    exercise = random(16)
    _, saved = await session.write(view.space, content.Exercise(exercise, text), circle)
    return StartedExercise(exercise=exercise.hex(), saved=saved)


async def list_exercises(session: Session, call: str) -> Exercises:
    """The call's exercises, in the order they were started."""
    view = await the_call(session, call)
    return Exercises(
        exercises=[
            ExerciseLine(
                exercise=body.exercise.hex(),
                template=template_of(body).name,
                title=template_of(body).title,
                state="open" if view.state.closed is None else "closed",
                circle=origin.circle,
            )
            for origin, body in view.state.exercises.values()
        ]
    )


async def answer_exercise(session: Session, call: str, exercise: str, rows: tuple[Row, ...]) -> Answered:
    """Answer an exercise; the latest answer counts. Also possible once the call is closed: it is shown as late.

    Raises: NotFoundError, RefusedError.
    """
    view = await the_call(session, call)
    origin, body = the_exercise(view, exercise)
    question = template_of(body).questions[0].name
    answer = content.Answer(body.exercise, [content.RowsAnswer(question, rows)])
    record, saved = await session.write(view.space, answer, origin.circle)
    return Answered(answer=record.hex(), saved=saved)


async def show_exercise(session: Session, call: str, exercise: str) -> ExerciseAnswers:
    """An exercise with everybody's latest answer. Raises: NotFoundError."""
    view = await the_call(session, call)
    _, body = the_exercise(view, exercise)
    return ExerciseAnswers(
        exercise=body.exercise.hex(),
        template=template_of(body).name,
        state="open" if view.state.closed is None else "closed",
        answers=[answer_line(view, origin, answer) for origin, answer in latest(view, body.exercise)],
    )


async def map_exercise(session: Session, call: str, exercise: str) -> Map:
    """The map of an exercise's latest answers, by organisation. Raises: NotFoundError."""
    view = await the_call(session, call)
    _, body = the_exercise(view, exercise)
    return mapping.draw(
        [
            mapping.Answer(
                answer=origin.record.hex(),
                organisation=_organisation(view, origin),
                name=view.state.org(origin.author) or view.state.name(origin.author),
                rows=answer.questions[0].rows if answer.questions else (),
            )
            for origin, answer in latest(view, body.exercise)
        ]
    )


def latest(view: SpaceView, exercise: bytes) -> list[tuple[Origin, content.Answer]]:
    """The newest answer of everybody, in the order of their places."""
    answers = [given[-1] for (of, _), given in view.state.answers.items() if of == exercise]
    return sorted(answers, key=lambda answer: answer[0].seq)


def answer_line(view: SpaceView, origin: Origin, answer: content.Answer) -> AnswerLine:
    """An answer as it is shown."""
    return AnswerLine(
        answer=origin.record.hex(),
        member=origin.author.hex(),
        name=view.state.name(origin.author),
        org=view.state.org(origin.author),
        rows=[row for question in answer.questions for row in to_json(question.rows)],
        state=answer_state(view.state, origin),
        on_behalf=False,
    )


def the_exercise(view: SpaceView, typed: str) -> tuple[Origin, content.Exercise]:
    """The exercise that ``typed`` names, by id, title or template. Raises: NotFoundError."""
    exercises = view.state.exercises
    names = {exercise: template_of(body) for exercise, (_, body) in exercises.items()}
    by_template = any(known.name == typed for known in names.values())
    labels = {exercise: known.name if by_template else known.title for exercise, known in names.items()}
    return exercises[find("exercise", typed, labels)]


def template_of(body: content.Exercise) -> template.Template:
    """The template that an exercise carries with it. Raises: TemplateError."""
    return template.parse(body.template)


def _organisation(view: SpaceView, origin: Origin) -> str:
    name = view.state.names.get(origin.author)
    return (name.organisation if name is not None and any(name.organisation) else origin.author).hex()
