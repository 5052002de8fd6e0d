"""Results about the agenda of a call."""

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved


class PointLine(Result, frozen=True, kw_only=True):
    """A point, counted from 1. `starts` is as said, else reckoned from the call's beginning and what comes before."""

    point: str
    number: int
    title: str
    starts: str | None
    minutes: int | None
    speaker: str
    now: bool
    """Whether the call is at it."""


class AgendaLine(Result, frozen=True, kw_only=True):
    """The agenda for a circle, and who put it up."""

    circle: Circle
    points: list[PointLine]
    name: str


class Agendas(Result, frozen=True, kw_only=True):
    """The agendas of a call that one can read: none, or one for each circle."""

    call: str
    title: str
    agendas: list[AgendaLine]


class AgendaSaid(Result, frozen=True, kw_only=True):
    """The agenda for a circle as it was put up, or the point of it that the call is at."""

    call: str
    title: str
    agenda: AgendaLine
    saved: Saved
