"""Budgets of requests: what they let through, and what they remember (rows O08, O10, G01)."""

from securecall_server.limits import STRANGERS, Budget
from securecall_server.rates import Buckets


class Hand:
    """A clock that a test turns, in milliseconds."""

    def __init__(self) -> None:
        self.time = 5_000_000

    def __call__(self) -> int:
        return self.time


def test_o10_a_burst_passes_and_then_one_by_one_as_time_goes_by() -> None:
    hand = Hand()
    buckets = Buckets(Budget(5, 2), hand)
    assert [buckets.take("a") for _ in range(5)] == [0] * 5
    assert buckets.take("a") == 501
    hand.time += 499
    assert buckets.take("a") == 2
    hand.time += 2
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    hand.time += 60_000
    assert [buckets.take("a") for _ in range(5)] == [0] * 5
    assert buckets.take("a") > 0


def test_o08_one_that_is_empty_shuts_out_nobody_else() -> None:
    buckets = Buckets(Budget(1, 1), Hand())
    assert buckets.take("a") == 0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0


def test_o08_refusals_do_not_put_off_the_end_of_the_wait() -> None:
    hand = Hand()
    buckets = Buckets(Budget(1, 1), hand)
    buckets.take("a")
    assert {buckets.take("a") for _ in range(100)} == {1_001}
    hand.time += 1_001
    assert buckets.take("a") == 0


def test_o08_a_flood_of_addresses_takes_a_bounded_piece_of_memory() -> None:
    hand = Hand()
    buckets = Buckets(Budget(3, 1), hand, most=100)
    for number in range(1_000):
        buckets.take(number)
    assert len(buckets) == 100
    hand.time += 1_001
    buckets.take("last")
    assert len(buckets) == 1


def test_g01_guesses_from_one_address_are_few() -> None:
    hand = Hand()
    buckets = Buckets(STRANGERS, hand)
    passed = 0
    for _ in range(600):  # a minute of a guess every 100 ms and a flood at once
        passed += sum(buckets.take("a") == 0 for _ in range(10))
        hand.time += 100
    assert passed <= STRANGERS.burst + 60 * STRANGERS.a_second
