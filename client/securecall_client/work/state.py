"""A space as its verified records tell it: the one model that everything shown is read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from securecall.entries import Seen
from securecall.rights import Circle, Role
from securecall_client import content, parts
from securecall_client.captions import InviteNote, MemberName
from securecall_client.exercise_kinds import Answer, AnswerFor, Started
from securecall_client.sealed_kinds import SealedAnswer
from securecall_keys.sealed_answers import DeviceBox
from securecall_keys.secret import Secret


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands and who made it; ``minute`` is its author's claim."""

    seq: int
    epoch: int
    record: bytes
    author: bytes
    device: bytes
    role: Role
    circle: Circle
    seen: Seen
    minute: int


@dataclass(frozen=True, slots=True)
class Put:
    """A body together with its origin."""

    origin: Origin
    body: content.Body


@dataclass(frozen=True, slots=True)
class Void:
    """A record that no member takes into account, and why."""

    seq: int
    author: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A record's place, the place its author had seen, and its circle."""

    seq: int
    seen: int
    circle: Circle


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a document, and its number, counted by place. Once it is withdrawn, its key is forgotten."""

    number: int
    origin: Origin
    body: content.Document
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class MinutesVersion:
    """A version of the minutes; one without the pen is kept beside them."""

    number: int
    origin: Origin
    text: str
    with_pen: bool


@dataclass(frozen=True, slots=True)
class MinutesState:
    """The minutes for one circle: who has the pen, who was given it (None: nobody) by what record, all versions."""

    holder: bytes | None = None
    pens: tuple[tuple[Origin, bytes | None], ...] = ()
    versions: tuple[MinutesVersion, ...] = ()

    @property
    def newest(self) -> MinutesVersion | None:
        """The minutes as they stand: the newest version by whoever had the pen."""
        return next((version for version in reversed(self.versions) if version.with_pen), None)


Messages = tuple[tuple[Origin, parts.Message], ...]
CommitmentStates = tuple[tuple[Origin, parts.CommitmentState], ...]
Versions = tuple[Version, ...]
Answers = tuple[tuple[Origin, Answer], ...]
AnswersFor = tuple[tuple[Origin, AnswerFor], ...]


@dataclass(frozen=True, slots=True)
class Sealing:
    """What belongs to a sealed exercise beside its template."""

    keys: Mapping[int, tuple[bytes, bytes | None]] = field(default_factory=dict)
    """Place at which a key was first said to that key, and the device that made it if that place can be read."""
    answers: tuple[tuple[Origin, SealedAnswer], ...] = ()
    """All of them, in the order of their places, opened or not."""
    opened: frozenset[int] = frozenset()
    """Places of those that were opened: they count as answers, or are void."""
    halves: Mapping[bytes, Secret] = field(default_factory=dict)
    """Key to its private half, of those that were revealed."""
    revealed: int | None = None
    """Place of the first reveal."""
    asked: Origin | None = None
    """The record by which an owner first asked everybody to reveal their own answer."""

    @property
    def newest(self) -> tuple[bytes, bytes | None]:
        """The key to which answers go, and the device that made it."""
        return self.keys[max(self.keys)]


@dataclass(frozen=True, slots=True)
class State:
    """The fold of a space's items so far."""

    title: str = ""
    names: Mapping[bytes, MemberName] = field(default_factory=dict)
    aliases: Mapping[bytes, str] = field(default_factory=dict)
    """What guests call those who were given an alias."""
    kinds: Mapping[bytes, str] = field(default_factory=dict)
    """What guests call the others: the kind of their organisation, as of the entry that said so."""
    invites: Mapping[bytes, InviteNote] = field(default_factory=dict)
    organisations: Mapping[bytes, content.Organisation] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    """Where the newest `server` entry says that the server is."""
    call: content.CallInfo | None = None
    call_at: int = -1
    """Place at which that was first said."""
    again: Mapping[int, int] = field(default_factory=dict)
    """Place of a record to the newest place that repeats it for guests."""
    closed: int | None = None
    """Place of the closing record."""
    roll_calls: Mapping[int, int] = field(default_factory=dict)
    """Place of a roll call to the minute at which it was held."""
    notices: tuple[Put, ...] = ()
    device_names: Mapping[tuple[bytes, bytes], str] = field(default_factory=dict)
    """(member, device) to what the member calls it; of nobody else's devices does their word count."""
    documents: Mapping[bytes, Versions] = field(default_factory=dict)
    """Document to its versions, oldest first; the newest alone is ever shown as the document."""
    exercises: Mapping[bytes, tuple[Origin, Started]] = field(default_factory=dict)
    sealed: Mapping[bytes, Sealing] = field(default_factory=dict)
    """Those of them that were started sealed."""
    key_shares: Mapping[tuple[bytes, bytes], tuple[DeviceBox, ...]] = field(default_factory=dict)
    """(exercise, key) to the boxes by which the key's private half was passed on."""
    closed_exercises: Mapping[bytes, int] = field(default_factory=dict)
    """Exercise to the place of its closing record."""
    answers: Mapping[tuple[bytes, bytes], Answers] = field(default_factory=dict)
    """(exercise, author) to their answers, oldest first."""
    answers_for: Mapping[tuple[bytes, bytes], AnswersFor] = field(default_factory=dict)
    """(exercise, organisation) to the answers that owners and chairs entered for it, oldest first."""
    by_page: Mapping[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Place of an answer or a file that came back of a sealed page to that page and the organisation it is for."""
    counted: Mapping[int, bool] = field(default_factory=dict)
    """Place of a late answer to whether it counts, where owners or chairs have said so."""
    agendas: Mapping[Circle, tuple[Origin, parts.Agenda]] = field(default_factory=dict)
    agenda_now: Mapping[Circle, tuple[Origin, bytes]] = field(default_factory=dict)
    """Circle of an agenda to the point at which the call is."""
    messages: Mapping[bytes, Messages] = field(default_factory=dict)
    """Message to its versions, oldest first; one without text takes it back."""
    minutes: Mapping[Circle, MinutesState] = field(default_factory=dict)
    decisions: Mapping[bytes, tuple[Origin, parts.Decision]] = field(default_factory=dict)
    commitments: Mapping[bytes, tuple[Origin, parts.Commitment]] = field(default_factory=dict)
    commitment_states: Mapping[bytes, CommitmentStates] = field(default_factory=dict)
    """Commitment to what was said of how it stands, oldest first."""
    presenting: tuple[Origin, parts.Presenting] | None = None
    """Who presents, and what; None while nobody does."""
    page_now: parts.PageNow | None = None
    """The page of a document at which somebody who presented it was last."""
    marks: Mapping[bytes, tuple[Mark, ...]] = field(default_factory=dict)
    """Device to what each of its records says of when it was made, for telling late from delayed."""
    heard: Mapping[bytes, tuple[int, int]] = field(default_factory=dict)
    """Member to (newest place they are known to have seen, minute they said so)."""
    asked: tuple[int, bytes] | None = None
    """Place and author of an empty record that nobody else has answered yet."""
    void: tuple[Void, ...] = ()
    newer: tuple[Origin, ...] = ()
    """Records written by a newer SecureCall."""
    unreadable: tuple[int, ...] = ()
    """Places whose key is not held here."""

    def is_sealed(self, exercise: bytes) -> bool:
        """Whether answers to an exercise are sealed as yet: it was started so, and neither revealed nor asked for."""
        sealing = self.sealed.get(exercise)
        return sealing is not None and sealing.revealed is None and sealing.asked is None

    def name(self, member: bytes) -> str:
        """A member's name; for guests what stands for it; else the beginning of their id."""
        known = self.names.get(member)
        return known.name if known is not None else self.for_guests(member) or member.hex()[:8]

    def for_guests(self, member: bytes) -> str:
        """What guests call a member: their alias, else the kind of their organisation; empty if neither is known."""
        return self.aliases.get(member) or self.kinds.get(member, "")

    def organisation(self, member: bytes) -> bytes | None:
        """The id of a member's organisation; None if not known."""
        known = self.names.get(member)
        return known.organisation if known is not None and any(known.organisation) else None

    def org(self, member: bytes) -> str:
        """The name of a member's organisation, empty if not known."""
        known = self.names.get(member)
        return known.org if known is not None else ""
