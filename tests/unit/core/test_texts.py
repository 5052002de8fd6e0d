"""Texts that people hand over: whole, typed as they may be, or refused (rows M12, S25)."""

import pytest

from securecall.errors import TextError
from securecall.texts import TEXT_BYTES, from_text, write_text

DATA = b"where a sheet belongs"


def test_a_text_is_read_however_it_was_typed() -> None:
    text = write_text(DATA)
    assert from_text(text, "text") == from_text(text.upper().replace("-", " \n"), "text") == DATA
    whole = bytes(TEXT_BYTES - 4)
    assert from_text(write_text(whole), "text") == whole


def test_s25_a_text_with_one_character_changed_or_cut_off_is_refused() -> None:
    text = write_text(DATA)
    for at, character in enumerate(text):
        if character != "-":
            other = "a" if character != "a" else "b"
            with pytest.raises(TextError):
                from_text(text[:at] + other + text[at + 1 :], "text")
        with pytest.raises(TextError):
            from_text(text[:at], "text")


def test_m12_a_text_over_its_cap_is_refused_though_its_check_fits() -> None:
    with pytest.raises(TextError):
        from_text(write_text(bytes(TEXT_BYTES)), "text")
