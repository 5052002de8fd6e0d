"""Whom a request counts against: an address by its digest, and what a client cannot choose (row O08)."""

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from securecall_server.sources import Source, Sources


class Wire(asyncio.Transport):
    """A connection from ``peer``."""

    def __init__(self, peer: str) -> None:
        super().__init__({"peername": (peer, 4711), "sslcontext": None})


def came(sources: Sources, peer: str, *forwarded: str) -> Source:
    """Where a request counts that came from ``peer`` with these headers."""
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    return sources.of_request(make_mocked_request("GET", "/", headers, transport=Wire(peer)))


@pytest.fixture
def behind() -> Sources:
    return Sources(behind_proxy=True)


@pytest.fixture
def direct() -> Sources:
    return Sources(behind_proxy=False)


def test_o08_an_address_is_not_kept_and_means_nothing_in_another_process(direct: Sources) -> None:
    source = direct.of_peer(("203.0.113.7", 1))
    assert source == direct.of_peer(("203.0.113.7", 2))
    assert source != Sources(behind_proxy=False).of_peer(("203.0.113.7", 1))
    assert len(source.name) == 16
    assert not source.shared
    assert "203" not in repr(vars(direct))


def test_o08_ipv6_counts_by_what_one_customer_gets(direct: Sources) -> None:
    one = direct.of_peer(("2001:db8:1:2::1", 1, 0, 0))
    assert one == direct.of_peer(("2001:db8:1:2:ffff::9", 1, 0, 0))
    assert one != direct.of_peer(("2001:db8:1:3::1", 1, 0, 0))
    assert direct.of_peer(("::ffff:203.0.113.7", 1, 0, 0)) == direct.of_peer(("203.0.113.7", 1))


def test_o08_this_machine_is_everybody_and_nobody(direct: Sources) -> None:
    assert direct.of_peer(("127.0.0.1", 1)).shared
    assert direct.of_peer(("::1", 1, 0, 0)).shared
    assert direct.of_peer(None).shared
    assert not direct.of_peer(("127.0.0.2", 1)).shared


def test_o08_a_client_that_forges_the_header_gains_nothing(direct: Sources, behind: Sources) -> None:
    named = came(behind, "127.0.0.1", "203.0.113.7")
    assert not named.shared
    # What the client wrote stands before what its proxy adds, in the same line or in a line of its own.
    assert came(behind, "127.0.0.1", "198.51.100.1, 203.0.113.7") == named
    assert came(behind, "10.0.0.2", "198.51.100.1", "198.51.100.9,203.0.113.7") == named
    # Without a proxy, and past it, the header is not read at all.
    assert came(direct, "203.0.113.7", "198.51.100.1") == came(direct, "203.0.113.7")
    assert came(behind, "203.0.113.7", "198.51.100.1") == named
    assert came(direct, "127.0.0.1", "198.51.100.1").shared


def test_o08_a_proxy_that_names_no_address_makes_all_one(behind: Sources) -> None:
    assert came(behind, "127.0.0.1").shared
    assert came(behind, "127.0.0.1", "unknown").shared
    assert came(behind, "127.0.0.1", "").shared
    assert came(behind, "127.0.0.1", "127.0.0.1").shared
    assert behind.of_peer(("172.17.0.2", 1)).shared
