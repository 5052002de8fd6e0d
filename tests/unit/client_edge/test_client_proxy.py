"""What is a proxy's address and what is not (row N01)."""

import pytest

from securecall_client.address import check_address
from securecall_client.errors import RefusedError, TextError
from securecall_client.proxy import check_proxy
from tests.simulator.people import check_plain

GOOD = {
    "socks5://127.0.0.1:9050": "socks5://127.0.0.1:9050",
    "socks5h://localhost:9050": "socks5://localhost:9050",
    "http://proxy.example.org:8080": "http://proxy.example.org:8080",
    "socks5://[::1]:9050/": "socks5://[::1]:9050",
    "none": "",
}
BAD = [
    "", "9050", "127.0.0.1:9050", "socks5://127.0.0.1", "socks5://:9050", "socks4://127.0.0.1:9050",
    "https://127.0.0.1:9050", "socks5://127.0.0.1:99999", "socks5://127.0.0.1:x", "socks5://a:b@127.0.0.1:9050",
    "socks5://127.0.0.1:9050/path", "socks5://127.0.0.1:9050?x=1", "socks5://[::1", "NONE",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_n01_a_proxy_has_one_form(text: str) -> None:
    assert check_proxy(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_n01_what_is_no_proxy_is_refused_and_not_passed_over(text: str) -> None:
    with pytest.raises(TextError) as caught:
        check_proxy(text)
    check_plain(caught.value, 1)
    assert caught.value.code == "bad-proxy"
    assert "a:b" not in str(caught.value)


NO_ADDRESS = [
    "", "calls.example.org", "ftp://calls.example.org", "https://", "https://[::1", "https://[::zz]", "https://]:1",
    "https://calls.example.org:99999", "https://calls.example.org:x", "https://calls.example.org:0", "https://host:1:2",
    "https://calls.example.org/path", "https://calls.example.org?x=1", "https://a@calls.example.org", "https://@host",
    "https://two words", "https://calls..example.org", "https://calls.example.org\\x", "https://\u2102.example.org",
    "https://calls.example.org\x00", f"https://{'a' * 64}.org", f"https://{'a.' * 140}org", "http://localhost:1:2",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_n01_f09_what_is_no_address_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_address(text)
    check_plain(caught.value, 1)
    assert caught.value.code == "bad-address"


def test_n01_an_address_keeps_its_port_and_its_brackets() -> None:
    for address in ("https://calls.example.org:8443", "http://[::1]:8443", "https://calls_1.example.org"):
        assert check_address(f"{address}/") == address


def test_n01_an_onion_address_takes_https_too() -> None:
    onion = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwxyz.onion"
    assert check_address(f"https://{onion}") == f"https://{onion}"
    with pytest.raises(RefusedError, match="onion"):
        check_address(f"http://{onion}")
