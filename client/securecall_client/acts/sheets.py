"""Empty sheets for answers to an exercise, by the template that it carries."""

from pathlib import Path

from securecall_client.acts.calls import the_call
from securecall_client.acts.exercises import the_exercise
from securecall_client.acts.templates import write_template
from securecall_client.results.templates import TemplateFile
from securecall_client.session import Session


async def export_sheet(session: Session, call: str, exercise: str, path: Path | None) -> TemplateFile:
    """Write a sheet or the template to a new file, as its ending says; without one give the template's text.

    Raises: NotFoundError, RowsError, FileError.
    """
    _, body = the_exercise(await the_call(session, call), exercise)
    return write_template(body.template, path)
