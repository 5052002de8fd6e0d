"""What a file of evidence shows once its bytes are verified: histories, and who signed what (protocol 20).

All here is recomputed from the file. What does not hold is refused; what holds is facts, which `securecall.judging`
weighs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from securecall import caps
from securecall import entries as e
from securecall.beats import read_beat
from securecall.chain import SpaceChain, next_head
from securecall.errors import InvalidError, Problem
from securecall.evidence import Branch, Evidence, Shown, Told
from securecall.labels import Label
from securecall.records import Record
from securecall.state import ENTRY, Step
from securecall.statements import Statement
from securecall.wire import ZERO, Verified, item_digest, read

_FROM_BESIDE = frozenset({Problem.BAD_IDENTITY, Problem.BAD_KEY, Problem.CAP, Problem.TOO_LARGE, Problem.MALFORMED})
"""What may be due to the identity entries beside an entry, which nothing binds: the maker may have put them there."""
_FROM_WITHIN = frozenset(Problem) - _FROM_BESIDE - {Problem.BAD_SIGNATURE, Problem.BAD_PARENT, Problem.WITHHELD}


@dataclass(frozen=True, slots=True)
class Item:
    """An item whose signature holds. ``seen`` is None for entry 0; ``doubles`` is alike in no two honest items but
    after one was refused or lost.
    """

    digest: bytes
    space: bytes
    author: bytes
    device: bytes
    seen: e.Seen | None
    doubles: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A place of the branch that breaks a rule.

    ``sound``: what was signed breaks it, and not what anybody may put beside it or leave out. ``knew``: it is an entry
    made upon this very history by a device of its author, against a rule that entries alone decide, so that its author
    broke it wherever the entry was put.
    """

    seq: int
    error: InvalidError
    sound: bool
    knew: bool


@dataclass(frozen=True, slots=True)
class Vouched:
    """A statement, and the heads that the server vouches for by it: those of places ``first`` on."""

    statement: Verified[Statement]
    first: int
    heads: Sequence[bytes]

    @property
    def value(self) -> Statement:
        """What it says."""
        return self.statement.value

    def covers(self, seq: int) -> bool:
        """Whether it vouches for a place."""
        return self.first <= seq < self.first + len(self.heads)


class Case:
    """A file's contents, verified. Raises, when made: InvalidError for whatever does not hold."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.space = evidence, evidence.space
        self.chain = SpaceChain(evidence.space)
        self.steps = [take(self.chain, shown) for shown in evidence.chain]
        self.branch = evidence.branch or Branch(0, ZERO, [])
        self.branch_heads = _heads(self.branch)
        self.broken = self._judge_branch()
        self.vouched = [self._vouched(data) for data in evidence.statements]
        self.told = [read_told(told, self.space) for told in evidence.told]

    @cached_property
    def items(self) -> list[Item]:
        """Every item in the file whose bytes are there and whose signature holds."""
        own = [item_of(step.body, step.digest) for step in self.steps if step.body is not None]
        return [*own, *filter(None, map(read_shown, self.branch.places)), *self.told]

    def owner_of(self, device: bytes, member: bytes) -> bool:
        """Whether the chain ever named ``device`` as one of that member's."""
        known = self.chain.roster.known.get(member)
        return known is not None and device in known.devices

    def vouching(self, seq: int) -> Vouched | None:
        """A statement by which a server vouches for the chain at a place of it."""
        head = self.chain.heads[seq]
        return next((each for each in self.vouched if each.covers(seq) and each.heads[seq - each.first] == head), None)

    def branch_at(self, seq: int) -> Shown | None:
        """What the branch has at a place."""
        at = seq - self.branch.first
        return self.branch.places[at] if 0 <= at < len(self.branch.places) else None

    def _vouched(self, data: bytes) -> Vouched:
        statement = read(data, Label.STATEMENT, Statement, caps.STATEMENT_BYTES)
        value, first = statement.value, self.branch.first - 1
        if value.space != self.space:
            raise InvalidError(Problem.WRONG_SPACE, "a statement about another space")
        if statement.key not in {key for _, key in self.chain.servers}:
            raise InvalidError(Problem.BAD_SIGNATURE, "a statement by a key that the space never named as its server's")
        if value.seq < len(self.chain.heads) and self.chain.heads[value.seq] == value.head:
            return Vouched(statement, 0, self.chain.heads[: value.seq + 1])
        at = value.seq - first
        if 0 <= at < len(self.branch_heads) and self.branch_heads[at] == value.head:
            low = 1 if first < 0 else 0
            return Vouched(statement, first + low, self.branch_heads[low : at + 1])
        return Vouched(statement, value.seq, [value.head])

    def _judge_branch(self) -> Broken | None:
        first = self.branch.first
        before = ZERO if first == 0 else self.chain.heads[first - 1] if first <= len(self.chain.heads) else None
        if not self.branch.places or before != self.branch.before:
            return None
        chain = SpaceChain(self.space)
        for shown in self.evidence.chain[:first]:
            take(chain, shown)
        for shown in self.branch.places:
            try:
                take(chain, shown)
            except InvalidError as error:
                sound = _is_sound(chain, shown, error)
                return Broken(chain.next_seq, error, sound, sound and _knew(chain, shown, error))
        return None


