"""The seal of a page and of what comes back of it: one code, two keys, and nothing that opens elsewhere."""

import pytest

from securecall.errors import TextError
from securecall.texts import write_text
from securecall_keys.context import PagePurpose
from securecall_keys.errors import CannotOpenError
from securecall_keys.pages import PageKeys, code_text, page_of, read_code
from securecall_keys.secret import Secret

KEYS = PageKeys(bytes(range(16)), Secret(bytes(range(16, 32))))


@pytest.mark.parametrize("purpose", ["page", "reply"])
def test_what_is_sealed_opens_with_the_code(purpose: PagePurpose) -> None:
    for content in (b"", b"text", bytes(5_000)):
        assert KEYS.open(purpose, KEYS.seal(purpose, content)) == content


def test_s12_it_opens_under_no_other_code_page_or_purpose() -> None:
    reply = KEYS.seal("reply", b"text")
    others = (PageKeys(KEYS.page, Secret(bytes(16))), PageKeys(bytes(16), KEYS.code))
    for other in others:
        with pytest.raises(CannotOpenError):
            other.open("reply", reply)
    with pytest.raises(CannotOpenError):
        KEYS.open("page", reply)
    # Not by the key either, should somebody put the label of the one before the other.
    with pytest.raises(CannotOpenError):
        KEYS.open("page", reply.replace(b"reply", b"page", 1))


def test_s16_every_bit_of_it_counts() -> None:
    reply = KEYS.seal("reply", b"text")
    for at in range(len(reply)):
        changed = reply[:at] + bytes([reply[at] ^ 1]) + reply[at + 1 :]
        with pytest.raises(CannotOpenError):
            KEYS.open("reply", changed)
    for cut in (b"", reply[:20], reply[:50], reply[:-1], reply + b"\x00"):
        with pytest.raises(CannotOpenError):
            KEYS.open("reply", cut)


def test_s31_its_size_tells_little() -> None:
    assert len({len(KEYS.seal("reply", bytes(size))) for size in range(0, 1_000, 100)}) == 1


def test_m19_two_of_one_content_share_nothing_but_the_page() -> None:
    first, second = KEYS.seal("page", b"text"), KEYS.seal("page", b"text")
    head = len(b"securecall/1 page\x00") + 16
    assert first[:head] == second[:head]
    assert first[head : head + 12] != second[head : head + 12]


def test_a_reply_says_of_which_page_it_is() -> None:
    assert page_of(KEYS.seal("reply", b"text")) == KEYS.page
    for other in (b"", KEYS.seal("page", b"text"), b"securecall/1 reply\x00short"):
        with pytest.raises(CannotOpenError):
            page_of(other)


def test_a_code_is_told_with_check_digits() -> None:
    fresh = PageKeys.fresh()
    text = code_text(fresh.code)
    assert [len(group) for group in text.split("-")] == [8, 8, 8, 8]
    assert read_code(f" {text.upper().replace('-', ' ')}\n") == fresh.code
    wrong = ("a" if text[0] != "a" else "b") + text[1:]
    for mistyped in (wrong, text[:-1], "", write_text(bytes(15)), write_text(bytes(32))):
        with pytest.raises(TextError):
            read_code(mistyped)


def test_o11_neither_shows_the_code() -> None:
    assert KEYS.code.expose().hex() not in repr(KEYS)
    assert repr(KEYS.code.expose()) not in repr(KEYS)
