"""Pages from templates: everything that people wrote is text and nothing else (row M15)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from securecall_client.text import for_terminal, size
from securecall_client.web.language import LANGUAGES_MOST, Language

_PACKAGE: Final = "securecall_client.web"


def render(template: str, language: Language, data: Mapping[str, object]) -> str:
    """A template with ``data``, in a language. Raises: jinja2.TemplateError, a mistake of ours."""
    return _environment(language).get_template(template).render(data)


@lru_cache(LANGUAGES_MOST)
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.words, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.globals |= {"language": language}
    made.filters |= {
        "day": language.day,
        "time": language.time,
        "moment": language.moment,
        "number": language.number,
        "said": language.say,
        "size": lambda number: language.say(size(number)),
        "shown": for_terminal,
        "paragraphs": _paragraphs,
        "picture": _picture,
    }
    return made


def _paragraphs(text: str) -> str:
    """Several lines of somebody's text, with what cannot be seen made visible."""
    return "\n".join(for_terminal(line) for line in text.splitlines())


def _picture(drawn: str) -> Markup:
    """A picture of `securecall_client.work.svg`, which has escaped all text in it already."""
    return Markup(drawn)  # noqa: S704 - by that module alone
