"""Sentences of ours: English text that remembers what it was made of."""

import copy
import json

import msgspec
import pytest

from securecall.errors import InvalidError, Problem
from securecall.sentences import Sentence, counted, plain, sentence, several, together
from securecall_client.kept_sentences import from_bytes, to_bytes

MISSING = b'\0{"template":"%(a)s","many":"","values":{"b":1}}'


def test_a_sentence_is_its_english_text() -> None:
    said = sentence("%(who)s has %(share)s %% of %(number)s places", who="Ann", share=2.5, number=4000)
    assert said == "Ann has 2.5 % of 4000 places"
    assert json.dumps(said) == '"Ann has 2.5 % of 4000 places"'
    assert sentence("100 % of it") == "100 % of it"
    assert Sentence(said) is said


def test_a_list_has_commas_and_numbers_choose_their_words() -> None:
    assert sentence("It was %(names)s.", names=(name for name in ("Ann", "Bob"))) == "It was Ann, Bob."
    assert [several(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert counted("one thing", "%(num)s things", 1) == "one thing"
    assert together("It is late.", None, "", "Wait.") == "It is late. Wait."
    assert together("a", "b", between="; ") == "a; b"


def test_what_an_error_says_stays_a_sentence_and_what_raised_it_is_not_kept() -> None:
    error = InvalidError(Problem.CAP, sentence("at most %(most)s", most=3))
    said = sentence("It was refused: %(error)s.", error=error)
    assert said == "It was refused: at most 3."
    assert isinstance(str(error), Sentence)
    assert said.values["error"] is str(error)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_a_copy_is_one_too(again: object) -> None:
    said = sentence("%(names)s: %(why)s", names=["Ann"], why=several(2, "row"))
    assert callable(again)
    copied = again(said)
    assert (copied, copied.template, copied.values) == (said, said.template, said.values)


def test_msgspec_writes_it_as_the_text_it_is() -> None:
    assert msgspec.json.encode([sentence("a %(b)s", b="c")], enc_hook=plain) == b'["a c"]'
    with pytest.raises(TypeError):
        msgspec.json.encode([object()], enc_hook=plain)


@pytest.mark.parametrize(
    "text",
    [
        "plain text",
        sentence("a constant"),
        sentence("%(names)s: %(why)s", names=["Ann", several(2, "row")], why=sentence("%(n)s of %(m)s", n=1, m=2.5)),
    ],
)
def test_what_is_kept_comes_back(text: str) -> None:
    again = from_bytes(to_bytes(text))
    assert again == text
    assert getattr(again, "values", {}) == (text.values if isinstance(text, Sentence) and text.values else {})


@pytest.mark.parametrize("data", [b"\0", b"\0[]", b'\0{"template":"a","many":""}', b"\xff", MISSING])
def test_what_was_not_kept_so_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_bytes(data)