def take(chain: SpaceChain, shown: Shown) -> Step:
    """Take a place over. Raises: InvalidError."""
    if shown.item is None:
        return chain.append_absent(shown.kind, shown.digest)
    if item_digest(shown.item, _label(shown)) != shown.digest:
        raise InvalidError(Problem.MALFORMED, "bytes that are not of their place")
    return chain.append(shown.kind, shown.item, shown.identities)


def item_of(body: e.Entry | Record, digest: bytes) -> Item:
    """The facts of an item that was verified."""
    if isinstance(body, e.Entry):
        entry = body.body
        seen = entry.seen if entry.number else None
        # An owner's word where a coalition goes follows on no entry, and there may be any number of them.
        upon = (digest, ZERO) if entry.previous == ZERO else (entry.previous,)
        return Item(digest, entry.space, entry.author, entry.device, seen, ("entry", entry.device, *upon))
    header = body.header
    doubles = ("record", header.device, header.epoch, header.circle, header.n)
    return Item(digest, header.space, header.author, header.device, header.seen, doubles)


def read_shown(shown: Shown) -> Item | None:
    """The item at a place of the branch, if its bytes are there and its signature holds."""
    try:
        return None if shown.item is None else _read_item("entry" if shown.kind == ENTRY else "record", shown.item)
    except InvalidError:
        return None


def read_told(told: Told, space: bytes) -> Item:
    """A member's item or beat about this space. Raises: InvalidError."""
    item = _read_item(told.kind, told.item)
    if item.space != space:
        raise InvalidError(Problem.WRONG_SPACE, "an item of another space")
    return item


def _read_item(kind: str, data: bytes) -> Item:
    if kind == "beat":
        beat = read_beat(data)
        header = beat.value.header
        item = Item(beat.digest, header.space, header.author, header.device, header.seen, ("beat", beat.digest))
        key = beat.key
    elif kind == "entry":
        entry = read(data, Label.ENTRY, e.Entry, caps.ENTRY_BYTES)
        item, key = item_of(entry.value, entry.digest), entry.key
    else:
        record = read(data, Label.RECORD, Record, caps.RECORD_BYTES)
        item, key = item_of(record.value, record.digest), record.key
    if item.device != key:
        raise InvalidError(Problem.BAD_DEVICE, "an item that names another device than its signer")
    return item


def _is_sound(chain: SpaceChain, shown: Shown, error: InvalidError) -> bool:
    """Whether a breach is in what was signed and ordered, and not in what anybody may put beside it or leave out."""
    if shown.item is None:
        return error.problem is Problem.DESTROYED
    if item_digest(shown.item, _label(shown)) != shown.digest:
        return False
    try:
        _read_item("entry" if shown.kind == ENTRY else "record", shown.item)
    except InvalidError:
        # Bad by itself: the place's digest is over exactly these bytes.
        return True
    if error.problem is Problem.BAD_COUNT:
        return not any(seq >= chain.starts[chain.epoch] for seq in chain.absent)
    return error.problem in _FROM_WITHIN and not (shown.kind != ENTRY and shown.identities)


_ENTRIES_DECIDE = frozenset(
    {
        Problem.NO_RIGHT,
        Problem.BAD_TARGET,
        Problem.BAD_INVITE,
        Problem.BAD_EPOCH,
        Problem.BAD_GRANTS,
        Problem.ROTATION_DUE,
        Problem.LAST_OWNER,
        Problem.DUPLICATE,
    }
)
"""What an entry's author could judge from the entry before it, which the entry names."""


def _knew(chain: SpaceChain, shown: Shown, error: InvalidError) -> bool:
    if not chain.heads or shown.kind != ENTRY or shown.item is None or error.problem not in _ENTRIES_DECIDE:
        return False
    body = read(shown.item, Label.ENTRY, e.Entry, caps.ENTRY_BYTES).value.body
    author = chain.roster.members.get(body.author)
    return body.previous == chain.latest and author is not None and author.device(body.device) is not None


def _heads(branch: Branch) -> list[bytes]:
    """The head before the branch, and that after each of its places."""
    heads = [branch.before]
    for shown in branch.places:
        heads.append(next_head(heads[-1], shown.kind, shown.digest))
    return heads


def _label(shown: Shown) -> Label:
    return Label.ENTRY if shown.kind == ENTRY else Label.RECORD
