"""What the server signs about its newest place: unsigned, of another, of too much, of too little, at false times."""

from collections.abc import Callable
from dataclasses import replace

from securecall.labels import Label
from securecall_client.server_time import AHEAD, BACK
from tests.simulator import hostile
from tests.simulator.acts.history import pages
from tests.simulator.field import Field, look
from tests.simulator.hostile import restate, statement_of
from tests.simulator.refusal import Act, Lie
from tests.simulator.server import Server

NOT_SIGNED, OTHER = "did not sign", "another history"


def end(change: Callable[[Field, bytes], bytes]) -> Lie:
    """Put another statement at the end of the call's pages."""
    return pages(lambda field, page: replace(page, end=change(field, page.end)))


def stated(**fields: object) -> Lie:
    """Truly sign something else."""
    return end(lambda field, data: restate(field.stage.server, data, **fields))


def by_a_stranger(field: Field, data: bytes) -> bytes:
    """The same, signed by another server."""
    told = statement_of(data)
    return Server("stranger").statement(field.stage.call, told.seq, told.head, newest=True)


def later(field: Field, data: bytes) -> bytes:
    """A statement about a place that is not shown."""
    return restate(field.stage.server, data, seq=statement_of(data).seq + 3)


def earlier(field: Field, data: bytes) -> bytes:
    """The true statement about the place before the last that is shown."""
    told = statement_of(data)
    return restate(
        field.stage.server, data, seq=told.seq - 1, head=field.stage.server.spaces[told.space].chain.heads[-2]
    )


STATEMENTS: dict[str, Act] = {
    "signs nothing": Act("S27", end(lambda _field, _data: b""), look, words=NOT_SIGNED),
    "signs garbage": Act("S16", end(lambda _field, _data: b"\x93\xc4\x00"), look, words=NOT_SIGNED),
    "turns a bit of the statement over": Act(
        "S16", end(lambda _field, data: hostile.flipped(data, 60)), look, words=NOT_SIGNED
    ),
    "turns a bit of its signature over": Act(
        "S16", end(lambda _field, data: hostile.flipped(data, -1)), look, words=NOT_SIGNED
    ),
    "adds a byte to the statement": Act("S28", end(lambda _field, data: data + b"\0"), look, words=NOT_SIGNED),
    "lets another server sign": Act("S01 S27", end(by_a_stranger), look, words=NOT_SIGNED),
    "signs under the label of a greeting": Act(
        "S13 S29", end(lambda field, data: field.stage.server.sign(Label.HELLO, statement_of(data))), look,
        words=NOT_SIGNED,
    ),
    "signs for another space": Act("S27 S30", stated(space=bytes(32)), look, words=""),
    "signs for another history": Act("S08 S27", stated(head=bytes(32)), look, words=OTHER),
    "signs for more than it shows": Act("S18", end(later), look, words="does not show it", takes=True, goes_on=True),
    "shows more than it signs for": Act("S09 S27", end(earlier), look, words="more than it signed"),
    "does not sign that this is the newest": Act("S09", stated(newest=False), look, words="newest"),
    "signs at the beginning of time": Act("S19", stated(time=0), look, "odd", words=BACK, takes=True, goes_on=True),
    "signs a year ahead": Act(
        "S19", stated(time=2_000_000_000_000), look, "odd", words=AHEAD, takes=True, goes_on=True
    ),
    "signs at the end of time": Act(
        "S19 S40", stated(time=2**63 - 1), look, "odd", words=AHEAD, takes=True, goes_on=True
    ),
}  # fmt: skip
