"""Results about the minutes of a call."""

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved


class MinutesShown(Result, frozen=True, kw_only=True):
    """A version of the minutes for a circle; version 0, without text, where none were written yet.

    `pen` is the id of who writes them now and `pen_name` their name, null where nobody does. `with_pen` is false for a
    version by somebody else: it is kept, and is not the minutes.
    """

    call: str
    title: str
    circle: Circle
    version: int
    text: str
    name: str
    at: str | None
    with_pen: bool
    pen: str | None
    pen_name: str | None


class MinutesEvent(Result, frozen=True, kw_only=True):
    """Something that happened to the minutes: a `version` was written, or the pen went to `pen_name` (null: nobody)."""

    version: int | None
    name: str
    at: str
    with_pen: bool
    pen_name: str | None


class MinutesHistory(Result, frozen=True, kw_only=True):
    """All versions of the minutes for a circle, and who had the pen, oldest first."""

    call: str
    title: str
    circle: Circle
    events: list[MinutesEvent]


class MinutesSaid(Result, frozen=True, kw_only=True):
    """The minutes were written, or the pen was taken or handed over.

    `version` is that which was written, null if none was, or if it is not on the server yet.
    """

    call: str
    title: str
    circle: Circle
    version: int | None
    with_pen: bool
    pen: str | None
    pen_name: str | None
    saved: Saved
