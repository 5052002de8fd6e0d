"""What a linking text and a recovery sheet yield, and that nothing else opens or signs for them (S03, S25, S42)."""

from collections.abc import Callable

import pytest

from securecall.entries import Seen
from securecall.errors import InvalidError, TextError
from securecall.labels import Label
from securecall.texts import write_text
from securecall_keys.device import DeviceKeys, sign
from securecall_keys.errors import CannotOpenError
from securecall_keys.linking import (
    LinkedSpace,
    LinkingAnswer,
    LinkingKeys,
    LinkingRequest,
    LinkingText,
    linking_text,
    read_linking,
)
from securecall_keys.secret import Secret
from securecall_keys.sheet import Sheet, SheetPlace, read_sheet
from tests.simulator.hostile import flipped, sampled

MEMBER, HEAD, SPACE = b"\x44" * 32, b"\x33" * 32, b"\x22" * 32
TEXT = LinkingText("https://calls.example.org", MEMBER, HEAD, bytes(range(16)))
KEYS = LinkingKeys(TEXT)
DEVICE = DeviceKeys(Secret(b"\x07" * 32))
ANSWER = LinkingAnswer(b"\x05" * 32, SPACE, [LinkedSpace(SPACE, None, Seen(3, HEAD), 1_740_000_000_000)])
SHEET = Sheet(Secret(bytes(range(32))), SheetPlace("https://calls.example.org", MEMBER, SPACE, Seen(300, HEAD)))


def test_a_text_is_read_as_it_was_written_in_either_case_and_with_breaks() -> None:
    text = linking_text(TEXT)
    for typed in (text, text.upper(), text.replace("-", "\n"), f"  {text}  "):
        assert read_linking(typed) == TEXT
    for mangled in (text[:-1], text[8:], text.replace("a", "b", 1), "", "hello"):
        with pytest.raises(TextError):
            read_linking(mangled)


def test_a_text_shows_no_secret_when_it_is_printed_for_programmers() -> None:
    assert str(TEXT.secret) not in repr(TEXT) + repr(KEYS)
    assert "abandon" not in repr(SHEET)


OTHERS = {
    "another secret": LinkingKeys(LinkingText(TEXT.address, MEMBER, HEAD, bytes(16))),
    "another member": LinkingKeys(LinkingText(TEXT.address, SPACE, HEAD, TEXT.secret)),
    "another head": LinkingKeys(LinkingText(TEXT.address, MEMBER, SPACE, TEXT.secret)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_s03_a_request_or_answer_of_another_linking_is_refused(name: str) -> None:
    other = OTHERS[name]
    assert other.public != KEYS.public
    announcement = DEVICE.announce(MEMBER, "computer")
    assert KEYS.read_request(KEYS.request(announcement)) == announcement
    with pytest.raises(CannotOpenError):
        KEYS.read_request(other.request(announcement))
    assert KEYS.open_answer(KEYS.seal_answer(ANSWER, DEVICE.id), DEVICE.id) == ANSWER
    with pytest.raises(CannotOpenError):
        KEYS.open_answer(other.seal_answer(ANSWER, DEVICE.id), DEVICE.id)


def test_s03_a_request_by_another_key_or_label_is_refused() -> None:
    request = LinkingRequest(MEMBER, HEAD, b"announcement")
    with pytest.raises(CannotOpenError):
        KEYS.read_request(sign(Secret(bytes(32)), Label.LINKING, request))
    for label in (Label.JOIN, Label.LOGIN):
        with pytest.raises(InvalidError):
            KEYS.read_request(sign(Secret(bytes(32)), label, request))


@pytest.mark.parametrize(("member", "identity"), [(SPACE, HEAD), (MEMBER, SPACE)], ids=["member", "head"])
def test_s03_the_holder_of_a_text_links_to_its_member_at_its_head_alone(member: bytes, identity: bytes) -> None:
    request = LinkingRequest(member, identity, DEVICE.announce(member, "computer"))
    with pytest.raises(CannotOpenError):
        KEYS.read_request(sign(KEYS._signing, Label.LINKING, request))


def test_s03_an_answer_to_another_device_does_not_open_nor_one_bit_off() -> None:
    box = KEYS.seal_answer(ANSWER, DEVICE.id)
    with pytest.raises(CannotOpenError):
        KEYS.open_answer(box, SPACE)
    for at in sampled(box, 40):
        with pytest.raises(CannotOpenError):
            KEYS.open_answer(flipped(box, at), DEVICE.id)


READINGS: dict[str, Callable[[Sheet], str]] = {
    "one line": Sheet.line,
    "capitals": lambda sheet: sheet.line().upper(),
    "a line each": lambda sheet: "\n".join([*sheet.words(), sheet.place_text()]),
    "the text in lines": lambda sheet: " ".join(sheet.words()) + "\n" + sheet.place_text().replace("-", "-\n"),
    "numbered, with words around": lambda sheet: "\n".join(
        ["Keep this where nobody looks", *(f"{n}. {w}" for n, w in enumerate(sheet.words(), 1)), sheet.place_text()]
    ),
}


@pytest.mark.parametrize("name", READINGS)
def test_s25_a_sheet_is_read_however_it_was_typed_off(name: str) -> None:
    assert read_sheet(READINGS[name](SHEET)) == SHEET


def test_s25_two_words_that_changed_places_are_found_out() -> None:
    words = SHEET.words()
    refused = 0
    for at in range(23):
        swapped = [*words[:at], words[at + 1], words[at], *words[at + 2 :]]
        try:
            read_sheet(" ".join([*swapped, SHEET.place_text()]))
        except TextError:
            refused += 1
    assert refused >= 22


MISTYPED: dict[str, tuple[str, str]] = {
    "no last line": (" ".join(SHEET.words()), "last line of the recovery sheet is missing"),
    "no words": (SHEET.place_text(), "has 24 words; these are 0"),
    "a word too few": (" ".join([*SHEET.words()[1:], SHEET.place_text()]), "has 24 words; these are 23"),
    "a word too many": (" ".join(["zoo", *SHEET.words(), SHEET.place_text()]), "has 24 words; these are 25"),
    "no such word": (" ".join(["securecall", *SHEET.words()[1:], SHEET.place_text()]), "Word 1 of"),
    "the last line cut": (SHEET.line()[:-3], "last line of a recovery sheet"),
    "another text": (" ".join([*SHEET.words(), write_text(bytes(64))]), "not a recovery sheet"),
}


@pytest.mark.parametrize("name", MISTYPED)
def test_s25_a_mistyped_sheet_is_told_what_is_wrong_with_it(name: str) -> None:
    text, words = MISTYPED[name]
    with pytest.raises(TextError, match=words):
        read_sheet(text)
