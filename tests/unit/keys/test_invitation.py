"""Invitations: their text, and what their secret yields (G02, G04, G07, S36)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securecall.entries import Seen
from securecall.errors import TextError
from securecall.joins import read_join
from securecall.statements import Login, read_login
from securecall_keys.context import LetterContext
from securecall_keys.errors import CannotOpenError
from securecall_keys.invitation import (
    InvitationKeys,
    InvitationText,
    fresh_invitation,
    open_letter,
    read_invitation,
    read_setup,
    seal_letter,
    to_text,
)
from securecall_keys.secret import Secret
from tests.world import make_person, seed

VALUE = InvitationText("https://call.example:8443", seed("space"), Seen(17, seed("head")), seed("secret")[:16])
TEXT = to_text(VALUE)


def test_a_text_is_read_back_with_its_dashes_or_without() -> None:
    plain = TEXT.replace("-", "")
    folded = "\n".join(TEXT[n : n + 30] for n in range(0, len(TEXT), 30))
    for text in (TEXT, plain, TEXT.upper(), TEXT.title(), f"\n  {TEXT}\t\r\n", folded, TEXT.replace("-", " ")):
        assert read_invitation(text) == VALUE


@pytest.mark.parametrize("cut", [1, 8, 9, 40, len(TEXT) - 8, len(TEXT)])
def test_a_cut_text_is_told(cut: int) -> None:
    for text in (TEXT[:-cut], TEXT[cut:]):
        with pytest.raises(TextError):
            read_invitation(text)


@settings(max_examples=100)
@given(at=st.integers(0, len(TEXT) - 1), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_mistyped_letter_is_told(at: int, letter: str) -> None:
    if TEXT[at] in ("-", letter):
        return
    if at == len(TEXT) - 1:
        return  # its last bits say nothing
    with pytest.raises(TextError):
        read_invitation(TEXT[:at] + letter + TEXT[at + 1 :])


STRANGE = {
    "empty": "",
    "spaces": "  \n ",
    "a digit that is none": TEXT[:9] + "1" + TEXT[10:],
    "punctuation": TEXT[:9] + "!" + TEXT[10:],
    "letters beyond ASCII": TEXT[:9] + "é" + TEXT[10:],
    "a full-width letter": TEXT[:9] + "ａ" + TEXT[10:],
    "an en dash": TEXT.replace("-", "–"),
    "padding": TEXT + "======",
    "a NUL": TEXT + "\x00",
    "two": TEXT + TEXT,
    "an address": "https://call.example/join",
    "very long": "a" * 1_000_000,
    "half a character": TEXT + "\ud800",
}


@pytest.mark.parametrize("case", STRANGE)
def test_whatever_is_pasted_is_answered_with_a_sentence(case: str) -> None:
    for read in (read_invitation, read_setup):
        with pytest.raises(TextError) as caught:
            read(STRANGE[case])
        assert len(str(caught.value)) > 20
        assert TEXT[:8] not in str(caught.value)


@settings(max_examples=100)
@given(text=st.text(max_size=60))
def test_any_text_is_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(TextError):
        read_invitation(text)


def test_an_invitation_is_no_setup_code() -> None:
    with pytest.raises(TextError):
        read_setup(TEXT)


def test_G02_a_secret_yields_two_keys_for_one_space() -> None:
    here, there = (InvitationKeys(seed(name), Secret(VALUE.secret)) for name in ("here", "there"))
    made = {here.public, there.public, here.letter_key.expose(), there.letter_key.expose()}
    assert len(made) == 4
    assert len(fresh_invitation().expose()) == 16
    assert fresh_invitation() != fresh_invitation()


def test_G04_a_join_request_says_what_is_asked() -> None:
    keys, dia = InvitationKeys(seed("here"), Secret(VALUE.secret)), make_person("dia")
    join = read_join(keys.join("guest", dia.member, dia.head))
    assert join.key == keys.public
    assert (join.value.space, join.value.role) == (seed("here"), "guest")
    assert (join.value.member, join.value.identity) == (dia.member, dia.head)


def test_who_holds_an_invitation_signs_a_login() -> None:
    keys = InvitationKeys(seed("here"), Secret(VALUE.secret))
    login = Login(seed("server"), "https://call.example", seed("a"), seed("b"), keys.public)
    opened = read_login(keys.sign_login(login))
    assert opened.key == opened.value.subject == keys.public


def test_a_letter_opens_for_its_writer_space_and_key_alone() -> None:
    keys = InvitationKeys(seed("here"), Secret(VALUE.secret))
    context = LetterContext("inviter", seed("here"), keys.public)
    box = seal_letter(keys.letter_key, context, b"Amina can admit you")
    assert open_letter(keys.letter_key, context, box) == b"Amina can admit you"
    assert b"Amina" not in box
    for other in (
        LetterContext("joiner", seed("here"), keys.public),
        LetterContext("inviter", seed("there"), keys.public),
        LetterContext("inviter", seed("here"), seed("key")),
    ):
        with pytest.raises(CannotOpenError):
            open_letter(keys.letter_key, other, box)
    with pytest.raises(CannotOpenError):
        open_letter(Secret(seed("other")), context, box)
