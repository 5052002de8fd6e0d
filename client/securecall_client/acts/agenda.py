"""The agenda of a call: what it is about in what order, who speaks, and where the call is (protocol 8.3.2)."""

from collections.abc import Mapping

from nacl.utils import random

from securecall.rights import CIRCLES, Circle
from securecall.sentences import sentence
from securecall_client import clock, content, parts
from securecall_client.acts.named import the_call
from securecall_client.acts.rights import need_keeper, need_open
from securecall_client.acts.typed import line_text
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.agenda import AgendaLine, Agendas, AgendaSaid, PointLine
from securecall_client.session import Session
from securecall_client.view import SpaceView
from securecall_client.work.agenda import beginnings, read_minutes, read_starts
from securecall_client.work.find import find
from securecall_client.work.fold_parts import point_now

NONE = sentence("This call has no agenda that you can read yet.")


async def show_agenda(session: Session, call: str) -> Agendas:
    """The agendas of a call: none, or one for each circle. Raises: NotFoundError, ProofError."""
    view = await the_call(session, call)
    return Agendas(call=view.space.hex(), title=view.state.title, agendas=agendas(view))


def agendas(view: SpaceView) -> list[AgendaLine]:
    """As they are shown."""
    return [_shown(view, circle) for circle in CIRCLES if circle in view.state.agendas]


async def set_agenda(
    session: Session, call: str, points: list[Mapping[str, object]], circle: Circle | None
) -> AgendaSaid:
    """Put up a whole agenda; a point whose title stood there before is the same point.

    Raises: NotFoundError, TextError, ClosedError, RefusedError, ProofError.
    """
    view, of = await _to_write(session, call, circle)
    before = {point.title: point.point for point in _points(view, of)}
    return await _say(session, view, of, parts.Agenda([_point(each, before) for each in points]))


async def add_point(
    session: Session, call: str, point: Mapping[str, object], before: str, circle: Circle | None
) -> AgendaSaid:
    """Add a point, at the end or before another. Raises: as `set_agenda`."""
    view, of = await _to_write(session, call, circle)
    points = _points(view, of)
    points.insert(_find(points, before) if before else len(points), _point(point, {}))
    if len(points) > parts.POINTS_MOST:
        raise RefusedError(
            sentence("An agenda has at most %(points_most)s points. Nothing was saved.", points_most=parts.POINTS_MOST),
            code="too-long",
        )
    return await _say(session, view, of, parts.Agenda(points))


async def remove_point(session: Session, call: str, point: str, circle: Circle | None) -> AgendaSaid:
    """Take a point off. Raises: as `set_agenda`."""
    view, of = await _to_write(session, call, circle)
    points = _points(view, of)
    del points[_find(points, point)]
    return await _say(session, view, of, parts.Agenda(points))


async def move_point(session: Session, call: str, point: str, before: str, circle: Circle | None) -> AgendaSaid:
    """Put a point before another one, or at the end without ``before``. Raises: as `set_agenda`."""
    view, of = await _to_write(session, call, circle)
    points = _points(view, of)
    moved = points[_find(points, point)]
    points.remove(moved)
    points.insert(_find(points, before) if before else len(points), moved)
    return await _say(session, view, of, parts.Agenda(points))


async def go_to_point(session: Session, call: str, point: str, circle: Circle | None) -> AgendaSaid:
    """Say at which point the call is; without ``point`` the next one, and past the last at none.

    Raises: as `set_agenda`.
    """
    view, of = await _to_write(session, call, circle)
    points = _points(view, of)
    if not points:
        raise NotFoundError(NONE, hint="Put one up: securecall agenda add CALL TITLE.")
    ids = [each.point for each in points]
    now = point_now(view.state, of)
    at = _find(points, point) if point else (ids.index(now) + 1 if now in ids else 0)
    body = parts.AgendaNow(ids[at] if at < len(ids) else parts.NOTHING)
    return await _say(session, view, of, body)


async def _to_write(session: Session, call: str, circle: Circle | None) -> tuple[SpaceView, Circle]:
    """The call, and the circle whose agenda is meant: the only one there is, else that for allies."""
    view = await the_call(session, call)
    need_open(view)
    need_keeper(session, view, sentence("keep its agenda"))
    there = [each for each in CIRCLES if each in view.state.agendas]
    return view, circle or (there or ["allies"])[0]


def _points(view: SpaceView, circle: Circle) -> list[parts.AgendaPoint]:
    known = view.state.agendas.get(circle)
    return list(known[1].points) if known else []


def _point(said: Mapping[str, object], before: Mapping[str, bytes]) -> parts.AgendaPoint:
    title = line_text(sentence("title of a point"), str(said.get("title", "")))
    return parts.AgendaPoint(
        before.get(title) or random(16),
        title,
        read_starts(said.get("starts")),
        read_minutes(said.get("minutes")),
        line_text(sentence("speaker of a point"), str(said.get("speaker", "")), optional=True),
    )


def _find(points: list[parts.AgendaPoint], typed: str) -> int:
    """The index of the point that ``typed`` names by its number, id or title. Raises: NotFoundError."""
    if typed.strip().isdecimal() and 1 <= int(typed) <= len(points):
        return int(typed) - 1
    found = find(sentence("point"), typed, {point.point: point.title for point in points})
    return [point.point for point in points].index(found)


async def _say(session: Session, view: SpaceView, circle: Circle, body: content.Body) -> AgendaSaid:
    _, saved = await session.writer.write(view.space, body, circle)
    after = await session.view(view.space)
    agenda = _shown(after, circle) if circle in after.state.agendas else AgendaLine(circle=circle, points=[], name="")
    return AgendaSaid(call=view.space.hex(), title=view.state.title, agenda=agenda, saved=saved)


def _shown(view: SpaceView, circle: Circle) -> AgendaLine:
    origin, agenda = view.state.agendas[circle]
    now = point_now(view.state, circle)
    begin = beginnings(agenda.points, view.state.call.starts if view.state.call else None)
    return AgendaLine(
        circle=circle,
        name=view.state.name(origin.author),
        points=[
            PointLine(
                point=point.point.hex(),
                number=number,
                title=point.title,
                starts=None if at is None else clock.iso(at),
                minutes=point.minutes or None,
                speaker=point.speaker,
                now=point.point == now,
            )
            for number, (point, at) in enumerate(begin, 1)
        ],
    )
