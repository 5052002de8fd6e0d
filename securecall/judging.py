"""Whom a file of evidence convicts (protocol 20): the server, a member's device, one of the two, or nobody.

The rule for every finding is that no honest server and no honest member can be made to look guilty by whoever writes
the file. So a signature convicts whom it belongs to only of what no honest program signs; where an honest one could
have been brought to it by another's lie, the finding names both; and what only the file's maker says counts as said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Literal

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.evidence import Disowned, Evidence, Ungranted, Withheld
from securecall.exhibits import Case, Item, Vouched, item_of, read_shown
from securecall.labels import Label, digest

APART = 60_000
"""Milliseconds by which two statements must be apart before their order convicts: several honest server processes may
differ by less, or run ahead after a restart."""

Convicts = Literal["server", "member", "both", "one of the two", "nobody"]


@dataclass(frozen=True, slots=True)
class Party:
    """A server (by its key), a member's device, or whoever made the file."""

    kind: Literal["server", "device", "maker"]
    key: bytes
    member: bytes | None


MAKER = Party("maker", b"", None)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a party signed, in words; ``time`` is the server's (unix ms), if it said one."""

    by: Party
    what: str
    time: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is convicted, of what, and what was signed by whom."""

    convicts: Convicts
    who: tuple[Party, ...]
    what: tuple[str, ...]
    signed: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    convicts: Literal["server", "member", "one of the two"]
    who: tuple[Party, ...]
    what: str
    signed: tuple[Signature, ...]


def judge(evidence: Evidence) -> Verdict:
    """Weigh a file. Raises: InvalidError if anything in it does not hold, or the maker's word cannot be so."""
    case = Case(evidence)
    findings = [*_clashes(case), *_order(case), *_broken(case), *_doubles(case), *_told(case), *_word(case)]
    said = tuple(_statement(vouched) for vouched in case.vouched)
    if not findings:
        return Verdict("nobody", (), (_nothing(case),), _unique([*said, *(_item(case, item) for _, item in case.told)]))
    sure = [finding for finding in findings if finding.convicts != "one of the two"]
    kinds = {finding.convicts for finding in sure}
    convicts: Convicts = "both" if len(kinds) == 2 else next(iter(kinds)) if kinds else "one of the two"
    who = tuple(dict.fromkeys(party for finding in sure or findings for party in finding.who))
    signed = _unique([signature for finding in findings for signature in finding.signed])
    return Verdict(convicts, who, tuple(dict.fromkeys(finding.what for finding in findings)), signed)


def _nothing(case: Case) -> str:
    if not case.vouched and not case.told:
        return "The file shows a history that holds, and nothing against it."
    beside = (
        "It shows what its maker was shown. Laid beside the file of somebody who was shown otherwise, it convicts the "
        "server."
    )
    if not any(_is_gone(early, late, 0) for early, late in permutations(case.vouched, 2)):
        return beside
    return (
        "The server signed that less stands than it had signed for, within a minute. Honest processes of one server "
        f"may differ by that much; a statement that is a minute younger convicts it. {beside}"
    )


def _clashes(case: Case) -> Iterator[_Finding]:
    """Two statements of one server that vouch for different heads at a place."""
    for a, b in combinations(case.vouched, 2):
        low, high = max(a.first, b.first), min(a.first + len(a.heads), b.first + len(b.heads))
        at = next((seq for seq in range(low, high) if a.heads[seq - a.first] != b.heads[seq - b.first]), None)
        if at is None or a.statement.key != b.statement.key:
            continue
        yield _Finding(
            "server",
            (_server(a),),
            f"The server signed two histories that differ at place {at}.",
            (_statement(a), _statement(b), *(_item(case, item) for item in _at(case, at))),
        )
        return


def _order(case: Case) -> Iterator[_Finding]:
    """A place that the server had signed for is gone at a later time, as the server signs itself."""
    for early, late in permutations(case.vouched, 2):
        if _is_gone(early, late, APART):
            yield _Finding(
                "server",
                (_server(late),),
                f"The server signed for place {early.value.seq}, and later that nothing stands after place "
                f"{late.value.seq}. A server that lies does that, and one that was put back from an old copy.",
                (_statement(early), _statement(late)),
            )
            return


