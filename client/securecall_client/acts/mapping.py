"""The map of an exercise, drawn anew only when its answers have changed."""

import asyncio
from dataclasses import dataclass

from msgspec.structs import asdict

from securecall.rights import KEEPERS
from securecall_client.acts.exercises import the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.parties import map_answers
from securecall_client.errors import RefusedError
from securecall_client.results.exercises import ExerciseMap
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work import template
from securecall_client.work.map_rows import proposals


@dataclass(frozen=True, slots=True)
class MapLooked:
    """A map, and a number that is another one whenever the map is; `picture` is its SVG where that was asked for."""

    drawn: ExerciseMap
    mark: int
    picture: str = ""


async def map_exercise(session: Session, call: str, exercise: str) -> ExerciseMap:
    """The map of an exercise's latest answers, by organisation.

    Of a sealed exercise that is not revealed yet, those who hold its key see one that says so, and others none.

    Raises: NotFoundError, RefusedError.
    """
    return (await look_at_map(session, call, exercise)).drawn


async def look_at_map(session: Session, call: str, exercise: str, *, pictured: bool = False) -> MapLooked:
    """As `map_exercise`; with ``pictured`` also as a picture. What takes long holds up no page meanwhile.

    Raises: as `map_exercise`.
    """
    view = await the_call(session, call)
    _, body = the_exercise(view, exercise)
    is_sealed = view.state.is_sealed(body.exercise)
    if is_sealed:
        view = view.unsealed()
        _need_all(view, body.exercise)
    what = body.exercise, map_answers(view, body), proposals(template.parse(body.template))
    drawn = await asyncio.to_thread(session.drawn.map, *what)
    title = template.parse(body.template).title
    picture = await asyncio.to_thread(session.drawn.picture, *what, title) if pictured else ""
    told = ExerciseMap(**asdict(drawn), title=title, not_revealed=is_sealed)
    return MapLooked(told, session.drawn.mark(body.exercise), picture)


def _need_all(view: SpaceView, exercise: bytes) -> None:
    """Raise RefusedError unless one is a facilitator, and every answer to a sealed exercise opened here."""
    sealing = view.state.sealed[exercise]
    if view.me is None or view.me.role not in KEEPERS or {at.seq for at, _ in sealing.answers} - sealing.opened:
        raise RefusedError(
            "This exercise is sealed: people write first, and its answers are revealed together. There is no map yet.",
            hint="An owner or chair of the call reveals them: securecall exercise reveal CALL EXERCISE",
            code="sealed",
        )
