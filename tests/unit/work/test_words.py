"""When two words are the same, and what is refused in them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall_client.work.errors import CellError
from securecall_client.work.words import MAX_WORD_BYTES, MAX_WORDS, key, read_list, read_text

SAME = {
    "case": ("Legal Aid", "legal aid"),
    "sharp s": ("Straße", "STRASSE"),
    "white space": ("  legal \u00a0 aid ", "legal aid"),
    "composed and decomposed": ("caf\u00e9", "cafe\u0301"),
    "zero width": ("legal\u200b aid", "legal aid"),
}
REFUSED = {
    "nothing": (None, "missing"),
    "a number": (3, "must be text"),
    "empty": ("", "empty"),
    "white space alone": ("   ", "empty"),
    "invisible alone": ("\u200d\u200b", "empty"),
    "tab": ("a\tb", "control character"),
    "line break": ("a\nb", "control character"),
    "nul": ("a\0", "control character"),
    "c1 control": ("a\u0085", "control character"),
    "paragraph separator": ("a\u2029", "control character"),
    "lone surrogate": ("a\ud800", "control character"),
    "right-to-left override": ("a\u202eb", "writing direction"),
    "isolate": ("a\u2066b", "writing direction"),
    "arabic letter mark": ("\u061ca", "writing direction"),
    "too long": ("é" * (MAX_WORD_BYTES // 2 + 1), "bytes"),
}
TAKEN = {
    "arabic": "مساعدة قانونية",
    "hebrew": "סיוע משפטי",
    "persian with a non-joiner": "می\u200cخواهم",
    "amharic": "የሕግ ድጋፍ",
    "emoji family": "👨\u200d👩\u200d👧",
    "combining": "a\u0301\u0302\u0303",
    "formula": "=1+1",
    "at the cap": "é" * (MAX_WORD_BYTES // 2),
    "with spaces around": " legal aid ",
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_two_words_are_two() -> None:
    assert key("legal aid") != key("legalaid")


@given(st.text())
def test_a_key_is_its_own_key_in_nfc(word: str) -> None:
    assert key(key(word)) == key(word)
    assert unicodedata.is_normalized("NFC", key(word))


@pytest.mark.parametrize(("value", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_text_is_refused_with_its_reason(value: object, reason: str) -> None:
    with pytest.raises(CellError, match=reason) as caught:
        read_text(value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_a_text_of_any_script_is_kept_as_typed(text: str) -> None:
    assert read_text(text) == text


def test_a_list_of_words_is_kept_in_order() -> None:
    assert read_list(["b", "a"]) == ("b", "a")
    assert read_list(None) == ()


@pytest.mark.parametrize("value", ["a", {"a": 1}, ["a", 1], ["a", ""], ["a;b"], ["a"] * (MAX_WORDS + 1)])
def test_another_list_is_refused(value: object) -> None:
    with pytest.raises(CellError):
        read_list(value)
