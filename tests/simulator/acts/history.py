"""Histories that are not the one that was: rolled back, forked, cut, doubled, swapped, replayed, rewritten."""

from collections.abc import Callable
from dataclasses import replace

from securecall.state import ALLIES, ENTRY, EVERYONE
from securecall_client.transport import Page
from tests.simulator import hostile
from tests.simulator.field import Field, follow, look, rotate
from tests.simulator.hostile import Hostile, Tale, statement_of
from tests.simulator.refusal import Act, Lie

OLDER, RULES, FORK = "older state", "breaks the rules", "history"


def tell(make: Callable[[Field], Tale]) -> Lie:
    """Show the call as a tale has it."""

    async def lie(field: Field, server: Hostile) -> None:
        server.tell(field.stage.call, make(field))

    return lie


def cut(length: Callable[[Field], int]) -> Lie:
    """Show as many places of the call as if they were all."""
    return tell(lambda field: lambda places: places[: length(field)])


def news(make: Callable[[int], Tale], at: int = 0) -> Lie:
    """Tell otherwise what is new to Ann: the ``at``-th place of it."""
    return tell(lambda field: make(field.known + at))


def pages(change: Callable[[Field, Page], Page]) -> Lie:
    """Change the call's pages after they were signed."""

    async def lie(field: Field, server: Hostile) -> None:
        def of_the_call(page: Page) -> Page:
            return change(field, page) if statement_of(page.end).space == field.stage.call else page

        server.change_pages(of_the_call)

    return lie


async def branch(field: Field, server: Hostile) -> None:
    """Lead Ann onto a branch that parts behind her back, and is the longer one."""
    stage = field.stage
    other = stage.server.copy()
    await stage["Ann"].answer(stage.call, "training")
    await stage["Ann"].answers(stage.call)
    stage["Cem"].hostile.server = other
    for activity in ("shelter", "food", "training"):
        await stage["Cem"].answer(stage.call, activity)
    stage["Cem"].hostile.server = stage.server
    server.server = other
    await pages(lambda _field, page: replace(page))(field, server)


async def cross_over(field: Field, server: Hostile) -> None:
    """Fork, and show Ann one item of the other branch."""
    stage = field.stage
    other = stage.server.copy()
    stage["Cem"].hostile.server = other
    for activity in ("shelter", "food"):
        await stage["Cem"].answer(stage.call, activity)
    crossed = other.spaces[stage.call].places[-1]
    server.tell(stage.call, lambda places: [*places, crossed])


async def rewritten(field: Field, server: Hostile) -> None:
    """Rewrite the store behind what Ann has: an answer of hers is gone, and all running digests fit."""
    twin = server.fork()
    hostile.rewrite(twin, field.stage.call, hostile.delete(field.known - 3))
    await pages(lambda _field, page: replace(page))(field, server)


async def replayed(field: Field, server: Hostile) -> None:
    """Show a page again in the place of what came since."""
    await look(field, field.stage["Ann"])
    [*_, old] = [page for page in server.replies["items"] if isinstance(page, Page) and page.places]
    await rotate(field, field.stage["Sec"])
    await pages(lambda _field, _page: old)(field, server)


HISTORY: dict[str, Act] = {
    "rolls back by a place": Act("S07 S26", cut(lambda field: field.known - 1), look, words=OLDER),
    "rolls back to the middle": Act("S07", cut(lambda field: field.known // 2), look, words=OLDER),
    "rolls back to the beginning": Act("S07", cut(lambda _field: 1), look, words=OLDER),
    "shows a newcomer too little": Act(
        "S07 S09", cut(lambda _field: 1), follow, "odd", "does not show like that", "Cem",
        goes_on=True,
    ),
    "hides a call": Act("S07", cut(lambda _field: 0), follow, "odd", "does not show like that", "Cem", goes_on=True),
    "denies a call that it has shown": Act(
        "S07 S09", cut(lambda _field: 0), look, "odd", "denies that there is such a space"
    ),
    "leads onto another branch": Act("S08", branch, look, words=FORK),
    "lets an item of another branch cross over": Act("S08", cross_over, look, words=FORK),
    "rewrites its store": Act("S11 T04", rewritten, look, words=FORK),
    "leaves a place out": Act("S11 S18", news(hostile.delete), look, words=RULES),
    "leaves an entry out": Act("S11 S10", news(hostile.delete, 1), look, words=RULES),
    "shows a record twice": Act("S11", news(hostile.duplicate), look, words=RULES),
    "shows an entry twice": Act("S11 S06", news(hostile.duplicate, 1), look, words=RULES),
    "swaps two places": Act("S11", news(hostile.swap), look, words=RULES),
    "gives the digest of a record alone": Act("S11 S18", news(hostile.stub), look, words="withholds"),
    "gives the digest of an entry alone": Act("S11", news(hostile.stub, 1), look, words=RULES),
    "slips in a place of another space": Act(
        "S12 S13 S30",
        tell(lambda field: hostile.extend_with(field.place(field.stage.coalition, ENTRY))), look, words=RULES,
    ),
    "slips in a record of another space": Act(
        "S12 S13",
        tell(lambda field: hostile.extend_with(field.place(field.stage.coalition, ALLIES))), look, words=RULES,
    ),
    "shows an old entry again": Act(
        "S06 S14", tell(lambda field: hostile.extend_with(field.news[1])), look, words=RULES
    ),
    "calls a record one for everyone": Act(
        "S13 S27", news(lambda seq: hostile.change(seq, kind=EVERYONE)), look, words=RULES
    ),
    "calls a record an entry": Act("S13", news(lambda seq: hostile.change(seq, kind=ENTRY)), look, words=RULES),
    "makes up a class": Act("S13 S20", news(lambda seq: hostile.change(seq, kind=9)), look, words=RULES),
    "turns a bit of a header over": Act("S16 S28", news(lambda seq: hostile.flip(seq, 40)), look, words=RULES),
    "turns a bit of a ciphertext over": Act("S16", news(lambda seq: hostile.flip(seq, 700)), look, words=RULES),
    "turns a bit of a signature over": Act("S16", news(lambda seq: hostile.flip(seq, -1)), look, words=RULES),
    "cuts an item short": Act(
        "S15 S28", tell(lambda field: hostile.change(field.known, item=(field.news[0].item or b"")[:-1])), look,
        words=RULES,
    ),
    "adds a byte to an item": Act(
        "S28", tell(lambda field: hostile.change(field.known, item=(field.news[0].item or b"") + b"\0")), look,
        words=RULES,
    ),
    "gives an endless item": Act(
        "S38", tell(lambda field: hostile.change(field.known, item=bytes(2_000_000))), look, words=RULES
    ),
    "shows an old page again": Act("S14", replayed, look),
    "skips the first place of a page": Act(
        "S11", pages(lambda _field, page: Page(page.places[1:], page.end)), look, words=RULES
    ),
    "reorders a page": Act(
        "S11", pages(lambda _field, page: Page(page.places[::-1], page.end)), look, words=RULES
    ),
    "says that there is more and shows none": Act(
        "S18 S38", pages(lambda _field, page: Page((), page.end)), look, words="does not show it"
    ),
    "adds identities that nobody named": Act(
        "S01 S03",
        tell(lambda field: hostile.change(field.known + 1, identities=field.identities)), look, words=RULES,
    ),
}  # fmt: skip
