"""The server as the client sees it: one interface, behind which stands HTTP or, in tests, a server in memory.

Nothing that comes through here is believed: bytes are verified by whoever asked for them. Every method raises
OfflineError when no SecureCall server answered, and RefusedError with a stable code when one refused.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from securecall.entries import Seen
from securecall.statements import Login
from securecall_client.pace import Pace
from securecall_client.progress import Say
from securecall_keys.author import Draft


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a chain as delivered; ``item`` is None where the server gives only the digest."""

    kind: int
    digest: bytes
    item: bytes | None
    identities: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Places from the one asked for on, and the server's signed statement about its newest place.

    ``read_only``: the server says that it may lack what came after, or that the space has moved.
    """

    places: tuple[Place, ...]
    end: bytes
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Where an item stands: its place, the head before it, and the signed statement about the head there."""

    seq: int
    before: bytes
    statement: bytes


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody's request to join, with their letter and identity entries."""

    request: bytes
    letter: bytes
    identity: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A place of a space was taken: pull it."""

    space: bytes
    seq: int


@dataclass(frozen=True, slots=True)
class Mail:
    """What the new device and the old one left in a mailbox by now."""

    request: bytes | None
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in, and how a `Login` is signed for it: a device, or the key of an invitation or a mailbox.

    ``server`` is the key the server must have, or None where that is not known yet.
    """

    subject: bytes
    sign: Callable[[Login], bytes] = field(repr=False)
    server: bytes | None

    def login(self, server: bytes, mine: bytes, theirs: bytes, address: str) -> bytes:
        """The signed `Login` at the server of this key, over the client's nonce and the server's."""
        return self.sign(Login(server, address, mine, theirs, self.subject))


class Transport(Protocol):
    """The requests of `docs/http.md`, one method each."""

    address: str

    async def close(self) -> None:
        """Let go of the line."""

    def use(self, credentials: Credentials) -> None:
        """Who the following requests come from."""

    async def log_in(self) -> None:
        """Log in now rather than with the next request. Raises: ProofError if it is not the server it must be."""

    async def reach(self, seconds: float, *, patient: bool) -> None:
        """Log in now, if the server answers within ``seconds``; they are more on a slow line, and for the ``patient``.

        Raises: OfflineError, TimeoutError, RefusedError, and ProofError if it is not the server it must be.
        """

    async def server_key(self) -> bytes:
        """The key that the server proves to have, whoever it is."""

    async def open_member(self, identity: Sequence[bytes]) -> None:
        """Make a member known to the server."""

    async def create_space(self, draft: Draft) -> Acknowledgement:
        """Send entry 0 of a new space."""

    async def items(self, space: bytes, first: int) -> Page:
        """Places from ``first`` on."""

    async def append(
        self,
        space: bytes,
        kind: int,
        item: bytes,
        identities: Sequence[bytes] = (),
        grants: Mapping[bytes, bytes] | None = None,
    ) -> Acknowledgement:
        """Send an item for the next place."""

    async def put_back(self, space: bytes, first: int, places: Sequence[Place], rest: bytes, end: bytes) -> int:
        """Give a server that lacks them places from ``first`` on, and get how many its chain has then.

        ``rest`` is class and digest of each place after them up to the one that the statement ``end`` is about.
        """

    async def lift(self, space: bytes, at: Seen) -> None:
        """Let a space go on at a server that takes nothing new; ``at`` is its newest place."""

    async def grants(self, space: bytes, first: int) -> dict[int, bytes]:
        """Place to grant for this device, from ``first`` on."""

    async def put_chunk(self, space: bytes, blob: bytes, index: int, data: bytes) -> None:
        """Send a chunk; done once it is durable there."""

    async def get_chunk(self, space: bytes, blob: bytes, index: int) -> bytes:
        """Fetch a chunk."""

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """Index to size of the chunks that are durable there."""

    async def put_join(self, space: bytes, request: bytes, letter: bytes) -> None:
        """Ask to be let in."""

    async def joins(self, space: bytes) -> list[Join]:
        """Who asks to be let in."""

    async def open_mailbox(self, key: bytes) -> None:
        """Open a mailbox under a public key, in place of one's last one."""

    async def put_mail(self, key: bytes, mail: bytes) -> None:
        """Leave one's message in a mailbox."""

    async def mail(self, key: bytes) -> Mail:
        """What is in a mailbox."""

    def live(self, spaces: Sequence[bytes]) -> AsyncGenerator[Hint | bytes, None]:
        """A hint for each space, and then whenever something is added; and the beats of others, as they came.

        Ends when the line is lost.
        """

    async def beat(self, data: bytes) -> None:
        """Send a beat over the line that `live` has brought something through. Raises: OfflineError if it is lost."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached: by which proxy (empty: straight), at what pace, and who is told of trouble."""

    say: Say
    proxy: str = ""
    pace: Pace = field(default_factory=Pace)


Connect = Callable[[str, Way], Transport]
"""How the server at an address is spoken to."""
