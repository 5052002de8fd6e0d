"""Sheets for answers to an exercise: empty ones by the template that it carries, and what came back on one."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from securecall.sentences import sentence
from securecall_client.acts.exercises import the_exercise
from securecall_client.acts.named import the_call
from securecall_client.acts.templates import write_template
from securecall_client.results.templates import TemplateFile
from securecall_client.sandbox.messages import Lines, Read
from securecall_client.sandbox.process import Sandbox, SandboxError
from securecall_client.session import Session
from securecall_client.work.answer_table import Cell, read_table
from securecall_client.work.errors import RowsError
from securecall_client.work.rows import Raw
from securecall_client.work.template import Template

MAX_SHEET_BYTES: Final = 1024 * 1024
"""Bytes of a file."""
_MAX_LINES_BYTES: Final = 64 * 1024 * 1024
"""Bytes of what the sandbox says about one."""
_NONE: Final = sentence("This is not an XLSX workbook, or it has a password; save it as XLSX without one.")
_WHY: Final = {
    "kind": _NONE,
    "locked": _NONE,
    "too-large": sentence("The workbook holds far more than an answer; delete what stands to its right and below it."),
}
_UNREADABLE: Final = sentence("This is not a readable XLSX workbook; save it anew, or save the sheet as CSV.")
_Day = Annotated[int, Meta(ge=date.min.toordinal(), le=date.max.toordinal())]
_LINES: Final = msgspec.json.Decoder(list[list[str | _Day]])


async def export_sheet(session: Session, call: str, exercise: str, path: Path | None) -> TemplateFile:
    """Write a sheet or the template to a new file, as its ending says; without one give the template's text.

    Raises: NotFoundError, RowsError, FileError.
    """
    _, body = the_exercise(await the_call(session, call), exercise)
    return write_template(body.template, path)


async def read_sheet(data: bytes, template: Template) -> Raw:
    """What stands on the first sheet of a workbook by question, not yet judged; it is taken apart in the sandbox (F04).

    Raises: RowsError if it is no workbook, or holds more than an answer can.
    """
    if len(data) > MAX_SHEET_BYTES:
        raise RowsError(sentence("The workbook has more than %(most)s bytes.", most=MAX_SHEET_BYTES))
    with Sandbox(data) as sandbox:
        try:
            _, made = await asyncio.to_thread(sandbox.ask, Read(), Lines)
        except SandboxError as error:
            raise RowsError(_WHY.get(error.why, _UNREADABLE)) from error
    return read_table(told_lines(made), template)


def told_lines(made: bytes) -> list[list[Cell]]:
    """The lines that the sandbox tells of. Raises: RowsError if it tells nonsense, since a file took it over."""
    try:
        if len(made) > _MAX_LINES_BYTES:
            raise RowsError(_WHY["too-large"])
        lines = _LINES.decode(made)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RowsError(_UNREADABLE) from error
    return [[cell if isinstance(cell, str) else date.fromordinal(cell) for cell in line] for line in lines]
