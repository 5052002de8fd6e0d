"""Where the pages are served: this computer alone, under a name that no other program shares (rows L01, L03, L10).

Cookies know no ports, so a name of its own keeps those of other programs on 127.0.0.1 apart. Browsers resolve any name
under `localhost` to this computer by themselves (RFC 6761, 6.3); where one does not, the number is used.
"""

import secrets
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from securecall.sentences import sentence
from securecall_client.errors import SecureCallError

_TRIES = 10
_NAME_BYTES = 10


@dataclass(frozen=True, slots=True)
class Loopback:
    """Listening sockets, the ``port`` they share, and the ``name`` under which the pages are asked for."""

    sockets: Sequence[socket.socket]
    port: int
    name: str

    @property
    def origin(self) -> str:
        """The origin of the pages, as browsers spell it."""
        return f"http://{self.name}:{self.port}"

    @property
    def by_number(self) -> str:
        """The same for a browser that does not know the name."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Every `Host` that is meant for us; no other is answered."""
        return frozenset(f"{name}:{self.port}" for name in (self.name, "127.0.0.1", "[::1]"))


def bind(port: int = 0) -> Loopback:
    """Listen on IPv4 and, where there is such, IPv6. Raises: SecureCallError if the port is taken."""
    name = f"{secrets.token_hex(_NAME_BYTES)}.localhost"
    for _ in range(1 if port else _TRIES):
        with ExitStack() as stack:
            try:
                four = stack.enter_context(_listening(socket.AF_INET, "127.0.0.1", port))
                chosen = int(four.getsockname()[1])
                sockets = [four]
                if socket.has_ipv6 and _has_loopback_six():
                    sockets.append(stack.enter_context(_listening(socket.AF_INET6, "::1", chosen)))
            except OSError:
                continue
            stack.pop_all()
            return Loopback(sockets, chosen, name)
    raise SecureCallError(
        sentence("The port %(port)s of this computer is taken by another program.", port=port)
        if port
        else "No port is free on this computer.",
        hint="Leave out --port, and a free one is taken.",
        code="port-taken",
    )


def _listening(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    # Without SO_REUSEADDR or SO_REUSEPORT nobody else can listen beside us, nor we beside somebody who was there.
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family is socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address, port))
        listening.listen()
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _has_loopback_six() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
