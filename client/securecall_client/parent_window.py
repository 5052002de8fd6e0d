"""A parent as the rules of what hangs on it see it (protocol 5). Pure."""

from typing import TYPE_CHECKING

from securecall import entries as e
from securecall.roster import Roster

if TYPE_CHECKING:
    from securecall_client.view import SpaceView


class ParentWindow:
    """A parent as its child's rules see it: whoever has left the parent knows nothing of it past that place."""

    def __init__(self, parent: "SpaceView") -> None:
        self._parent = parent
        self.space = parent.space

    def roster_at(self, at: e.Seen) -> Roster | None:
        """As `securecall.situation.ParentView` says."""
        chain = self._parent.chain
        if chain.heads and at.seq >= chain.next_seq and self._parent.member not in chain.roster.members:
            return None
        return chain.roster_at(at)
