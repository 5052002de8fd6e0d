"""Answers to *who-does-what*, as tests write them, and answers in files, read and judged as a whole."""

from securecall_client.acts.sheets import told_lines
from securecall_client.sandboxed import sheets
from securecall_client.work.answer_before import Row
from securecall_client.work.answer_table import read_table
from securecall_client.work.answer_text import Format, read_answer_text
from securecall_client.work.question import Table
from securecall_client.work.rows import Cells, Given, QuestionAnswer, Raw, read_answer
from securecall_client.work.template import Template, load

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


def parse_answer(text: str, form: Format, template: Template) -> Given:
    """An answer from a text."""
    return read_answer(read_answer_text(text, form, template), template)


def read_sheet(data: bytes, template: Template) -> Raw:
    """What stands in a workbook, read as the sandbox does it, but here."""
    return read_table(told_lines(sheets.read(data)), template)


def parse_sheet(data: bytes, template: Template) -> Given:
    """An answer from a workbook."""
    return read_answer(read_sheet(data, template), template)
