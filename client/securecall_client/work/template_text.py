"""A template written as TOML, and one whose title or list a person gives as they start an exercise."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from securecall.sentences import sentence
from securecall_client.work.errors import TemplateError
from securecall_client.work.question import Question
from securecall_client.work.template import Template, parse
from securecall_client.work.values import CHOOSING, POINTS, Field, Type

Way = Literal["rank", "points", "approval"]
"""How people say what comes first: in order, by sharing out points, or by naming all that they approve."""
_TYPES: Mapping[Way, Type] = {"rank": "rank", "points": "points", "approval": "choices"}


def filled(text: str, *, title: str | None = None, choices: Sequence[str] = (), way: Way | None = None) -> str:
    """The template ``text`` with another title, another list to choose from, or another way to choose.

    The list and the way are those of its first question of a type that chooses. Nothing given, ``text`` itself.

    Raises: TemplateError if what comes out is no template, or nothing is chosen from in it.
    """
    template = parse(text)
    if title is not None:
        template = replace(template, title=title)
    if choices or way is not None:
        template = _choosing(template, tuple(choices), way)
    if title is None and not choices and way is None:
        return text
    text = to_toml(template)
    try:
        parse(text)
    except TemplateError as error:
        # Nobody has seen the file that has this line.
        raise TemplateError(re.sub(r"^Line \d+: ", "", str(error))) from None
    return text


def _choosing(template: Template, choices: tuple[str, ...], way: Way | None) -> Template:
    places = [
        place
        for place, question in enumerate(template.questions)
        if isinstance(question, Field) and question.type in CHOOSING
    ]
    if not places:
        raise TemplateError(
            sentence("The template %(name)s asks for no choice from a list, so it takes none.", name=template.name)
        )
    asked = template.questions[places[0]]
    if not isinstance(asked, Field):
        raise TypeError("a question that chooses is no table")
    kind = asked.type if way is None else _TYPES[way]
    # What may be left empty is fixed by the type, and must not change with the way of asking.
    asked = replace(asked, words=choices or asked.words, type=kind, optional=asked.may_be_empty)
    questions = (*template.questions[: places[0]], asked, *template.questions[places[0] + 1 :])
    return replace(template, questions=questions)


def to_toml(template: Template) -> str:
    """The TOML of a template: read again it is the same."""
    return "\n".join(_lines(template)) + "\n"


def _lines(template: Template) -> Iterator[str]:
    yield f"name = {_text(template.name)}"
    yield f"version = {template.version}"
    yield f"title = {_text(template.title)}"
    for question in template.questions:
        yield ""
        yield "[[questions]]"
        yield from _question(question)


def _question(question: Question) -> Iterator[str]:
    if isinstance(question, Field):
        yield from _field(question)
        return
    yield f"name = {_text(question.name)}"
    yield 'type = "rows"'
    yield f"title = {_text(question.title)}"
    for column in question.columns:
        yield ""
        yield "[[questions.columns]]"
        yield from _field(column)


def _field(field: Field) -> Iterator[str]:
    yield f"name = {_text(field.name)}"
    yield f"type = {_text(field.type)}"
    yield f"title = {_text(field.title)}"
    if field.words:
        yield f"words = [{', '.join(map(_text, field.words))}]"
    if field.optional is not None:
        yield f"optional = {'true' if field.optional else 'false'}"
    if field.points != POINTS:
        yield f"points = {field.points}"


def _text(text: str) -> str:
    """A string of TOML. Its escapes are those of JSON, which leaves U+007F as it stands; no text here has one."""
    return json.dumps(text, ensure_ascii=False)
