"""Results about the line and the state of a profile."""

from securecall.entries import SpaceKind
from securecall_client.results.common import Grade, Result
from securecall_client.results.people import Joined


class Confirmer(Result, frozen=True, kw_only=True):
    """Somebody who shared this history up to the place `seq`, as they said at the time `confirmed`."""

    member: str
    name: str
    confirmed: str
    seq: int


class SpaceLine(Result, frozen=True, kw_only=True):
    """A space as this profile has it.

    `confirmed` is since when somebody else is known to have this history; `confirmed_by` are those whose word is not a
    day old, newest first, of so many `others`.
    """

    space: str
    kind: SpaceKind
    name: str
    seq: int
    head: str
    epoch: int
    confirmed: str | None
    confirmed_by: list[Confirmer]
    others: int
    inside: bool = True
    """False once one has left, or was taken out."""
    unread: int = 0
    """How many messages of others came since one last looked into the discussion here."""
    until: str | None = None
    """Of a destroyed space: when what this computer still has of it is wiped."""


class AlarmLine(Result, frozen=True, kw_only=True):
    """Something wrong with what the server or a member showed, in a `space` if it is about one.

    `when` it was found, null for what is so now; `evidence`: whether there is some that others can check;
    `dismissed`: whether its reader has put it aside.
    """

    alarm: str
    grade: Grade
    message: str
    space: str | None
    when: str | None
    evidence: bool
    dismissed: bool = False


class WaitingLine(Result, frozen=True, kw_only=True):
    """Something that a person wrote and that is only on this computer: `what` and `why` in words, with the command that
    sends it as a `hint`; `text` is what it says, empty for what is no text. `held`: it goes only once they say so.
    """

    space: str
    what: str
    text: str
    since: str
    why: str
    hint: str = ""
    held: bool = False


class KeptProxy(Result, frozen=True, kw_only=True):
    """The proxy that a profile keeps, if any."""

    proxy: str | None


class Status(Result, frozen=True, kw_only=True):
    """The state of the line: spaces, what waits in the outbox, alarms; `joining` until one has been let in.

    `why` is why the server was not reached, if so. `lacking`: the server says that it was put back from a backup or is
    being moved, so that it may not have what was sent.
    """

    spaces: list[SpaceLine]
    outbox: int
    waiting: list[WaitingLine]
    alarms: list[AlarmLine]
    reached: bool
    why: str | None
    joining: Joined | None
    lacking: bool = False
