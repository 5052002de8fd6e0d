"""Evidence: what a reader lays before others when a chain or its server contradicts itself (protocol 20).

A file holds one space's chain as its maker verified it, what does not fit with it, and what the server and members have
signed: signatures, digests, public keys and ciphertext, and nothing that opens any of it. Nothing in it is believed:
`securecall.judging` recomputes from these bytes alone who is convicted.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from securecall import caps
from securecall.chain import next_head
from securecall.errors import InvalidError, Problem
from securecall.labels import Label
from securecall.wire import U32, ZERO, Id, Wire, decode, encode


class Shown(Wire, frozen=True):
    """A place as it was shown: its class, its digest, and its bytes where they matter.

    Entries of a chain always have theirs, with the identity entries that came along; of records the digest is enough
    unless a rule over records is broken.
    """

    kind: Annotated[int, msgspec.Meta(ge=0, le=2)]
    digest: Id
    item: Annotated[bytes, msgspec.Meta(max_length=caps.ENTRY_BYTES)] | None
    identities: Annotated[
        list[Annotated[bytes, msgspec.Meta(max_length=caps.IDENTITY_BYTES)]],
        msgspec.Meta(max_length=caps.EVIDENCE_PLACES),
    ]


_places = msgspec.Meta(max_length=caps.EVIDENCE_PLACES)


class Branch(Wire, frozen=True):
    """Other places than the chain's, from ``first`` on; ``before`` is the head just before them (zero at place 0).

    Either they follow on the chain and break a rule, or ``before`` is already another head than the chain's.
    """

    first: U32
    before: Id
    places: Annotated[list[Shown], _places]


class Told(Wire, frozen=True):
    """A member's signed item or beat that came by another way than this chain."""

    kind: Literal["entry", "record", "beat"]
    item: Annotated[bytes, msgspec.Meta(max_length=caps.ENTRY_BYTES)]


class Withheld(Wire, frozen=True, tag="withheld"):
    """The maker's word: ``member`` was not given the bytes at ``seq``, which are theirs to read."""

    member: Id
    seq: U32


class Ungranted(Wire, frozen=True, tag="ungranted"):
    """The maker's word: the grant that the entry at ``seq`` lists for ``device`` did not come, or is no good.

    ``box`` is what came, if anything did.
    """

    seq: U32
    device: Id
    box: Annotated[bytes, msgspec.Meta(max_length=caps.GRANT_BYTES)] | None


class Disowned(Wire, frozen=True, tag="disowned"):
    """The maker's word: the device that signed the item at ``seq`` did not make it."""

    seq: U32


Word = Withheld | Ungranted | Disowned
"""What is nowhere signed: the maker of the file says so."""


class Evidence(Wire, frozen=True):
    """One case. ``chain`` begins at place 0; ``statements`` are the server's, signed, in no order."""

    space: Id
    chain: Annotated[list[Shown], msgspec.Meta(min_length=1, max_length=caps.EVIDENCE_PLACES)]
    branch: Branch | None
    statements: Annotated[
        list[Annotated[bytes, msgspec.Meta(max_length=caps.STATEMENT_BYTES)]],
        msgspec.Meta(max_length=caps.EVIDENCE_STATEMENTS),
    ]
    told: Annotated[list[Told], msgspec.Meta(max_length=caps.EVIDENCE_STATEMENTS)]
    word: Word | None


def write_evidence(evidence: Evidence) -> bytes:
    """The bytes of a file: the label, a zero byte, the encoded case."""
    return Label.EVIDENCE.prefix() + encode(evidence)


def read_evidence(data: bytes) -> Evidence:
    """Read a file; its contents are not judged. Raises: InvalidError."""
    prefix = Label.EVIDENCE.prefix()
    if not data.startswith(prefix):
        raise InvalidError(Problem.MALFORMED, "not a file of evidence")
    return decode(data[len(prefix) :], Evidence, caps.EVIDENCE_BYTES)


def beside(mine: Evidence, theirs: Evidence) -> Evidence:
    """One case of two files about a space: where their chains part, the other's is the branch.

    Raises: InvalidError (`Problem.WRONG_SPACE`, `Problem.CAP`).
    """
    if mine.space != theirs.space:
        raise InvalidError(Problem.WRONG_SPACE, "two files about different spaces")
    statements = list(dict.fromkeys([*mine.statements, *theirs.statements]))
    told = list(dict.fromkeys([*mine.told, *theirs.told]))
    if max(len(statements), len(told)) > caps.EVIDENCE_STATEMENTS:
        raise InvalidError(Problem.CAP, "too much in two files for one case")
    parted = _parts(mine.chain, theirs.chain)
    if parted is None:
        chain, branch = max(mine.chain, theirs.chain, key=len), mine.branch or theirs.branch
    else:
        chain, branch = mine.chain, Branch(parted, _head(theirs.chain[:parted]), theirs.chain[parted:])
    return Evidence(mine.space, chain, branch, statements, told, mine.word or theirs.word)


def _parts(mine: Sequence[Shown], theirs: Sequence[Shown]) -> int | None:
    pairs = zip(mine, theirs, strict=False)
    return next((seq for seq, (a, b) in enumerate(pairs) if (a.kind, a.digest) != (b.kind, b.digest)), None)


def _head(places: Sequence[Shown]) -> bytes:
    head = ZERO
    for place in places:
        head = next_head(head, place.kind, place.digest)
    return head
