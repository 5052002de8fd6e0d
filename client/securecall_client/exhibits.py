"""What goes with an alarm, so that others can judge it: the exhibits, and the file of evidence they make.

Whoever finds a contradiction names what it lies in (`Exhibit`); the chain, and the statements that the server made
about it, are in the replica. Nothing is a file of evidence unless `securecall.judging` accepts it.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from securecall.caps import EVIDENCE_BYTES, EVIDENCE_STATEMENTS, STATEMENT_BYTES
from securecall.errors import InvalidError
from securecall.evidence import Branch, Disowned, Evidence, Shown, Told, Word, read_evidence, write_evidence
from securecall.exhibits import Case
from securecall.findings import is_close
from securecall.judging import Convicts, judge
from securecall.labels import Label
from securecall.state import ENTRY, ChainState
from securecall.statements import Statement
from securecall.wire import read
from securecall_client.replica import Replica
from securecall_client.transport import Place


@dataclass(frozen=True, slots=True)
class Fetched:
    """Places that were shown and are not in the replica, from ``first`` on."""

    first: int
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What an alarm about a space lies in.

    ``servers`` are the keys that the chain names as its server's, ``fetched`` the verified places past the replica,
    ``branch`` places that do not follow on them, ``statements`` what the server signed beside what is kept.
    """

    space: bytes = b""
    servers: frozenset[bytes] = frozenset()
    fetched: Fetched | None = None
    branch: Branch | None = None
    statements: tuple[bytes, ...] = ()
    told: tuple[Told, ...] = ()
    word: Word | None = None

    def of(self, chain: ChainState) -> "Exhibit":
        """The same, about a space as it was verified."""
        return replace(self, space=chain.space, servers=frozenset(key for _, key in chain.servers))


def shown(place: Place) -> Shown:
    """A place as evidence has it."""
    return Shown(place.kind, place.digest, place.item, list(place.identities))


async def whole(replica: Replica, exhibit: Exhibit) -> bytes | None:
    """The file of evidence with every signed item of a space; None if it is too large, or no statement is kept."""
    places = await replica.places(exhibit.space, 0)
    statements = await _statements(replica, exhibit)
    file = write_evidence(Evidence(exhibit.space, _chain(places, range(len(places))), None, statements, [], None))
    return file if statements and weight(file) > _NOTHING else None


async def _statements(replica: Replica, exhibit: Exhibit) -> list[bytes]:
    """What the server signed about the space, the newest first."""
    kept = [statement for _, _, statement in await replica.promises(exhibit.space)]
    newest = await replica.statement(exhibit.space)
    made = ([] if newest is None else [newest]) + [*exhibit.statements, *kept]
    return [data for data in dict.fromkeys(made) if _is_of(data, exhibit)][:EVIDENCE_STATEMENTS]


async def evidence(replica: Replica, exhibit: Exhibit) -> bytes | None:
    """The file of evidence that an exhibit makes, if one holds. The strongest that needs least is taken."""
    places = await replica.places(exhibit.space, 0)
    if exhibit.fetched is not None:
        places = [*places[: exhibit.fetched.first], *exhibit.fetched.places]
    statements = await _statements(replica, exhibit)
    best, most = None, _NOTHING
    for case in _cases(exhibit, places, statements):
        data = write_evidence(case)
        heavy = weight(data)
        if heavy > most:
            best, most = data, heavy
    return best if statements or most > _WEIGHTS["nobody"] else None


def weight(file: bytes | None) -> int:
    """How much a file says: nothing that holds, that it convicts nobody, one of two, or somebody for sure."""
    if file is None or len(file) > EVIDENCE_BYTES:
        return _NOTHING
    try:
        return _WEIGHTS[judge(read_evidence(file)).convicts]
    except InvalidError:
        return _NOTHING


def is_early(file: bytes) -> bool:
    """Whether a file convicts nobody only because the server's statements are too close; a later one would."""
    return weight(file) == _WEIGHTS["nobody"] and is_close(Case(read_evidence(file)))


_NOTHING: Final = 0
_LENGTH: Final = 5
"""Bytes that stand before the bytes of an item, at most."""
_WEIGHTS: Final[dict[Convicts, int]] = {"nobody": 1, "one of the two": 2, "member": 3, "server": 3, "both": 3}


def _cases(exhibit: Exhibit, places: Sequence[Place], statements: list[bytes]) -> Iterator[Evidence]:
    """What the file may be, the leanest first: without the bytes of records, with them, and without the branch.

    Bytes that would not fit into a file are left out: those of older records, and of what comes after the first place
    of a branch, which is the one that breaks a rule.
    """
    disowned = {exhibit.word.seq} if isinstance(exhibit.word, Disowned) else set()
    lean, branch = _chain(places, disowned), exhibit.branch
    told, word = list(exhibit.told)[:EVIDENCE_STATEMENTS], exhibit.word
    case = Evidence(exhibit.space, lean, branch, statements, told, word)
    room = EVIDENCE_BYTES - len(write_evidence(case))
    if branch is not None and room < 0:
        branch = _stubbed(branch)
        case = Evidence(exhibit.space, lean, branch, statements, told, word)
        room = EVIDENCE_BYTES - len(write_evidence(case))
    yield case
    if branch is not None:
        full = _chain(places, range(_first_that_fits(places, room), len(places)))
        yield Evidence(exhibit.space, full, branch, statements, told, word)
        yield Evidence(exhibit.space, lean, None, statements, told, word)


def _stubbed(branch: Branch) -> Branch:
    """A branch with the bytes of its first place alone."""
    rest = [Shown(place.kind, place.digest, None, []) for place in branch.places[1:]]
    return Branch(branch.first, branch.before, [*branch.places[:1], *rest])


def _first_that_fits(places: Sequence[Place], room: int) -> int:
    """The place from which on the bytes of all records go into ``room`` bytes."""
    first = len(places)
    while first and room >= 0:
        place = places[first - 1]
        room -= 0 if place.kind == ENTRY else len(place.item or b"") + _LENGTH
        first -= room >= 0
    return first


def _chain(places: Sequence[Place], whole: Container[int]) -> list[Shown]:
    """A chain, with the bytes of its entries and of the places ``whole``."""
    return [
        shown(place if place.kind == ENTRY or seq in whole else replace(place, item=None))
        for seq, place in enumerate(places)
    ]


def _is_of(data: bytes, exhibit: Exhibit) -> bool:
    """Whether the server signed this about the space."""
    try:
        statement = read(data, Label.STATEMENT, Statement, STATEMENT_BYTES)
    except InvalidError:
        return False
    return statement.key in exhibit.servers and statement.value.space == exhibit.space
