"""When this computer's clock may act on the end of an invitation or a stay (row O14)."""

import pytest

from securecall_client import clock


@pytest.mark.parametrize(
    ("ahead", "verified", "acts"),
    [(0, 0, True), (-3500, 0, True), (3700, 0, False), (-3700, 0, False), (0, 5, False)],
    ids=["right", "slow", "an hour behind the server", "an hour before the server", "behind what was verified"],
)
def test_o14_a_clock_acts_only_where_the_server_and_the_chain_bear_it_out(
    ahead: int, verified: int, *, acts: bool
) -> None:
    """``ahead``: seconds by which the server is; ``verified``: minutes by which the latest verified item is."""
    assert clock.trusted(int((clock.now() + ahead) * 1000), clock.minute() + verified) is acts
