"""How much anybody may take of the server, with units (protocol 15.1; rows M12, O08, O10).

A table of the same numbers stands in `docs/protocol.md` and is compared with these. Thirty people behind one address,
all at once, stay far below: a command costs three requests before its login is done, and 300 may come at once.
"""

from dataclasses import dataclass

from securecall.caps import KIB

CONNECTIONS = 4_096
"""Connections at once, where the system lets the process have as many files."""
FILES_TO_SPARE = 512
"""Files kept free for database, blobs and what else the process opens."""
ADDRESS_CONNECTIONS = 256
"""Connections of one address at once."""
BACKLOG = 1_024
"""Connections that wait to be taken."""
SILENCE = 60
"""Seconds for a TLS handshake, for the headers of a request from the last answer on, and between parts of a body."""
DEADLINE = 120
"""Seconds for a body, and for a reader who takes nothing of an answer."""
SLOWEST = 512
"""Bytes a second from a line that is bad and in use: what has come puts a body's deadline off at this rate."""
FIRST_MESSAGE = 30
"""Seconds for the first message on a live socket."""
LIVE_SOCKETS = 8
"""Live sockets of one device; one more ends the oldest."""
AT_ONCE = 16
"""Requests of one account under way at once. Each holds its connection, and a body in memory while it comes in."""
HOLD = 1
"""Seconds, more or less, after which a request over its budget is answered: who does not wait by themselves does so
here, and a flood does not come back all at once."""
BUCKETS = 65_536
"""Addresses, or accounts, that each budget remembers; past that the one unheard of for longest is forgotten."""
HEADER_LINE = 2 * KIB
"""Bytes of a request line, and of one header."""
HEADER_LINES = 64
"""Headers of a request."""
SEND_BUFFER = 128 * KIB
"""Bytes on their way out that the system holds for a connection."""


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """``burst`` requests at once, and ``a_second`` from then on."""

    burst: int
    a_second: int


STRANGERS = Budget(300, 10)
"""Requests without a token that stands, from one address: greetings, logins, guesses at anything."""
SHARED = Budget(6_000, 300)
"""The same from this very machine, by an onion service or a proxy that names no address: everybody together."""
READS = Budget(2_000, 100)
"""Requests of one account that change nothing."""
WRITES = Budget(2_000, 20)
"""Items and spaces of one account, and places that it puts back, a thousand or so at a time."""
UPLOADS = Budget(2_000, 50)
"""Chunks of one account; how much they may hold together is `quota`'s."""
JOINS = Budget(300, 5)
"""Accounts, requests to join, and mailboxes of one account, invitation or mailbox."""
