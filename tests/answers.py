"""Answers to *who-does-what*, as tests write them."""

from securecall_client.work.answer_before import Row
from securecall_client.work.rows import Cells, Given, QuestionAnswer
from securecall_client.work.template import Table, load

WHO = load("who-does-what")


def a_row(
    activity: str,
    place: str,
    first: str | None = None,
    last: str | None = None,
    status: str = "planned",
    partners: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    offers: tuple[str, ...] = (),
) -> Cells:
    """A row, its columns in their order; months ``YYYY-MM`` or None."""
    return Row(activity, place, first, last, status, partners, needs, offers).cells()


def answer_of(*rows: Cells) -> Given:
    """An answer of these rows, and nothing to the questions beside the table."""
    return tuple(
        QuestionAnswer(question.name, rows if isinstance(question, Table) else ()) for question in WHO.questions
    )
