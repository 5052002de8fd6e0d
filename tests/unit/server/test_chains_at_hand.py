"""Which chains stay in memory (row O08)."""

from types import SimpleNamespace
from typing import cast

from securecall.chain import SpaceChain
from securecall_server.chains import AT_HAND, Chains, Held
from securecall_server.store.interface import Store


def held(name: int, length: int, parent: int | None = None) -> Held:
    """A chain of so many places, as far as `Chains` looks at it."""
    hangs_on = None if parent is None else SimpleNamespace(space=parent.to_bytes(32, "big"))
    chain = SimpleNamespace(space=name.to_bytes(32, "big"), next_seq=length, hangs_on=hangs_on)
    return Held(cast("SpaceChain", chain), length)


def at_hand(chains: Chains, name: int) -> bool:
    return chains.at_hand(name.to_bytes(32, "big")) is not None


def test_o08_m12_a_member_with_many_spaces_does_not_have_a_long_call_verified_at_every_request() -> None:
    chains = Chains(cast("Store", None), shared=False)
    chains.keep(held(1, 10_000, parent=0))
    chains.keep(held(0, 50))
    for name in range(2, 3 * AT_HAND):
        chains.keep(held(name, 1, parent=0))
        assert len(chains._held) <= AT_HAND
    assert at_hand(chains, 0), "the parent of what is at hand"
    assert at_hand(chains, 1), "the long call"
    assert at_hand(chains, 3 * AT_HAND - 1), "what was asked for last"


def test_o08_of_chains_of_one_length_the_oldest_goes_and_one_at_work_stays() -> None:
    chains = Chains(cast("Store", None), shared=False)
    working = held(0, 5)
    working.pins = 1
    chains.keep(working)
    for name in range(1, AT_HAND + 1):
        chains.keep(held(name, 5))
    assert (at_hand(chains, 0), at_hand(chains, 1), at_hand(chains, 2)) == (True, False, True)
