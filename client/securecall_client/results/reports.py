"""Results about the report of a call, and its archive."""

from typing import Literal

from securecall_client.results.common import Result
from securecall_client.work.report_who import Who

ReportForm = Literal["docx", "html", "pdf"]


class Reported(Result, frozen=True, kw_only=True):
    """A report was written into the new file `path`.

    `names_left` are the names that still stand in what people wrote, of a report that should name nobody;
    `not_shown` the letters that its fonts do not have, if it was made all the same.
    """

    call: str
    title: str
    path: str
    size: int
    form: ReportForm
    who: Who
    names_left: list[str]
    not_shown: list[str]


class Exported(Result, frozen=True, kw_only=True):
    """A call in an age archive, the new file `path`; `missing` names documents that could not be had."""

    call: str
    title: str
    path: str
    size: int
    files: list[str]
    missing: list[str]
    evidence: bool
