"""What befalls whole requests: lost, carried out late, twice, or in another order, or answered as another was."""

from dataclasses import replace

from tests.simulator.field import Attempt, Field, fetch, look, put_up, rotate, write
from tests.simulator.hostile import Hostile
from tests.simulator.refusal import Act, Lie


def lost(name: str) -> Lie:
    """Do what is asked, and let no reply through."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.lose_replies(name)

    return lie


def delayed(name: str) -> Lie:
    """Hold requests back, longer than anybody waits."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.delayed.add(name)

    return lie


def doubled(name: str) -> Lie:
    """Carry every request out twice."""

    async def lie(_field: Field, server: Hostile) -> None:
        server.doubled.add(name)

    return lie


def late(rows: str, lie: Lie, attempt: Attempt) -> Act:
    """An act that looks like a bad line; what was written waits here."""
    return Act(rows, lie, attempt, "late", takes=True)


def harmless(rows: str, lie: Lie, attempt: Attempt) -> Act:
    """An act that nothing comes of."""
    return Act(rows, lie, attempt, "none", takes=True, goes_on=True)


async def of_another_space(field: Field, server: Hostile) -> None:
    """Answer for the call as if the coalition had been asked for."""
    call, coalition = field.stage.call, field.stage.coalition
    server.turn("items", lambda asked: (coalition if asked[0] == call else asked[0], *asked[1:]))


async def from_further_on(field: Field, server: Hostile) -> None:
    """Answer for the call as if a later place had been asked for."""
    call = field.stage.call
    server.turn("items", lambda asked: (asked[0], int(str(asked[1])) + (asked[0] == call)))


async def from_the_beginning(field: Field, server: Hostile) -> None:
    """Answer for the call as if all of it had been asked for."""
    call = field.stage.call
    server.turn("items", lambda asked: (asked[0], 0 if asked[0] == call else asked[1]))


async def small_pages(field: Field, server: Hostile) -> None:
    """Show a place at a time."""
    server.change_pages(lambda page: replace(page, places=page.places[:1]))


async def frozen(field: Field, server: Hostile) -> None:
    """Show the call as Ann has it, and nothing that came since; this alone nobody can tell from a quiet call."""
    server.roll_back(field.stage.call, field.known)


LINE: dict[str, Act] = {
    **{f"loses its reply to {name}": late("N02 S09", lost(name), attempt) for name, attempt in {
        "items": look, "grants": look, "append": write, "get_chunk": fetch, "chunks": put_up, "put_chunk": put_up,
    }.items()},
    **{f"holds {name} back": late("N02 S09", delayed(name), attempt) for name, attempt in {
        "append": write, "put_chunk": put_up,
    }.items()},
    "holds an entry back": late("N02 M08", delayed("append"), rotate),
    **{f"carries {name} out twice": harmless("N02 S11", doubled(name), attempt) for name, attempt in {
        "login": look, "items": look, "append": write, "put_chunk": put_up, "get_chunk": fetch,
    }.items()},
    "carries an entry out twice": harmless("N02 S11", doubled("append"), rotate),
    "answers for another space": Act("S12 S30", of_another_space, look, words="breaks the rules"),
    "answers from a later place on": Act("S11", from_further_on, look, words="breaks the rules"),
    "answers from the beginning": Act("S14", from_the_beginning, look, words="breaks the rules"),
    "shows a place at a time": harmless("S38", small_pages, look),
    "shows nothing new": harmless("S09", frozen, look),
}  # fmt: skip
