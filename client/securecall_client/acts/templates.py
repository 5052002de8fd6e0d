"""Templates: those that are built in, and those that a person wrote into a file (protocol 8.3.1)."""

from pathlib import Path

from securecall.sentences import sentence
from securecall_client.errors import FileError
from securecall_client.files import reading, save_as
from securecall_client.results.templates import (
    FieldShown,
    QuestionShown,
    TemplateFile,
    TemplateLine,
    Templates,
    TemplateShown,
)
from securecall_client.work import template
from securecall_client.work.answer_sheet import write_sheet
from securecall_client.work.answer_table import headings
from securecall_client.work.cells import to_csv
from securecall_client.work.errors import TemplateError
from securecall_client.work.question import Question, Table
from securecall_client.work.template import Template
from securecall_client.work.values import Field

ENDING = ".toml"


def read_template(typed: str) -> str:
    """The TOML of a template: of the file ``typed`` if that ends in ``.toml``, else of the built-in one of that name.

    Raises: FileError, TemplateError (with the file, the line and the reason).
    """
    if not typed.lower().endswith(ENDING):
        return template.load_text(typed)
    path = Path(typed)
    try:
        with reading(path) as file:
            text = file.read(template.MAX_TEMPLATE_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateError(sentence("%(path)s: The template is not text (UTF-8).", path=path)) from error
    try:
        template.parse(text)
    except TemplateError as error:
        raise TemplateError(sentence("%(path)s: %(error)s", path=path, error=error)) from None
    return text


async def list_templates() -> Templates:
    """What is built in."""
    known = map(template.load, template.names())
    return Templates(templates=[TemplateLine(name=one.name, version=one.version, title=one.title) for one in known])


async def show_template(typed: str) -> TemplateShown:
    """What a template asks. Raises: as `read_template`."""
    read = template.parse(read_template(typed))
    return TemplateShown(name=read.name, version=read.version, title=read.title, questions=outline(read))


async def export_template(typed: str, path: Path | None) -> TemplateFile:
    """Write a template, or an empty sheet for its answers, to a new file; what is written goes by the file's ending.

    Raises: as `read_template`; RowsError if no sheet can hold its answers; FileError.
    """
    return write_template(read_template(typed), path)


def write_template(text: str, path: Path | None) -> TemplateFile:
    """As `export_template`, of a template's TOML."""
    asks = template.parse(text)
    if path is None:
        return TemplateFile(name=asks.name, path=None, text=text)
    match path.suffix.lower():
        case ".toml":
            data = text.encode("utf-8")
        case ".csv":
            data = to_csv([headings(asks)]).encode("utf-8-sig")
        case ".xlsx":
            data = write_sheet(asks)
        case _:
            raise FileError(
                "The ending of the file says what is written: .toml for the template, .xlsx or .csv for a sheet.",
                code="file-ending",
            )
    with save_as(path) as file:
        file.write(data)
    return TemplateFile(name=asks.name, path=str(path), text=None)


def outline(asks: Template) -> list[QuestionShown]:
    """What a template asks, as it is shown."""
    return [_question(question) for question in asks.questions]


def _question(question: Question) -> QuestionShown:
    fields = question.columns if isinstance(question, Table) else (question,)
    columns = [_field(field) for field in fields]
    return QuestionShown(name=question.name, type=question.type, title=question.title, columns=columns)


def _field(field: Field) -> FieldShown:
    return FieldShown(
        name=field.name,
        type=field.type,
        title=field.title,
        words=list(field.words),
        optional=field.may_be_empty,
        points=field.points if field.type == "points" else None,
    )
