"""What the server holds of chunks that were cut: bounded in bytes and in time (row O07)."""

import pytest

from securecall.caps import MIB
from securecall_server.beginnings import GOOD_FOR, MOST, Beginnings, Key
from securecall_server.store.interface import ConflictError

SPACE, MEMBER, BLOB = bytes(32), b"m" * 32, b"b" * 16


def key(index: int) -> Key:
    return SPACE, MEMBER, BLOB, index


def begin(beginnings: Beginnings, index: int, size: int, now: int = 0) -> None:
    beginnings.take(key(index), 0, now).data += bytes(size)


def test_o07_what_is_never_finished_is_forgotten_after_a_while() -> None:
    beginnings = Beginnings()
    begin(beginnings, 0, 10)
    assert beginnings.sizes(SPACE, MEMBER, BLOB, GOOD_FOR) == {0: 10}
    assert beginnings.sizes(SPACE, MEMBER, BLOB, GOOD_FOR + 1) == {}
    with pytest.raises(ConflictError):
        beginnings.take(key(0), 10, GOOD_FOR + 2)


def test_o07_all_of_them_together_have_a_bound_and_the_oldest_go_first() -> None:
    beginnings = Beginnings()
    for index in range(MOST // (4 * MIB) + 4):
        begin(beginnings, index, 4 * MIB, now=index)
    held = beginnings.sizes(SPACE, MEMBER, BLOB, 100)
    assert sum(held.values()) == MOST
    assert sorted(held) == list(range(4, MOST // (4 * MIB) + 4))


def test_o07_whoever_goes_on_takes_it_from_whoever_had_it() -> None:
    beginnings = Beginnings()
    first = beginnings.take(key(0), 0, 0)
    first.data += b"abc"
    second = beginnings.take(key(0), 3, 0)
    second.data += b"def"
    first.data += b"xyz"
    assert second.data == b"abcdef"
    beginnings.done(key(0), first)
    assert beginnings.sizes(SPACE, MEMBER, BLOB, 0) == {0: 6}
    beginnings.done(key(0), second)
    assert beginnings.sizes(SPACE, MEMBER, BLOB, 0) == {}
