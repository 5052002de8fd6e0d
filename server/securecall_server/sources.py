"""Where a request comes from, as far as limits need it: never an address, only its keyed digest (row O08).

The key is random and dies with the process, so neither memory nor a dump of it tells who was here. IPv6 counts by
/64, which is what one customer gets. A connection from this very machine may be anybody, by an onion service or a
proxy: all of them are one *shared* source, with a wider budget and no cap of its own.

Behind a proxy the address is the last one in `X-Forwarded-For`, the one that the proxy itself has seen; all others are
whatever the client wrote. The header counts only with `--behind-proxy`, and only from a neighbour: a client that gets
past the proxy gains nothing by it.
"""

import ipaddress
import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from aiohttp import web

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HERE = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
_NEIGHBOURS = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
"""Where a proxy is: on this machine, or in its own network (RFC 1918, RFC 4193)."""


class Source(NamedTuple):
    """Whoever shares an address; ``shared`` if that may be anybody."""

    name: bytes
    shared: bool


_SHARED = Source(b"", shared=True)


class Sources:
    """The sources of one process; ``behind_proxy`` as the option says."""

    def __init__(self, *, behind_proxy: bool) -> None:
        self._behind_proxy = behind_proxy
        self._key = secrets.token_bytes(32)

    def of_peer(self, peer: Sequence[object] | None) -> Source:
        """The source of a connection from ``peer`` (as sockets name it: host, port, ...)."""
        address = _read(str(peer[0])) if peer else None
        return _SHARED if self._is_proxy(address) else self._named(address)

    def of_request(self, request: web.Request) -> Source:
        """The source of a request."""
        transport = request.transport
        peer = transport.get_extra_info("peername") if transport is not None else None
        address = _read(str(peer[0])) if peer else None
        if not self._is_proxy(address):
            return self._named(address)
        lines = request.headers.getall("X-Forwarded-For", ())
        return self._named(_read(lines[-1].rpartition(",")[2].strip()) if lines else None)

    def _is_proxy(self, address: _Address | None) -> bool:
        return self._behind_proxy and address is not None and any(address in each for each in _NEIGHBOURS)

    def _named(self, address: _Address | None) -> Source:
        if address is None or address in _HERE:
            return _SHARED
        network = address.packed[:8] if address.version == 6 else address.packed
        return Source(blake2b(network, key=self._key, digest_size=16).digest(), shared=False)


def _read(text: str) -> _Address | None:
    """An address, or None for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
