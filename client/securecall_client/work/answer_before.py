"""Answers as they were written in version 1 of their records, when *who-does-what* was the only template."""

from typing import Annotated

import msgspec

from securecall.wire import Wire
from securecall_client.work.rows import MAX_ROWS, Cells, Given, QuestionAnswer


class Row(Wire, frozen=True):
    """One thing that an organisation does or plans, in the columns of *who-does-what*."""

    activity: str
    place: str
    from_: str | None
    to: str | None
    status: str
    with_: tuple[str, ...]
    needs: tuple[str, ...]
    offers: tuple[str, ...]

    def cells(self) -> Cells:
        """The same as a row of today."""
        first, last = () if self.from_ is None else (self.from_,), () if self.to is None else (self.to,)
        return (self.activity,), (self.place,), first, last, (self.status,), self.with_, self.needs, self.offers


class RowsAnswer(Wire, frozen=True, tag="rows"):
    """The answer to a question of type *rows*."""

    question: Annotated[str, msgspec.Meta(max_length=200)]
    rows: Annotated[tuple[Row, ...], msgspec.Meta(max_length=MAX_ROWS)]


def as_today(questions: list[RowsAnswer]) -> Given:
    """The same answer in the form of today."""
    return tuple(QuestionAnswer(part.question, tuple(row.cells() for row in part.rows)) for part in questions)
