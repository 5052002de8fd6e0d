"""Results about the discussion in a call or a pair."""

from securecall.rights import Circle
from securecall_client.results.common import Result, Saved


class ThreadLine(Result, frozen=True, kw_only=True):
    """What is said about one thing, to one circle: `on` as it is typed (empty: the space itself), `about` in words."""

    on: str
    about: str
    circle: Circle
    messages: int
    latest: str
    """When the newest of them was said."""


class Discussion(Result, frozen=True, kw_only=True):
    """The threads of a call or pair, the one last spoken in first."""

    space: str
    title: str
    threads: list[ThreadLine]


class MessageLine(Result, frozen=True, kw_only=True):
    """Something said; `text` is empty where its author took it back, `earlier` its texts before, oldest first."""

    message: str
    on: str
    about: str
    circle: Circle
    reply: str | None
    """The message that it answers."""
    member: str
    name: str
    at: str
    text: str
    earlier: list[str]


class Thread(Result, frozen=True, kw_only=True):
    """What is said about one thing, in its order; `circle` is who has the thing, null for the space itself."""

    space: str
    title: str
    on: str
    about: str
    circle: Circle | None
    messages: list[MessageLine]


class Said(Result, frozen=True, kw_only=True):
    """Something was said, changed or taken back."""

    message: str
    on: str
    about: str
    circle: Circle
    saved: Saved
