"""Templates: the built-in one, and every other with a reason why not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work import template
from securecall_client.work.errors import TemplateError

GOOD = template.load_text("who-does-what")
BAD = {
    "no toml": ("name = ", "not readable TOML"),
    "nested": ("a = " + "[" * 5_000, "not readable TOML"),
    "empty": ("", "`name`"),
    "too long": ("#" * (template.MAX_TEMPLATE_BYTES + 1), "bytes"),
    "name": (GOOD.replace('"who-does-what"', '"../secret"'), "name"),
    "long name": (GOOD.replace('"who-does-what"', f'"{"a" * 300}"'), "name"),
    "version": (GOOD.replace("version = 1", "version = 0"), "version"),
    "true as version": (GOOD.replace("version = 1", "version = true"), "int"),
    "title": (GOOD.replace('"Who does what, where and when"', '"a\\u202eb"'), "title"),
    "empty title": (GOOD.replace('title = "Activity"', 'title = " "'), "activity"),
    "unknown field": ("secret = 1\n" + GOOD, "secret"),
    "unknown type of question": (GOOD.replace('type = "rows"', 'type = "ranking"'), "“ranking”"),
    "unknown type of column": (GOOD.replace('type = "place"', 'type = "planet"'), "“planet”"),
    "type that is no text": (GOOD.replace('type = "rows"', "type = 1"), "str"),
    "column of another name": (GOOD.replace('name = "needs"', 'name = "wants"'), "in this order"),
    "column of another type": (GOOD.replace('type = "month"', 'type = "word"'), "in this order"),
    "no columns": (GOOD.partition("[[questions.columns]]")[0], "columns"),
    "two questions": (GOOD + GOOD[GOOD.index("[[questions]]") :], "exactly one"),
    "same word twice": (GOOD.replace('"research"', '"Legal  aid"'), "twice"),
    "other choices": (GOOD.replace('"under way"', '"running"'), "under way"),
    "words for a place": (GOOD.replace('type = "place"', 'type = "place"\nwords = ["KE"]'), "no list"),
    "too many words": (
        GOOD.replace("words = [\n", "words = [\n" + '"a",' * template.MAX_PROPOSALS),
        "more than",
    ),
}


def test_the_built_in_template_is_read() -> None:
    assert template.names() == ["who-does-what"]
    read = template.load("who-does-what")
    assert (read.name, read.version) == ("who-does-what", 1)
    assert {column.name: column.type for column in read.columns} == template.COLUMNS
    assert "legal aid" in read.columns[0].words


def test_an_edited_list_of_activities_is_welcome() -> None:
    text = GOOD.replace('"research"', '"night watches"')
    assert "night watches" in template.parse(text).columns[0].words


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD)
def test_a_bad_template_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        template.parse(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize("name", ["", "who", "../templates/who-does-what", "who-does-what.toml", "\0"])
def test_an_unknown_name_never_becomes_a_path(name: str) -> None:
    with pytest.raises(TemplateError, match="who-does-what"):
        template.load(name)


@given(st.text())
def test_any_text_is_a_template_or_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        template.parse(text)


@given(st.integers(0, len(GOOD)), st.integers(0, 20), st.text(max_size=5))
def test_a_damaged_template_is_read_or_refused(at: int, cut: int, put: str) -> None:
    with contextlib.suppress(TemplateError):
        template.parse(GOOD[:at] + put + GOOD[at + cut :])
