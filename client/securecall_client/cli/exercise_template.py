"""`securecall exercise template` and `sheet`: what exercises ask, and empty sheets for their answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from securecall.sentences import several
from securecall_client.cli.call import CallName
from securecall_client.cli.command import command
from securecall_client.cli.exercise import ExerciseName
from securecall_client.cli.line import Line
from securecall_client.cli.table import table
from securecall_client.text import for_terminal

if TYPE_CHECKING:
    from securecall_client.results.templates import FieldShown, TemplateFile, Templates, TemplateShown

NAME: Final = "template"
HELP: Final = "What an exercise can ask: built-in templates, and your own."
TemplateName = Annotated[
    str, typer.Argument(metavar="TEMPLATE", help="A built-in template by its name, or a file that ends in .toml.")
]
_To = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="A new file: .toml for the template, .xlsx or .csv for an empty sheet."
    ),
]
noun = typer.Typer(rich_markup_mode=None)
commands = typer.Typer(rich_markup_mode=None)


@command(noun, "list", example="securecall exercise template list", gives="results.templates:Templates")
def list_templates(line: Line) -> None:
    """List the built-in templates."""
    from securecall_client.acts import templates

    line.show(line.run(templates.list_templates()), _listed)


@command(noun, "show", example="securecall exercise template show priorities", gives="results.templates:TemplateShown")
def show(line: Line, template: TemplateName) -> None:
    """Show what a template asks: its questions, the columns of its tables, and the words to choose from."""
    from securecall_client.acts import templates

    line.show(line.run(templates.show_template(template)), _shown)


@command(
    noun, "check", example="securecall exercise template check survey.toml", gives="results.templates:TemplateShown"
)
def check(line: Line, template: TemplateName) -> None:
    """Say whether a template can be used, or where and why not (exit code 1)."""
    from securecall_client.acts import templates

    line.show(line.run(templates.show_template(template)), _checked)


@command(
    noun,
    "export",
    example="securecall exercise template export who-does-what -o ours.toml",
    gives="results.templates:TemplateFile",
)
def export(line: Line, template: TemplateName, output: _To = None) -> None:
    """Write a template, to change it, or an empty sheet to fill in.

    Without -o the template's text is printed. A sheet has the template's headings, its cells take text, and in XLSX
    they offer the words to choose from.
    """
    from securecall_client.acts import templates

    line.show(line.run(templates.export_template(template, output)), _written)


@command(
    commands,
    "sheet",
    example='securecall exercise sheet "Situation in spring" 1a2b3c4d -o answer.xlsx',
    gives="results.templates:TemplateFile",
)
def sheet(line: Line, call: CallName, exercise: ExerciseName, output: _To = None) -> None:
    """Write an empty sheet for your answer to an exercise, or its template.

    Fill it in and answer with: securecall exercise answer CALL EXERCISE --file answer.xlsx. Without -o the template's
    text is printed.
    """
    from securecall_client.acts import sheets

    line.show(line.in_session(lambda session: sheets.export_sheet(session, call, exercise, output)), _written)


def _listed(result: "Templates") -> Iterator[str]:
    yield table(("Template", "Version", "Title"), [(one.name, str(one.version), one.title) for one in result.templates])
    yield "What one asks: securecall exercise template show NAME. To change it: … template export NAME"


def _shown(result: "TemplateShown") -> Iterator[str]:
    yield f"{for_terminal(result.title)} ({for_terminal(result.name)}, version {result.version})"
    for question in result.questions:
        yield ""
        if question.type != "rows":
            yield from _field(question.columns[0], "")
            continue
        yield f"{for_terminal(question.title)} ({for_terminal(question.name)}, a table):"
        for column in question.columns:
            yield from _field(column, "  ")


def _field(field: "FieldShown", indent: str) -> Iterator[str]:
    kind = for_terminal(field.type)
    points = f", {field.points} points" if field.points is not None else ""
    optional = ", may be left out" if field.optional else ""
    yield f"{indent}{for_terminal(field.title)} ({for_terminal(field.name)}, {kind}{points}{optional})"
    if field.words:
        yield f"{indent}  {'; '.join(map(for_terminal, field.words))}"


def _checked(result: "TemplateShown") -> Iterator[str]:
    number = several(len(result.questions), "question")
    yield f"{for_terminal(result.name)} can be used: {for_terminal(result.title)}, {number}."
    yield "Start it with: securecall exercise start CALL TEMPLATE"


def _written(result: "TemplateFile") -> Iterator[str]:
    if result.path is None:
        yield (result.text or "").rstrip("\n")
    else:
        yield f"Written to {for_terminal(result.path)}."