def _is_gone(early: Vouched, late: Vouched, apart: int) -> bool:
    """Whether ``late`` says, more than ``apart`` ms after ``early``, that nothing stands where that had something."""
    less = late.value.newest and late.value.seq < early.value.seq
    return less and late.value.time > early.value.time + apart and late.statement.key == early.statement.key


def _broken(case: Case) -> Iterator[_Finding]:
    """The server vouches for an item that breaks a rule; or an author broke one that they could judge."""
    broken, first = case.broken, case.branch.first
    if broken is None:
        return
    vouched = next(
        (each for each in case.vouched if each.first < broken.seq + 1 and _has_branch(case, each, broken.seq)), None
    )
    shown = case.branch_at(broken.seq)
    item = None if shown is None else read_shown(shown)
    signed = () if item is None else (_item(case, item),)
    what = f"place {broken.seq} holds what breaks the rules: {broken.error}"
    if broken.knew and item is not None:
        yield _Finding(
            "member", (_device(item),), f"A member signed an entry that breaks the rules: {broken.error}.", signed
        )
    if vouched is not None:
        parties = (_server(vouched),) if broken.sound else (_server(vouched), MAKER)
        word = "" if broken.sound else ", or whoever made this file left out or added what came beside it"
        convicts: Literal["server", "one of the two"] = "server" if broken.sound else "one of the two"
        yield _Finding(
            convicts, parties, f"The server signed a history whose {what}{word}.", (_statement(vouched), *signed)
        )
    elif not broken.knew and first <= broken.seq and item is not None and case.covers(first - 1):
        yield _Finding(
            "one of the two",
            (_server(case.vouched[0]), MAKER),
            f"Somebody showed a history whose {what}. That the server did, only whoever made this file says.",
            (*(_statement(each) for each in case.vouched), *signed),
        )


def _has_branch(case: Case, each: Vouched, seq: int) -> bool:
    return each.covers(seq) and each.heads[seq - each.first] == case.branch_heads[seq - case.branch.first + 1]


def _doubles(case: Case) -> Iterator[_Finding]:
    """Two items of one device of which an honest one makes the second only once the first was refused or lost."""
    first: dict[tuple[object, ...], Item] = {}
    for b in case.items:
        a = first.setdefault(b.doubles, b)
        if a.digest == b.digest or not case.owner_of(a.device, a.author):
            continue
        kind = "entries upon the same entry" if a.doubles[0] == "entry" else "records with the same number"
        yield _Finding(
            "one of the two",
            (_device(a), Party("server", case.chain.server, None)),
            f"One device signed two {kind}. Its member did that, or its profile was copied; or the server told it that "
            "the first was refused or lost, and kept it all the same.",
            (_item(case, a), _item(case, b)),
        )


def _told(case: Case) -> Iterator[_Finding]:
    """A member's signed word for another head at a place that the server vouches for."""
    heads = case.chain.heads
    for _, item in case.told:
        seen = item.seen
        if seen is None or not case.owner_of(item.device, item.author) or seen.seq >= len(heads):
            continue
        if heads[seen.seq] != seen.head and case.covers(seen.seq):
            vouched = next(each for each in case.vouched if each.first == 0 and each.covers(seen.seq))
            yield _Finding(
                "one of the two",
                (_device(item), _server(vouched)),
                f"A member signed for another history at place {seen.seq} than the server did. Either the server "
                "showed them that one, or they made it up.",
                (_item(case, item), _statement(vouched)),
            )


def _word(case: Case) -> Iterator[_Finding]:
    """What the maker of the file says, where it can be so."""
    match case.evidence.word:
        case Withheld(member=member, seq=seq):
            yield _withheld(case, member, seq)
        case Ungranted() as word:
            yield _ungranted(case, word)
        case Disowned(seq=seq):
            yield _disowned(case, seq)
        case None:
            return


