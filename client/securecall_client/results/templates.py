"""Results about templates of exercises."""

from securecall_client.results.common import Result


class TemplateLine(Result, frozen=True, kw_only=True):
    """A template that is built in."""

    name: str
    version: int
    title: str


class Templates(Result, frozen=True, kw_only=True):
    """The templates that are built in."""

    templates: list[TemplateLine]


class FieldShown(Result, frozen=True, kw_only=True):
    """A column, or a question that is no table: what its cells hold; `words` to choose from, or that are proposed."""

    name: str
    type: str
    title: str
    words: list[str]
    optional: bool
    points: int | None


class QuestionShown(Result, frozen=True, kw_only=True):
    """A question: of the type `rows` it is a table of `columns`, else there is one, the question itself."""

    name: str
    type: str
    title: str
    columns: list[FieldShown]


class TemplateShown(Result, frozen=True, kw_only=True):
    """What a template asks."""

    name: str
    version: int
    title: str
    questions: list[QuestionShown]


class TemplateFile(Result, frozen=True, kw_only=True):
    """A template, or an empty sheet for an answer to it: written to `path`, or where there is none in `text`."""

    name: str
    path: str | None
    text: str | None
