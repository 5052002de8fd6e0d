"""What people wrote, where the pages say it in a sentence of their own: nothing in it turns the sentence round."""

from securecall.sentences import sentence
from securecall_client.errors import FileError
from securecall_client.web.hub import Word
from securecall_client.web.language import language
from securecall_client.web.live import in_words
from securecall_client.web.render import render

NAME = "report\u202efdp.exe"
PLAIN = r"report\u202efdp.exe"


def test_m14_a_sentence_that_is_said_shows_what_cannot_be_seen() -> None:
    for text in (
        f"Taken back: {NAME}.\nNobody got it.",
        sentence("Taken back: %(name)s.\nNobody got it.", name=NAME),
    ):
        assert in_words(Word("said", text), language("en")) == f"Taken back: {PLAIN}.\nNobody got it."
    assert in_words(Word("progress", sentence("Fetching %(name)s", name=NAME), (1, 2)), language("")) == (
        f"1 2 Fetching {PLAIN}"
    )


def test_m14_why_something_failed_shows_what_cannot_be_seen() -> None:
    error = FileError(f"{NAME} cannot be read.", hint=f"Rename {NAME}.")
    told = render("failure.html", language("en"), {"error": error, "hint": error.hint})
    assert "\u202e" not in told
    assert told.count(PLAIN) == 2
