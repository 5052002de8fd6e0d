"""Results about giving a server back what it lacks."""

from typing import Literal

from securecall.entries import SpaceKind
from securecall_client.results.common import Result

State = Literal["open", "whole", "lacking"]


class HealedSpace(Result, frozen=True, kw_only=True):
    """A space on a server that was put back, or that it moves to.

    `put_back` places came from this computer just now; `places` are there by now, and `lacks` more are known of here.
    `open`: it goes on. `whole`: nothing that is known of here is lacking any more, and an owner may let it go on.
    `lacking`: somebody else must bring the rest.
    """

    space: str
    kind: SpaceKind
    name: str
    put_back: int
    places: int
    lacks: int
    state: State


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
