"""Results about telling people of a call, and its link."""

from securecall_client.results.common import Result, Saved


class Announcement(Result, frozen=True, kw_only=True):
    """A neutral text to copy; nothing in it says what the call is about."""

    call: str
    starts: str
    text: str


class CalendarFile(Result, frozen=True, kw_only=True):
    """A calendar entry in the file `path`; nothing in it says what the call is about."""

    call: str
    path: str
    size: int


class CallLink(Result, frozen=True, kw_only=True):
    """Where the voice call is held, empty if nobody said; `saved` is null if it was only shown."""

    call: str
    title: str
    link: str
    saved: Saved | None
