"""The agenda of a call as a person writes it, and when its points begin. Pure.

A file of it is TOML: `[[points]]` with `title` and, where they are said, `minutes`, `starts` (a time with its zone)
and `speaker`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from securecall.sentences import sentence
from securecall_client.clock import LATEST
from securecall_client.errors import TextError
from securecall_client.parts import POINTS_MOST, AgendaPoint
from securecall_client.text import parse_time
from securecall_client.work.words import shown

MINUTES_MOST = 24 * 60
"""Minutes of one point."""
_KEYS = {"title", "minutes", "starts", "speaker"}


def parse_agenda(text: str) -> list[Mapping[str, object]]:
    """The points of an agenda as they stand in a file. Raises: TextError."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TextError(sentence("The agenda is no TOML: %(error)s.", error=error)) from error
    points = raw.get("points")
    if raw.keys() != {"points"} or not isinstance(points, list) or not all(isinstance(each, dict) for each in points):
        raise TextError("An agenda is a list of points.", hint='Begin each with [[points]], then title = "…".')
    for number, point in enumerate(points, 1):
        unknown = sorted(point.keys() - _KEYS)
        if unknown:
            raise TextError(
                sentence(
                    "Point %(number)s says %(unknown)s. It can say: %(keys)s.",
                    number=number,
                    unknown=shown(unknown[0]),
                    keys=sorted(_KEYS),
                )
            )
        for key in ("title", "speaker"):
            if not isinstance(point.get(key, ""), str):
                raise TextError(
                    sentence("The %(key)s of point %(number)s must be text in quotation marks.", key=key, number=number)
                )
    if len(points) > POINTS_MOST:
        raise TextError(
            sentence(
                "An agenda has at most %(points_most)s points; this one has %(number)s.",
                points_most=POINTS_MOST,
                number=len(points),
            )
        )
    return points


def read_minutes(value: object) -> int:
    """The length of a point, 0 where none is said. Raises: TextError."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MINUTES_MOST:
        raise TextError(
            sentence("The minutes of a point are a whole number from 1 to %(minutes_most)s.", minutes_most=MINUTES_MOST)
        )
    return value


def read_starts(value: object) -> int | None:
    """When a point begins, in unix seconds, if that is said. Raises: TextError."""
    if value is None:
        return None
    time = value if isinstance(value, datetime) else parse_time(str(value))
    if time.tzinfo is None:
        raise TextError("A time needs its zone.", hint="Write it like 2026-12-01T15:00+03:00.")
    seconds = int(time.timestamp())
    if not 0 <= seconds <= LATEST:
        raise TextError("That time is too far away.")
    return seconds


def beginnings(points: Iterable[AgendaPoint], starts: int | None) -> Iterator[tuple[AgendaPoint, int | None]]:
    """Each point with when it begins: as said, else after those before it, where all of these say how long they are."""
    at = starts
    for point in points:
        at = at if point.starts is None else point.starts
        yield point, at
        at = at + point.minutes * 60 if at is not None and point.minutes else None