def _withheld(case: Case, member: bytes, seq: int) -> _Finding:
    vouched = _vouching(case, seq)
    if seq not in case.chain.withheld(member):
        raise InvalidError(Problem.MALFORMED, "said to be withheld from somebody to whom it is not due")
    return _Finding(
        "one of the two",
        (_server(vouched), MAKER),
        f"The bytes of place {seq} are due to a member and, says whoever made this file, the server gives none. Nobody "
        "can prove that on paper.",
        (_statement(vouched),),
    )


def _ungranted(case: Case, word: Ungranted) -> _Finding:
    vouched = _vouching(case, word.seq)
    body = case.steps[word.seq].body
    line = (
        next((line for line in body.body.grants if line.device == word.device), None)
        if isinstance(body, e.Entry)
        else None
    )
    if line is None or not isinstance(body, e.Entry):
        raise InvalidError(Problem.MALFORMED, "a grant that no entry there lists")
    author = item_of(body, case.steps[word.seq].digest)
    signed = (_item(case, author), _statement(vouched))
    if word.box is not None and digest(Label.GRANT, word.box) == line.digest:
        return _Finding(
            "one of the two",
            (_device(author), MAKER),
            f"The grant of place {word.seq} is the one that its author signed, so the server did not change it. It "
            "does not open, says whoever made this file: either its author sealed something else, or that is not so.",
            signed,
        )
    what = "is missing" if word.box is None else "is another than its author signed"
    return _Finding(
        "one of the two",
        (_server(vouched), MAKER),
        f"The grant of place {word.seq} {what}, says whoever made this file: either that is the server's doing, or it "
        "is not so. Its author is not at fault.",
        signed,
    )


def _disowned(case: Case, seq: int) -> _Finding:
    body = case.steps[seq].body if seq < len(case.steps) else None
    if body is None:
        raise InvalidError(Problem.MALFORMED, "an item that is not in the file")
    item = item_of(body, case.steps[seq].digest)
    return _Finding(
        "one of the two",
        (_device(item), MAKER),
        f"The item at place {seq} was signed by a device that, says whoever made this file, did not make it. The "
        "server cannot have signed it. Its profile was copied, or put back from an old copy; or that is not so.",
        (_item(case, item),),
    )


def _vouching(case: Case, seq: int) -> Vouched:
    """A statement that vouches for the chain at a place. Raises: InvalidError."""
    if seq >= len(case.steps) or not case.covers(seq):
        raise InvalidError(Problem.WITHHELD, "no statement of the server covers the place")
    return next(each for each in case.vouched if each.first == 0 and each.covers(seq))


def _at(case: Case, seq: int) -> list[Item]:
    """The items of both histories at a place, as far as their bytes are there."""
    step = case.steps[seq] if seq < len(case.steps) else None
    shown = case.branch_at(seq)
    found = [item_of(step.body, step.digest) if step is not None and step.body is not None else None]
    return [item for item in [*found, None if shown is None else read_shown(shown)] if item is not None]


def _server(vouched: Vouched) -> Party:
    return Party("server", vouched.statement.key, None)


def _device(item: Item) -> Party:
    return Party("device", item.device, item.author)


def _statement(vouched: Vouched) -> Signature:
    value = vouched.value
    newest = ", and that nothing stands after it" if value.newest else ""
    return Signature(
        _server(vouched), f"that place {value.seq} has the head {value.head.hex()[:16]}{newest}", value.time
    )


def _item(case: Case, item: Item) -> Signature:
    kind = {"entry": "an entry", "record": "a record", "beat": "a beat"}[str(item.doubles[0])]
    seen = "" if item.seen is None else f", made upon place {item.seen.seq} with the head {item.seen.head.hex()[:16]}"
    member = item.author if case.owner_of(item.device, item.author) else None
    return Signature(
        Party("device", item.device, member), f"{kind} with the digest {item.digest.hex()[:16]}{seen}", None
    )


def _unique(signed: Sequence[Signature]) -> tuple[Signature, ...]:
    return tuple(dict.fromkeys(signed))
