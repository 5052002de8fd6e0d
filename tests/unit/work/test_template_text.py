"""Templates written as TOML, and with a title or a list that a facilitator gives as they start an exercise."""

import pytest

from securecall_client.work import question, template
from securecall_client.work.errors import TemplateError
from securecall_client.work.template_text import filled, to_toml


@pytest.mark.parametrize("name", template.names())
def test_a_template_is_written_and_read_back(name: str) -> None:
    assert template.parse(to_toml(template.load(name))) == template.load(name)


def test_nothing_given_leaves_the_text_as_it_stands_with_its_comments() -> None:
    text = template.load_text("priorities")
    assert filled(text) == text


def test_a_title_and_a_list_in_seconds() -> None:
    text = filled(template.load_text("priorities"), title="What first in “March”?", choices=["legal aid", "relocation"])
    asks = template.parse(text)
    assert asks.title == "What first in “March”?"
    assert question.fields(asks.questions[0])[0].words == ("legal aid", "relocation")
    assert asks.questions[0].type == "rank"


@pytest.mark.parametrize(("way", "kind"), [("rank", "rank"), ("points", "points"), ("approval", "choices")])
def test_the_way_to_choose(way, kind) -> None:
    [asked, *_] = template.parse(filled(template.load_text("priorities"), way=way)).questions
    assert (asked.type, question.fields(asked)[0].may_be_empty) == (kind, False)


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("who-does-what", {"choices": ["a"]}, "asks for no choice"),
        ("opening-space", {"way": "points"}, "asks for no choice"),
        ("priorities", {"choices": ["a", " A "]}, "twice"),
        ("priorities", {"choices": ["a;b"]}, "semicolon"),
        ("priorities", {"choices": ["\u202eabc"]}, "writing direction"),
        ("priorities", {"title": " "}, "empty"),
        ("priorities", {"title": "x" * 300}, "at most"),
        ("priorities", {"choices": [f"word {n} {'x' * 200}" for n in range(150)]}, "bytes"),
    ],
)
def test_what_is_no_title_or_list_is_refused(name, given, reason) -> None:
    with pytest.raises(TemplateError, match=reason) as refused:
        filled(template.load_text(name), **given)
    assert "Line" not in str(refused.value), "whoever typed this has no file with lines"
