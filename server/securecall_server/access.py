"""Who may see what of a space, from its chain at every request (`docs/http.md`; rows G06, R04).

A device reads while it counts in the space, and afterwards up to the entry that ended that. A guest gets no
bytes of *allies* records and none from before they came. An invitee sees the entries up to the one that
invited them. For everybody else a space does not exist.
"""

from dataclasses import dataclass

from securecall.rights import Role
from securecall.roster import Member
from securecall.state import ALLIES, ENTRY
from securecall_server.chains import Chains, Held
from securecall_server.errors import Code, RefusedError
from securecall_server.restored import Mark
from securecall_server.store.interface import Store
from securecall_server.tokens import Caller


@dataclass(frozen=True, slots=True)
class View:
    """What one caller may see of a chain.

    ``last`` is the newest place that may be seen; ``role`` is None for an invitee; ``came`` is the place at
    which a guest became one; ``present`` is their membership now.
    """

    held: Held
    last: int
    role: Role | None
    came: int
    present: Member | None

    def shows(self, seq: int, kind: int) -> bool:
        """Whether the bytes at a place may be seen, not only their digest."""
        if seq > self.last:
            return False
        if kind == ENTRY:
            return True
        if self.role is None or self.held.chain.destroyed:
            return False
        return self.role != "guest" or (kind != ALLIES and seq > self.came)


class Access:
    """Judges callers by the chains, and nothing else."""

    def __init__(self, chains: Chains, store: Store, mark: Mark) -> None:
        self._chains = chains
        self._mark = mark
        self._store = store

    async def view(self, space: bytes, caller: Caller) -> View:
        """What ``caller`` may see of ``space``.

        Raises: RefusedError if nothing (`Code.NOT_FOUND`; of a server that was put back from a backup, which may lack
        the space or the caller, `Code.READ_ONLY`).
        """
        held = await self._chains.get(space)
        if held is not None and held.durable:
            view = _device_view(held, caller) if caller.scope == "device" else _invitee_view(held, caller)
            if view is not None:
                return view
        # Looked up for unknown spaces too, which then take the same work.
        keys = [join.key for join in await self._store.joins(space) if join.member == caller.home]
        view = _invited_view(held, keys[0]) if keys and held is not None and caller.scope == "device" else None
        if view is None:
            raise RefusedError(Code.READ_ONLY if self._mark.stands() else Code.NOT_FOUND)
        return view

    async def present(self, space: bytes, caller: Caller) -> tuple[View, Member]:
        """The view of a caller who is in the space now. Raises: RefusedError (`Code.NOT_FOUND`)."""
        view = await self.view(space, caller)
        if view.present is None:
            raise RefusedError(Code.NOT_FOUND)
        return view, view.present


def _device_view(held: Held, caller: Caller) -> View | None:
    last, present = held.durable - 1, True
    for seq, roster in held.rosters():
        member = roster.members.get(caller.member)
        if member is not None and member.device(caller.device) is not None:
            return View(held, last, member.role, held.chain.starts[member.since], member if present else None)
        last, present = seq, False
    return None


def hears(held: Held, seq: int, caller: Caller) -> bool:
    """Whether ``caller`` may be told that the place ``seq`` was taken."""
    view = _device_view(held, caller)
    return view is not None and seq <= view.last


def is_present(held: Held, caller: Caller) -> bool:
    """Whether ``caller`` is in the space now, as far as the disk has it."""
    member = held.roster().members.get(caller.member)
    return member is not None and member.device(caller.device) is not None


def _invitee_view(held: Held, caller: Caller) -> View | None:
    if caller.scope != "invitation" or caller.home != held.chain.space:
        return None
    return _invited_view(held, caller.key)


def _invited_view(held: Held, key: bytes) -> View | None:
    """Up to the entry that made the invitation, while that stands."""
    invitation = held.chain.invitations.standing(key, held.durable)
    return None if invitation is None else View(held, invitation.made, None, invitation.made, None)
