"""What is known of a space's chain at a place: the values that the rules read and each item updates."""

from bisect import bisect_right
from dataclasses import dataclass, field

from securecall import entries as e
from securecall.errors import InvalidError, ParentBehindError, Problem
from securecall.invitations import Invitations
from securecall.records import Record
from securecall.rights import Role
from securecall.roster import Roster
from securecall.situation import ParentView
from securecall.wire import ZERO

ENTRY, EVERYONE, ALLIES = 0, 1, 2
"""The class byte of a place: an entry, a record for everyone, a record for allies."""
CLASS_OF = {"everyone": EVERYONE, "allies": ALLIES}
NOWHERE = e.Seen(0, ZERO)
"""The `seen` of entry 0."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place that was checked and not yet taken over.

    ``body`` is None where the bytes are absent; ``roster`` is the one after it (None only before entry 0 was
    judged), ``role`` the one its author had just before it.
    """

    seq: int
    kind: int
    digest: bytes
    head: bytes
    body: e.Entry | Record | None
    roster: Roster | None
    role: Role | None


@dataclass(slots=True)
class ChainState:
    """A verified chain's state. ``parent`` is this reader's view of the parent, as in `situation.Situation`."""

    space: bytes
    parent: ParentView | None = None
    kind: e.SpaceKind = "coalition"
    hangs_on: e.Parent | None = None
    servers: list[tuple[int, bytes]] = field(default_factory=list)
    """Place and server key of `create` and of every `server` entry."""
    heads: list[bytes] = field(default_factory=list)
    rosters: list[tuple[int, Roster]] = field(default_factory=list)
    """Place and roster wherever it changed."""
    invitations: Invitations = field(default_factory=Invitations)
    number: int = -1
    latest: bytes = ZERO
    """Digest of the latest entry."""
    latest_seq: int = 0
    epoch: int = -1
    starts: dict[int, int] = field(default_factory=dict)
    """Epoch to the place of the entry that started it."""
    commits: dict[int, bytes] = field(default_factory=dict)
    counts: dict[tuple[bytes, str], int] = field(default_factory=dict)
    """Next `n` of a (device, circle) in the running epoch."""
    ids: set[tuple[bytes, bytes]] = field(default_factory=set)
    blobs: dict[bytes, bytes] = field(default_factory=dict)
    """Blob to the author of the records that list it."""
    dropped: set[bytes] = field(default_factory=set)
    absent: dict[int, int] = field(default_factory=dict)
    """Places whose bytes are absent, with their class."""
    destroyed: bool = False
    minute: int = 0
    """The latest minute that an entry claimed whose author was no guest."""

    @property
    def next_seq(self) -> int:
        """The place that comes next."""
        return len(self.heads)

    @property
    def head(self) -> bytes:
        """The running digest, zero before place 0."""
        return self.heads[-1] if self.heads else ZERO

    @property
    def roster(self) -> Roster:
        """Who is in the space now."""
        return self.rosters[-1][1]

    @property
    def server(self) -> bytes:
        """The key of the server that signs for this space now."""
        return self.servers[-1][1]

    def seen(self) -> e.Seen:
        """The newest place, as an item made now names it."""
        return e.Seen(self.next_seq - 1, self.head) if self.heads else NOWHERE

    def check_seen(self, seen: e.Seen) -> None:
        """Raise InvalidError (`Problem.BAD_SEEN`) unless ``seen`` is a place of this chain."""
        if seen.seq >= self.next_seq or self.heads[seen.seq] != seen.head:
            raise InvalidError(Problem.BAD_SEEN, "made upon a history that is not this chain's")

    def roster_at(self, at: e.Seen) -> Roster:
        """The roster right after the place ``at``, as `situation.ParentView` says."""
        if at.seq >= self.next_seq:
            raise ParentBehindError(at.seq)
        if self.heads[at.seq] != at.head:
            raise InvalidError(Problem.BAD_PARENT, "the parent has another head at that place")
        after = bisect_right(self.rosters, at.seq, key=lambda version: version[0])
        return self.rosters[after - 1][1]
