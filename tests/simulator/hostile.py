"""A server that lies to one client: what it shows, says and loses on the way is for the test to choose.

`Hostile` stands for the server's conduct toward one person, over all their sessions; without further word it is
honest. A history told otherwise is signed as it is told, for a lying server holds its own key. The functions
below make histories; each gets the honest places and gives those that are shown instead.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from securecall.labels import Label
from securecall.statements import Statement
from securecall.wire import Signed, decode
from securecall_client.errors import OfflineError, SecureCallError
from securecall_client.transport import Hint, Join, Page, Place, Way
from tests.simulator.hostile_line import HostileLine
from tests.simulator.line import digest_of, head_of
from tests.simulator.server import Listener, Server

Tale = Callable[[list[Place]], list[Place]]
Lost = Literal["request", "reply"]
Lie = Callable[[object], object]
Turn = Callable[[tuple[object, ...]], tuple[object, ...]]


@dataclass
class Hostile:
    """How the server treats one client."""

    server: Server
    tales: dict[bytes, Tale] = field(default_factory=dict)
    lies: dict[str, Lie] = field(default_factory=dict)
    turned: dict[str, Turn] = field(default_factory=dict)
    """What is answered instead of what a request of that name asked for."""
    astray: set[str] = field(default_factory=set)
    """Names of requests that were answered so."""
    doubled: set[str] = field(default_factory=set)
    """Names of requests that are carried out twice."""
    delayed: set[str] = field(default_factory=set)
    """Names of requests that are held back until `release`, long after the client has given up on them."""
    held: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    replies: dict[str, list[object]] = field(default_factory=dict)
    """What was truly answered to requests of each name, oldest first."""
    meanwhile: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    """What happens once, just before a request of that name."""
    refusals: dict[str, Exception] = field(default_factory=dict)
    beats: Callable[[bytes], Sequence[bytes]] = field(default=lambda beat: [beat])
    """What comes to this client of a beat: nothing, it, others."""
    listeners: list[Listener] = field(default_factory=list)
    """The live lines that this client has had; the newest is up."""
    requests: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    _lost: tuple[int, Lost] | None = None
    cut: bool = False
    """Whether the line is dead."""
    struck: int | None = None
    """Which request, counted from 0, was the first that was not answered honestly."""
    witness: Callable[[], None] = field(default=lambda: None)
    """What happens just before that first dishonest reply goes out."""

    def connect(self, address: str, _way: Way) -> HostileLine:
        """A line to it."""
        return HostileLine(self, address)

    def be_honest(self) -> None:
        """Stop lying; what was recorded stays."""
        for conduct in (
            self.tales,
            self.lies,
            self.turned,
            self.astray,
            self.doubled,
            self.delayed,
            self.meanwhile,
            self.refusals,
        ):
            conduct.clear()
        self._lost, self.cut = None, False
        self.beats = lambda beat: [beat]

    def strike(self) -> None:
        """Note that the newest request is not answered honestly."""
        if self.struck is None:
            self.struck = len(self.requests) - 1
            self.witness()

    def relay(self, message: Hint | bytes | None) -> None:
        """Put anything on this client's live line; None ends it."""
        self.listeners[-1].queue.put_nowait(message)

    def tell(self, space: bytes, tale: Tale) -> None:
        """Show another history of ``space``, signed as it is shown."""
        self.tales[space] = tale

    def roll_back(self, space: bytes, length: int) -> None:
        """Show a valid prefix as if it were all."""
        self.tell(space, lambda places: places[:length])

    def fork(self) -> Server:
        """Lead this client into a history of its own from here on."""
        self.server = self.server.copy()
        return self.server

    def change_pages(self, lie: Callable[[Page], Page]) -> None:
        """Change pages after they were signed."""
        self.lies["items"] = cast("Callable[[object], object]", lie)

    def change_grants(self, lie: Callable[[dict[int, bytes]], dict[int, bytes]]) -> None:
        """Withhold or substitute grants."""
        self.lies["grants"] = cast("Callable[[object], object]", lie)

    def change_chunks(self, lie: Callable[[bytes], bytes]) -> None:
        """Give other chunks."""
        self.lies["get_chunk"] = cast("Callable[[object], object]", lie)

    def change_joins(self, lie: Callable[[list[Join]], list[Join]]) -> None:
        """Show other requests to join."""
        self.lies["joins"] = cast("Callable[[object], object]", lie)

    def turn(self, name: str, turn: Turn) -> None:
        """Answer requests of that name as if something else had been asked for: swaps and reorders."""
        self.turned[name] = turn

    def replay(self, name: str) -> None:
        """Answer with what was answered before, from the first such reply on; with the last one once they run out."""
        old = list(self.replies[name])
        self.lies[name] = lambda _reply: old.pop(0) if len(old) > 1 else old[0]

    async def release(self, *, backwards: bool = False) -> None:
        """Carry out what was held back, in its order or the other way round; the replies reach nobody."""
        held, self.held = self.held[:: -1 if backwards else 1], []
        for carry_out in held:
            with suppress(SecureCallError):
                await carry_out()

    def lose_replies(self, name: str) -> None:
        """Do what requests of that name ask, and let no reply through."""

        def lie(_reply: object) -> object:
            raise OfflineError("The server was not reached.")

        self.lies[name] = lie

    def refuse(self, name: str, error: Exception) -> None:
        """Answer every request of that name with an error, and do nothing."""
        self.refusals[name] = error

    def lose(self, number: int, what: Lost) -> None:
        """Lose the ``number``-th request from now (counted from 0), or the reply to it, once."""
        self._lost = (len(self.requests) + number, what)

    @property
    def loses(self) -> bool:
        """Whether a loss is still to come."""
        return self._lost is not None

    def take_loss(self) -> Lost | None:
        """What is lost of the request that is now made."""
        if self._lost is None or self._lost[0] != len(self.requests) - 1:
            return None
        what, self._lost = self._lost[1], None
        return what


