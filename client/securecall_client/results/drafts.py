"""Results about drafts: what was typed here and not sent."""

from securecall_client.results.common import Result


class DraftShown(Result, frozen=True, kw_only=True):
    """A draft on this computer alone: `questions` as typed, by name; `problem` is why it could not be sent yet.

    `older`: one's newest answer came after it was kept, and says something else.
    """

    exercise: str
    title: str
    saved_at: str
    questions: dict[str, object]
    problem: str | None
    older: bool


class DraftDropped(Result, frozen=True, kw_only=True):
    """A draft is gone, if there was one."""

    exercise: str
    title: str
    dropped: bool
