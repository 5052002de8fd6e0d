"""Results about sealed pages for guests who can install nothing."""

from securecall_client.results.common import Named, Result, Saved
from securecall_client.results.documents import AddedDocument
from securecall_client.results.exercises import Answered


class GuestPage(Result, frozen=True, kw_only=True):
    """A page that was made: `path` is its file, `code` opens it and goes by another way, `ends` is when it is over.

    It holds `exercises`, and of the call's documents for everyone the files of `documents`; of `left_out` it has the
    names alone.
    """

    page: str
    path: str
    code: str
    call: str
    title: str
    org: str
    ends: str
    size: int
    exercises: list[Named]
    documents: list[Named]
    left_out: list[Named]


class MadePage(Result, frozen=True, kw_only=True):
    """A page that this computer made for `org`: whether it is `over`, whether anything of it was entered anywhere, and
    whether it was `withdrawn`, so that nothing of it is taken in here.
    """

    page: str
    org: str
    made: str
    ends: str
    over: bool
    taken: bool
    withdrawn: bool


class TakenPage(Result, frozen=True, kw_only=True):
    """What came back of a page and was entered for `org`: `answers`, and a file as `document` or written to `path`.

    `late`: the page was over by then. `again`: something of it had been entered before.
    """

    page: str
    call: str
    title: str
    org: str
    answers: list[Answered]
    document: AddedDocument | None
    path: str | None
    late: bool
    again: bool
    saved: Saved
