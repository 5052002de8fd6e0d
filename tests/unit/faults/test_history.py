"""The checker of histories can fail: each way in which a list can lie is found (row O05)."""

from collections.abc import Callable

import pytest

from tests.faults.history import History, HistoryError

A, B, C, BEGUN = b"a", b"b", b"c", b"begun"


def honest() -> History:
    """A is acknowledged, then B; C is lost on the way; a reader between."""
    history = History([BEGUN])
    a = history.send(A)
    c = history.send(C)
    history.acknowledge(a, 1)
    history.read(history.ask(), [BEGUN, A])
    b = history.send(B)
    history.acknowledge(b, 2)
    assert c.outcome == "unknown"
    return history


@pytest.mark.parametrize("final", [[BEGUN, A, B], [BEGUN, A, B, C]], ids=["lost", "arrived"])
def test_o05_what_is_unknown_may_stand_or_not(final: list[bytes]) -> None:
    honest().check(final)


LISTS: dict[str, tuple[list[bytes], str]] = {
    "an acknowledged item is lost": ([BEGUN, A], "acknowledged at place 2 stands at -1"),
    "an item is doubled": ([BEGUN, A, B, A], "stands twice"),
    "an unknown item is doubled": ([BEGUN, A, B, C, C], "stands twice"),
    "two items have changed places": ([BEGUN, B, A], "acknowledged at place 1 stands at 2"),
    "an unknown item came in between": ([BEGUN, A, C, B], "acknowledged at place 2 stands at 3"),
    "the beginning was cut": ([A, B], "what stood there before"),
    "nobody sent it": ([BEGUN, A, B, b"forged"], "nobody sent the item at place 3"),
}


@pytest.mark.parametrize("name", LISTS)
def test_o05_a_list_that_lies_is_found_out(name: str) -> None:
    final, said = LISTS[name]
    with pytest.raises(HistoryError, match=said):
        honest().check(final)


def refused_and_there(history: History) -> list[bytes]:
    history.refuse(next(one for one in history.appends if one.item == C))
    return [BEGUN, A, B, C]


def sent_later_and_stands_earlier(history: History) -> list[bytes]:
    """B's receipt names a place before that of A, which was acknowledged before B was sent."""
    a, b = (next(one for one in history.appends if one.item == item) for item in (A, B))
    history.readings.clear()
    a.place, b.place = 2, 1
    return [BEGUN, B, A]


def unknown_and_stands_too_early(history: History) -> list[bytes]:
    late = history.send(b"late")
    assert late.outcome == "unknown"
    history.readings.clear()
    for append in history.acknowledged():
        append.place += 1
    return [BEGUN, b"late", A, B]


def reader_shown_another_list(history: History) -> list[bytes]:
    history.read(history.ask(), [BEGUN, B])
    return [BEGUN, A, B]


def reader_shown_too_little(history: History) -> list[bytes]:
    history.read(history.ask(), [BEGUN, A])
    return [BEGUN, A, B]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (refused_and_there, "refused stands at 3"),
        (sent_later_and_stands_earlier, "stands before it"),
        (unknown_and_stands_too_early, "stands before it"),
        (reader_shown_another_list, "not the beginning"),
        (reader_shown_too_little, "was not shown"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_o05_a_history_that_cannot_be_is_found_out(spoil: Callable[[History], list[bytes]], said: str) -> None:
    history = honest()
    final = spoil(history)
    with pytest.raises(HistoryError, match=said):
        history.check(final)
