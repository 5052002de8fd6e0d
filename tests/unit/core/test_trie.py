"""Many versions of one mapping: each stays as it was, and is what a dictionary would be (M12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securecall.trie import Trie

IDS = st.binary(max_size=3).map(lambda begins: begins.rjust(32, b"\0")) | st.binary(max_size=2).map(
    lambda begins: begins.ljust(32, b"\0")
)
"""Ids of which many begin alike, also up to their last byte."""


@given(st.lists(st.dictionaries(IDS, st.integers(), max_size=8) | st.lists(IDS, unique=True, max_size=8), max_size=12))
def test_every_version_is_what_a_dictionary_would_be(changes: list[dict[bytes, int] | list[bytes]]) -> None:
    trie, plain = Trie[int](), dict[bytes, int]()
    versions = [(trie, plain)]
    for change in changes:
        if isinstance(change, dict):
            trie, plain = trie.put(change), {**plain, **change}
        else:
            gone = [key for key in change if key in plain]
            trie, plain = trie.without(gone), {key: value for key, value in plain.items() if key not in gone}
        versions.append((trie, plain))
    for each, wanted in versions:
        assert each == wanted
        assert len(each) == len(wanted)
        assert list(each) == sorted(wanted)
        assert list(each.items()) == sorted(wanted.items())
        assert list(each.values()) == [wanted[key] for key in sorted(wanted)]


def test_what_is_not_there_is_an_error() -> None:
    trie = Trie[int]().put({bytes(32): 1})
    assert trie.get(b"") is None
    assert trie.get(b"\1" * 32) is None
    with pytest.raises(KeyError):
        trie.without([b"\1" * 32])
    with pytest.raises(ValueError, match="no id"):
        trie.put({b"short": 1})


def test_a_change_shares_all_but_the_way_to_it() -> None:
    whole = Trie[int]().put({bytes([n, m]) + bytes(30): n for n in range(256) for m in range(4)})
    key = bytes(32)
    after = whole.put({key: 7})
    assert whole[key] == 0
    assert after[key] == 7
    root, changed = whole._root, after._root
    assert [a is b for a, b in zip(root, changed, strict=True)].count(False) == 1
