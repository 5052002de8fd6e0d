"""Who asks to be let in, and what an invitee is led into: requests changed on the way, spaces that were not named."""

from collections.abc import Callable
from dataclasses import replace

from securecall_client.transport import Join, Page
from securecall_keys.device import DeviceKeys
from tests.simulator import hostile
from tests.simulator.field import Field, admit, join, look
from tests.simulator.hostile import Hostile
from tests.simulator.refusal import Act, Lie

RULES = "breaks the rules"


def joins(change: Callable[[Field, list[Join]], list[Join]]) -> Lie:
    """Show Sec other requests to join."""

    async def lie(field: Field, server: Hostile) -> None:
        server.change_joins(lambda asked: change(field, asked))

    return lie


def each(change: Callable[[Join], Join]) -> Lie:
    """Change every request to join."""
    return joins(lambda _field, asked: [change(one) for one in asked])


def coalition(tale: hostile.Tale) -> Lie:
    """Show the coalition to whoever comes with an invitation as a tale has it."""

    async def lie(field: Field, server: Hostile) -> None:
        server.tell(field.stage.coalition, tale)

    return lie


async def another_space(field: Field, server: Hostile) -> None:
    """Show the call where the coalition was named."""
    places = field.stage.server.spaces[field.stage.call].places
    server.tell(field.stage.coalition, lambda _places: places)


async def another_key(field: Field, server: Hostile) -> None:
    """Be another server than the space names."""
    server.server = field.stage.server.copy("impostor")
    server.change_pages(replace)


async def another_greeting(field: Field, server: Hostile) -> None:
    """Be another server than the coalition named, toward somebody who knows it."""
    server.server = field.stage.server.copy("impostor")
    server.lies["hello"] = lambda _reply: object()


async def unsigned(_field: Field, server: Hostile) -> None:
    """Show the coalition to a newcomer, and sign nothing."""
    server.change_pages(lambda page: Page(page.places, b""))


def mallory() -> tuple[bytes, ...]:
    """The identity of a device that the server made."""
    return (DeviceKeys.generate().begin_identity(1),)


def seen_to(lie: Lie, rows: str) -> Act:
    """An act by which nobody gets in; the request that is not in order is left where it is."""
    return Act(rows, lie, admit, "none", victim="Sec")


def led(lie: Lie, rows: str, words: str = RULES) -> Act:
    """An act toward somebody who comes with an invitation, by which they join nothing."""
    return Act(rows, lie, join, words=words, victim="Eve")


PEOPLE: dict[str, Act] = {
    "puts another identity beside a request": seen_to(each(lambda one: replace(one, identity=mallory())), "S01 S03"),
    "adds an identity beside a request": seen_to(
        each(lambda one: replace(one, identity=(*one.identity, *mallory()))), "S01 S03"
    ),
    "gives no identity beside a request": seen_to(each(lambda one: replace(one, identity=())), "S01"),
    "turns a bit of an identity over": seen_to(
        each(lambda one: replace(one, identity=(hostile.flipped(one.identity[0], 300),))), "S01 S41"
    ),
    "turns a bit of a request over": seen_to(
        each(lambda one: replace(one, request=hostile.flipped(one.request, 60))), "S16 S28"
    ),
    "gives garbage for a request": seen_to(each(lambda one: replace(one, request=b"garbage")), "S16"),
    "makes requests up": seen_to(joins(lambda _field, _asked: [Join(bytes(300), bytes(80), mallory())]), "S02"),
    "keeps a request back": seen_to(joins(lambda _field, _asked: []), "S18"),
    "shows another space to an invitee": led(another_space, "S30 G05"),
    "shows too little to an invitee": Act(
        "S07 G05", coalition(lambda places: places[:2]), join, words="another space", victim="Eve", goes_on=True
    ),
    "leaves an entry out for an invitee": led(coalition(hostile.delete(1)), "S11"),
    "swaps two places for an invitee": led(coalition(hostile.swap(1)), "S11"),
    "changes a key on its way to an invitee": led(coalition(hostile.change(0, identities=mallory())), "S01 S03"),
    "signs nothing for an invitee": led(unsigned, "S27"),
    "is another server toward an invitee": led(another_key, "S01 S30", "server"),
    "is another server than was named": Act("S01 S43", another_greeting, look, words="not the server"),
}