def delete(seq: int) -> Tale:
    """Leave out a place."""
    return lambda places: [*places[:seq], *places[seq + 1 :]]


def duplicate(seq: int) -> Tale:
    """Show a place twice."""
    return insert_after(seq, None)


def insert_after(seq: int, place: Place | None) -> Tale:
    """Slip in a place after ``seq``; None stands for the one at ``seq`` again."""
    return lambda places: [*places[: seq + 1], place or places[seq], *places[seq + 1 :]]


def swap(seq: int) -> Tale:
    """Exchange a place and the next one."""
    return lambda places: [*places[:seq], places[seq + 1], places[seq], *places[seq + 2 :]]


def stub(seq: int) -> Tale:
    """Give only the digest of a place."""
    return change(seq, item=None, identities=())


def change(seq: int, **fields: object) -> Tale:
    """Show a place with other fields."""

    def tale(places: list[Place]) -> list[Place]:
        changed = replace(places[seq], **fields)  # type: ignore[arg-type]  # a liar may put anything there
        return [*places[:seq], replace(changed, digest=digest_of(changed)), *places[seq + 1 :]]

    return tale


def flip(seq: int, at: int) -> Tale:
    """Show a place with one bit of its item turned over."""

    def tale(places: list[Place]) -> list[Place]:
        return change(seq, item=flipped(places[seq].item or b"", at))(places)

    return tale


def extend_with(*more: Place) -> Tale:
    """Show more places at the end."""
    return lambda places: [*places, *more]


def flipped(data: bytes, at: int) -> bytes:
    """``data`` with one bit turned over: of the byte ``at``, counted round."""
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]


def sampled(data: bytes, count: int) -> Sequence[int]:
    """Places of ``count`` bytes spread over ``data``, the first and the last among them."""
    return sorted({round(step * (len(data) - 1) / max(1, count - 1)) for step in range(count)})


def statement_of(data: bytes) -> Statement:
    """What a signed statement says, whoever signed it."""
    return decode(decode(data, Signed, len(data)).payload, Statement, len(data))


def restate(server: Server, data: bytes, **fields: object) -> bytes:
    """A statement of the server with other contents, truly signed."""
    old = statement_of(data)
    values = {name: getattr(old, name) for name in Statement.__struct_fields__}
    return server.sign(Label.STATEMENT, Statement(**{**values, **fields}))


def rewrite(server: Server, space: bytes, tale: Tale) -> None:
    """Rewrite what the server keeps of a chain, its own running digests with it."""
    held = server.spaces[space]
    held.places = tale(held.places)
    held.chain.heads[:] = [head_of(held.places[: length + 1]) for length in range(len(held.places))]
