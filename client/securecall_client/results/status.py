"""Results about the line and the state of a profile."""

from securecall.entries import SpaceKind
from securecall_client.results.common import Grade, Result
from securecall_client.results.people import Joined


class SpaceLine(Result, frozen=True, kw_only=True):
    """A space as this profile has it. `confirmed` is since when another member is known to have this head."""

    space: str
    kind: SpaceKind
    name: str
    seq: int
    head: str
    epoch: int
    confirmed: str | None


class AlarmLine(Result, frozen=True, kw_only=True):
    """Something wrong with what the server showed."""

    alarm: str
    grade: Grade
    message: str


class Status(Result, frozen=True, kw_only=True):
    """The state of the line: spaces, what waits in the outbox, alarms; `joining` until one has been let in."""

    spaces: list[SpaceLine]
    outbox: int
    alarms: list[AlarmLine]
    reached: bool
    joining: Joined | None
