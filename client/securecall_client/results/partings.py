"""Results about going from spaces: of oneself, or of somebody who is taken out."""

from typing import Literal

from securecall.entries import SpaceKind
from securecall.sentences import sentence
from securecall_client.results.calls import Receipt
from securecall_client.results.common import Result, Saved

NOT_REACHED = sentence("the server was not reached; it is done once it is")
"""Why something waits that this computer itself will do."""


class PartingSpace(Result, frozen=True, kw_only=True):
    """A space that somebody is to go from: done, or waiting for whom or what `why` says."""

    space: str
    kind: SpaceKind
    name: str
    state: Literal["done", "waiting"]
    why: str
    receipt: Receipt | None
    """What it did in this space, once it is done."""


class Parting(Result, frozen=True, kw_only=True):
    """Somebody goes from several spaces; `receipt` is for all of them together."""

    spaces: list[PartingSpace]
    receipt: Receipt
    saved: Saved
    """`here` while the coalition itself is still to be told."""
