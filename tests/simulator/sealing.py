"""A sealed exercise on a stage: started, answered, looked at and revealed by its people."""

from typing import TypeVar

from securecall.records import Record
from securecall.rights import Circle
from securecall.state import Step
from securecall_client import content
from securecall_client.acts import exercises, revealing
from securecall_client.results.common import Saved
from securecall_client.results.exercises import ExerciseAnswers, ExerciseState
from securecall_client.sealed_kinds import Sealed
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.state import State
from tests.answers import a_row, answer_of
from tests.simulator.people import Stage

S = TypeVar("S", bound=Sealed)


async def start_sealed(stage: Stage, by: str = "Sec", circle: Circle = "allies") -> str:
    """Start one; gives its id."""
    async with stage[by].open() as session:
        started = await exercises.start_exercise(session, stage.call.hex(), "who-does-what", circle, sealed=True)
    await stage.sync(by)
    return started.exercise


async def send(stage: Stage, who: str, exercise: str, activity: str, *, offline: bool = False) -> Saved:
    """Answer it; gives where the answer is safe."""
    async with stage[who].open(offline=offline) as session:
        given = answer_of(a_row(activity, "FR"))
        return (await exercises.answer_exercise(session, stage.call.hex(), exercise, given)).saved


async def shown(stage: Stage, who: str, exercise: str) -> ExerciseAnswers:
    """What somebody sees of it."""
    async with stage[who].open() as session:
        return await exercises.show_exercise(session, stage.call.hex(), exercise)


async def read(stage: Stage, who: str, exercise: str) -> list[str]:
    """The activities that somebody reads in it, sorted."""
    lines = (await shown(stage, who, exercise)).answers
    return sorted(str(row["activity"]) for line in lines for row in line.rows)


async def reveal(stage: Stage, who: str, exercise: str) -> ExerciseState:
    """Reveal it."""
    async with stage[who].open() as session:
        return await revealing.reveal_exercise(session, stage.call.hex(), exercise)


async def ask(stage: Stage, who: str, exercise: str) -> ExerciseState:
    """Ask all authors to reveal their own."""
    async with stage[who].open() as session:
        return await revealing.ask_authors(session, stage.call.hex(), exercise)


async def say(session: Session, stage: Stage, body: content.Body, circle: Circle = "allies") -> Saved:
    """Say anything in the call."""
    await session.synced(stage.call)
    return (await session.writer.write(stage.call, body, circle))[1]


async def voids(stage: Stage, who: str) -> list[tuple[str, str]]:
    """Author and reason of what is void for somebody in the call."""
    async with stage[who].open() as session:
        state = (await session.synced(stage.call)).state
        return [(state.name(void.author), void.why) for void in state.void]


def said(view: SpaceView, step: Step) -> content.Body | None:
    """What a record says, as everybody in its circle can read it."""
    if not isinstance(step.body, Record):
        return None
    plaintext = view.plaintext(step)
    return None if plaintext is None else content.read(plaintext)[1]


async def all_said(stage: Stage, who: str, kind: type[S]) -> list[S]:
    """Everything of a kind that was said in the call, oldest first."""
    async with stage[who].open() as session:
        view = await session.synced(stage.call)
        return [body for step in view.steps if isinstance(body := said(view, step), kind)]


async def state_of(stage: Stage, who: str) -> State:
    """The call as somebody has it, sealed answers unopened."""
    async with stage[who].open() as session:
        return (await session.synced(stage.call)).state
