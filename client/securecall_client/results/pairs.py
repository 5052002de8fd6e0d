"""Results about pairs: two people of a call who go on talking."""

from securecall_client.results.common import Named, Result


class PairLine(Result, frozen=True, kw_only=True):
    """A pair: its space, the call that it hangs on, and who is in it besides oneself.

    More than one other means that somebody let them in. `inside` is false once one is out of it oneself.
    """

    space: str
    title: str
    call: str
    others: list[Named]
    inside: bool


class Pairs(Result, frozen=True, kw_only=True):
    """The pairs of a call that one is in."""

    call: str
    title: str
    pairs: list[PairLine]


class Paired(Result, frozen=True, kw_only=True):
    """The pair with somebody: opened now (`new`), or there already."""

    space: str
    title: str
    name: str
    new: bool
