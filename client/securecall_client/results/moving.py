"""Results about moving to another server."""

from securecall_client.results.common import Result
from securecall_client.results.healing import HealedSpace, LostDocument


class ServerText(Result, frozen=True, kw_only=True):
    """A text that leads people to the server that this profile goes to, for `securecall server use`."""

    text: str


class Moved(Result, frozen=True, kw_only=True):
    """This profile goes to the server at `address` from now on, as `by`, an owner, says; and what it put back there.

    `text` is what the owner hands to everybody else, for `securecall server use`.
    """

    address: str
    by: str
    text: str | None
    spaces: list[HealedSpace]
    lost: list[LostDocument]
