"""Templates: the built-in one, and every other with a reason why not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work import question, template
from securecall_client.work.errors import TemplateError

GOOD = template.load_text("who-does-what")
BAD = {
    "no toml": ("name = ", "not readable TOML"),
    "nested": ("a = " + "[" * 5_000, "not readable TOML"),
    "empty": ("", "`name`"),
    "too long": ("#" * (template.MAX_TEMPLATE_BYTES + 1), "bytes"),
    "name": (GOOD.replace('"who-does-what"', '"../secret"'), "name"),
    "long name": (GOOD.replace('"who-does-what"', f'"{"a" * 300}"'), "name"),
    "version": (GOOD.replace("version = 2", "version = 0"), "version"),
    "true as version": (GOOD.replace("version = 2", "version = true"), "int"),
    "title": (GOOD.replace('"Who does what, where and when"', '"a\\u202eb"'), "title"),
    "empty title": (GOOD.replace('title = "Activity"', 'title = " "'), "activity"),
    "unknown field": ("secret = 1\n" + GOOD, "secret"),
    "unknown type of question": (GOOD.replace('type = "rows"', 'type = "ranking"'), "“ranking”"),
    "unknown type of column": (GOOD.replace('type = "place"', 'type = "planet"'), "“planet”"),
    "type that is no text": (GOOD.replace('type = "rows"', "type = 1"), "str"),
    "column of a bad name": (GOOD.replace('name = "needs"', 'name = "What we need"'), "small letters"),
    "two columns of a name": (GOOD.replace('name = "needs"', 'name = "with"'), "two columns of the name with"),
    "column of another type than the map reads": (GOOD.replace('type = "month"', 'type = "word"'), "month"),
    "no columns": (GOOD.partition("[[questions.columns]]")[0], "columns"),
    "a question twice": (GOOD + GOOD[GOOD.index("[[questions]]") :], "two questions"),
    "no questions": (GOOD[: GOOD.index("[[questions]]")] + "questions = []", "0 questions"),
    "same word twice": (GOOD.replace('"research"', '"Legal  aid"'), "twice"),
    "no words to choose from": (GOOD.replace('words = ["planned", "under way", "considering"]', ""), "no words"),
    "a choice with a semicolon": (GOOD.replace('"under way"', '"a;b"'), "semicolon"),
    "words for a place": (GOOD.replace('type = "place"', 'type = "place"\nwords = ["KE"]'), "no list"),
    "too many words": (
        GOOD.replace("words = [\n", "words = [\n" + '"a",' * question.MAX_PROPOSALS),
        "more than",
    ),
}


def test_the_built_in_template_is_read() -> None:
    read = template.load("who-does-what")
    table = read.questions[0]
    assert read.name == "who-does-what"
    assert {column.name: column.type for column in question.fields(table)}.items() <= question.MEANINGS.items()
    assert "legal aid" in question.fields(table)[0].words


@pytest.mark.parametrize("name", template.names())
def test_every_built_in_template_is_named_as_its_file(name: str) -> None:
    assert template.load(name).name == name


def test_an_edited_list_of_activities_is_welcome() -> None:
    text = GOOD.replace('"research"', '"night watches"')
    assert "night watches" in question.fields(template.parse(text).questions[0])[0].words


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


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (GOOD.replace('type = "place"', 'type = "planet"'), GOOD[: GOOD.index('name = "place"')].count("\n")),
        (GOOD.replace('type = "month"', 'type = "word"'), GOOD[: GOOD.index('name = "from"')].count("\n")),
        (GOOD.replace('title = "Place"', 'titel = "Place"'), GOOD[: GOOD.index("[[questions]]")].count("\n") + 1),
    ],
)
def test_a_refusal_says_on_which_line(bad: str, line: int) -> None:
    with pytest.raises(TemplateError, match=f"^Line {line}: "):
        template.parse(bad)


def test_readable_toml_that_is_cut_says_on_which_line() -> None:
    with pytest.raises(TemplateError, match="line 2"):
        template.parse('name = "a"\ntitle = \n')
