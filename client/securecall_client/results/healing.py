"""Results about giving a server back what it lacks."""

from typing import Literal

from securecall.entries import SpaceKind
from securecall_client.results.common import Named, Result

State = Literal["open", "whole", "lacking"]


class HealingOwner(Named, frozen=True, kw_only=True):
    """Somebody who may let a space go on; `you` of whoever asks."""

    you: bool


class HealedSpace(Result, frozen=True, kw_only=True):
    """A space on a server that was put back, or that it moves to.

    `put_back` places came from this computer just now, `entries` of them changes of people or keys, the others records;
    `places` are there by now, and `lacks` more are known of here. `open`: it goes on, `again` since just now. `whole`:
    nothing that is known of here is lacking any more, and one of `owners` may let it go on. `lacking`: somebody else
    must bring the rest.
    """

    space: str
    kind: SpaceKind
    name: str
    put_back: int
    entries: int
    places: int
    lacks: int
    state: State
    again: bool
    owners: list[HealingOwner]


class LostDocument(Result, frozen=True, kw_only=True):
    """A document whose file the server does not have any more; whoever has the file puts it up again."""

    space: str
    document: str
    name: str
    author: str


class Healed(Result, frozen=True, kw_only=True):
    """What was put back; `lifted` once every space here goes on."""

    spaces: list[HealedSpace]
    lost: list[LostDocument]
    lifted: bool
