"""What the signatures in a file show together (protocol 20.2).

A signature convicts whom it belongs to only of what no honest program signs; where an honest one could have been
brought to it by another's lie, the finding names both.
"""

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Final, Literal

from securecall.exhibits import Case, Item, Vouched, item_of, read_shown
from securecall.naming import MAKER, Finding, Party, device, item_signed, server, statement
from securecall.sentences import sentence

APART: Final = 60_000
"""Milliseconds by which two statements must be apart before their order convicts: several honest server processes may
differ by less, or run ahead after a restart."""


def shown(case: Case) -> Iterator[Finding]:
    """All that they show."""
    yield from _clashes(case)
    yield from _order(case)
    yield from _broken(case)
    yield from _doubles(case)
    yield from _told(case)


def is_close(case: Case) -> bool:
    """Whether less was signed for than before, so shortly after that it convicts nobody."""
    return any(_is_gone(early, late, 0) for early, late in permutations(case.vouched, 2))


def _clashes(case: Case) -> Iterator[Finding]:
    """Two statements of one server that vouch for different heads at a place."""
    for a, b in combinations(case.vouched, 2):
        low, high = max(a.first, b.first), min(a.first + len(a.heads), b.first + len(b.heads))
        at = next((seq for seq in range(low, high) if a.heads[seq - a.first] != b.heads[seq - b.first]), None)
        if at is None or a.statement.key != b.statement.key:
            continue
        yield Finding(
            "server",
            (server(a),),
            sentence("The server signed two histories that differ at place %(at)s.", at=at),
            (statement(a), statement(b), *(item_signed(case, item) for item in _at(case, at))),
        )
        return


def _order(case: Case) -> Iterator[Finding]:
    """A place that the server had signed for is gone at a later time, as the server signs itself."""
    for early, late in permutations(case.vouched, 2):
        if _is_gone(early, late, APART):
            yield Finding(
                "server",
                (server(late),),
                sentence(
                    "The server signed for place %(seq)s, and later that nothing stands after place "
                    "%(last)s. A server that lies does that, and one that was put back from an old copy.",
                    seq=early.value.seq,
                    last=late.value.seq,
                ),
                (statement(early), statement(late)),
            )
            return


def _is_gone(early: Vouched, late: Vouched, apart: int) -> bool:
    """Whether ``late`` says, more than ``apart`` ms after ``early``, that nothing stands where that had something."""
    less = late.value.newest and late.value.seq < early.value.seq
    return less and late.value.time > early.value.time + apart and late.statement.key == early.statement.key


def _broken(case: Case) -> Iterator[Finding]:
    """The server vouches for an item that breaks a rule; or an author broke one that they could judge."""
    broken, first = case.broken, case.branch.first
    if broken is None:
        return
    vouched = next(
        (each for each in case.vouched if each.first < broken.seq + 1 and _has_branch(case, each, broken.seq)), None
    )
    shown = case.branch_at(broken.seq)
    item = None if shown is None else read_shown(shown)
    signed = () if item is None else (item_signed(case, item),)
    what = sentence("place %(seq)s holds what breaks the rules: %(error)s", seq=broken.seq, error=broken.error)
    if broken.knew and item is not None:
        yield Finding(
            "member",
            (device(item),),
            sentence("A member signed an entry that breaks the rules: %(error)s.", error=broken.error),
            signed,
        )
    if vouched is not None:
        parties = (server(vouched),) if broken.sound else (server(vouched), MAKER)
        word = "" if broken.sound else sentence(", or whoever made this file left out or added what came beside it")
        convicts: Literal["server", "one of the two"] = "server" if broken.sound else "one of the two"
        yield Finding(
            convicts,
            parties,
            sentence("The server signed a history whose %(what)s%(word)s.", what=what, word=word),
            (statement(vouched), *signed),
        )
    elif not broken.knew and item is not None and first > 0 and (before := case.vouching(first - 1)) is not None:
        yield Finding(
            "one of the two",
            (server(before), MAKER),
            sentence(
                "Somebody showed a history whose %(what)s. That the server did, only whoever made this file says.",
                what=what,
            ),
            (*(statement(each) for each in case.vouched), *signed),
        )


def _has_branch(case: Case, each: Vouched, seq: int) -> bool:
    return each.covers(seq) and each.heads[seq - each.first] == case.branch_heads[seq - case.branch.first + 1]


def _doubles(case: Case) -> Iterator[Finding]:
    """Two items of one device of which an honest one makes the second only once the first was refused or lost."""
    first: dict[tuple[object, ...], Item] = {}
    for b in case.items:
        a = first.setdefault(b.doubles, b)
        if a.digest == b.digest or not case.owner_of(a.device, a.author):
            continue
        kind = (
            sentence("entries upon the same entry")
            if a.doubles[0] == "entry"
            else sentence("records with the same number")
        )
        yield Finding(
            "one of the two",
            (device(a), Party("server", case.chain.server, None)),
            sentence(
                "One device signed two %(kind)s. Its member did that, or its profile was copied; or the "
                "server told it that the first was refused or lost, and kept it all the same.",
                kind=kind,
            ),
            (item_signed(case, a), item_signed(case, b)),
        )


def _told(case: Case) -> Iterator[Finding]:
    """A member's signed word for another head at a place that the server vouches for."""
    heads = case.chain.heads
    for item in case.told:
        seen = item.seen
        if seen is None or not case.owner_of(item.device, item.author) or seen.seq >= len(heads):
            continue
        vouched = case.vouching(seen.seq)
        if heads[seen.seq] != seen.head and vouched is not None:
            yield Finding(
                "one of the two",
                (device(item), server(vouched)),
                sentence(
                    "A member signed for another history at place %(seq)s than the server did. Either the "
                    "server showed them that one, or they made it up.",
                    seq=seen.seq,
                ),
                (item_signed(case, item), statement(vouched)),
            )


def _at(case: Case, seq: int) -> list[Item]:
    """The items of both histories at a place, as far as their bytes are there."""
    step = case.steps[seq] if seq < len(case.steps) else None
    shown = case.branch_at(seq)
    found = [item_of(step.body, step.digest) if step is not None and step.body is not None else None]
    return [item for item in [*found, None if shown is None else read_shown(shown)] if item is not None]
