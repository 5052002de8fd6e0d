"""Every invitation that a space ever made, and what became of each (protocol 5, 10; rows G03, M12).

One index for the whole chain, appended to and never copied. What stood at an earlier place follows from the places
that each invitation was made and ended at; ``places`` says how many places of the chain count, all of them if left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from securecall import caps
from securecall import entries as e
from securecall.rights import Role
from securecall.wire import Signed, decode


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation; ``made`` and ``ended`` are the places of the entries that made it, and used it or took it back."""

    role: Role
    expiry: int
    author: bytes
    made: int
    ended: int | None = None


@dataclass(slots=True)
class Invitations:
    """By public key, which serves once, ever."""

    _all: dict[bytes, Invitation] = field(default_factory=dict)

    def made(self, key: bytes, places: int | None = None) -> Invitation | None:
        """The invitation under a key, whatever became of it; None if there never was one."""
        found = self._all.get(key)
        return found if found is not None and (places is None or found.made < places) else None

    def standing(self, key: bytes, places: int | None = None) -> Invitation | None:
        """The invitation under a key, if it is neither used nor taken back."""
        found = self.made(key, places)
        if found is None or found.ended is None or (places is not None and found.ended >= places):
            return found
        return None

    def keys(self) -> Iterator[bytes]:
        """The keys of those that stand, oldest first."""
        return (key for key, invitation in self._all.items() if invitation.ended is None)

    def take(self, seq: int, author: bytes, change: e.Change) -> None:
        """Take over what a checked entry at the place ``seq`` does to invitations."""
        if isinstance(change, e.Invite):
            for new in change.invitees:
                self._all[new.key] = Invitation(new.role, new.expiry, author, seq)
        for key in spent(change):
            self._all[key] = replace(self._all[key], ended=seq)


def spent(change: e.Change) -> list[bytes]:
    """The keys of the invitations that a checked change uses up or takes back."""
    match change:
        case e.RevokeInvite(keys=keys):
            return keys
        case e.Admit(admissions=admissions):
            requests = (each.via.request for each in admissions if isinstance(each.via, e.Joining))
            return [decode(request, Signed, caps.JOIN_BYTES).key for request in requests]
        case _:
            return []
