"""What a deed made for one person's eyes, until it is put away: an invitation's text, a sheet, a receipt (row T08).

It stays here, and not in a page's address, while its page is looked at; locking empties it.
"""

import secrets
from typing import TypeVar

from securecall_client.errors import NotFoundError

T = TypeVar("T")
_BYTES = 16


class Drawer:
    """Things by keys that nobody can guess, and that say nothing."""

    def __init__(self) -> None:
        self._things: dict[str, object] = {}

    def put(self, thing: object) -> str:
        """Keep something; gives the key to it."""
        key = secrets.token_hex(_BYTES)
        self._things[key] = thing
        return key

    def get(self, key: str, kind: type[T]) -> T:
        """What lies there. Raises: NotFoundError if it was put away."""
        thing = self._things.get(key)
        if not isinstance(thing, kind):
            raise NotFoundError(
                "This was shown once and has been put away: nothing secret stays in a page.",
                hint="Make it anew where you made it.",
            )
        return thing

    def drop(self, key: str) -> None:
        """Put something away."""
        self._things.pop(key, None)

    def empty(self) -> None:
        """Put everything away."""
        self._things.clear()
