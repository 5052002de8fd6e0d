"""The two ways in for those who are not members yet: the setup code, and invitations (protocol 10).

Both are remembered in the database's notes about itself: which space an invitation's key belongs to, whose
identity came with it or with the setup key, and which coalition the founder began. A note is written before the
item it is about, and is believed only together with the chain.
"""

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall_server.chains import Chains
from securecall_server.errors import Code, RefusedError
from securecall_server.store.interface import Store
from securecall_server.tokens import Caller

_FOUNDER = "setup/member"
_COALITION = "setup/space"


class Doors:
    """Setup code and invitations, as far as a server can judge them. ``setup_key`` is 32 bytes."""

    def __init__(self, store: Store, chains: Chains, setup_key: bytes) -> None:
        self._store = store
        self._chains = chains
        self._setup_key = setup_key

    async def opened_by(self, key: bytes) -> Caller | None:
        """Whom a proof by ``key`` lets in, or None if it fits neither door.

        Raises: RefusedError (`Code.SETUP_CODE_USED`), InvalidError (`Problem.BAD_INVITE`): to the holder of
        the secret half, it may be said what became of the code or the invitation.
        """
        space = await self._store.meta(_invited(key))
        if key == self._setup_key:
            if await self.coalition() is not None:
                raise RefusedError(Code.SETUP_CODE_USED)
            return Caller("setup", key, b"")
        held = await self._chains.get(space) if space else None
        if held is None or held.chain.invitations.made(key, held.durable) is None:
            return None
        if held.chain.invitations.standing(key, held.durable) is None:
            raise InvalidError(Problem.BAD_INVITE, "an invitation that was used or taken back")
        return Caller("invitation", key, held.chain.space)

    async def stands(self, caller: Caller) -> None:
        """Raise unless the door that ``caller`` came through is still open, as in `opened_by`."""
        if await self.opened_by(caller.key) is None:
            raise RefusedError(Code.UNAUTHORIZED)

    async def bind(self, caller: Caller, member: bytes) -> None:
        """An invitation opens one account: note that ``caller``'s is for ``member``.

        Raises: RefusedError (`Code.CONFLICT`) if it has opened another's already.
        """
        if caller.scope == "invitation" and await self._store.claim_meta(_opened(caller.key), member) != member:
            raise RefusedError(Code.CONFLICT)

    async def note_founder(self, member: bytes) -> None:
        """The identity of ``member`` came with the setup key."""
        await self._store.put_meta(_FOUNDER, member)

    async def check_founder(self, space: bytes, author: bytes) -> None:
        """Raise RefusedError unless ``author`` may begin the coalition ``space``; note that they do."""
        if await self._store.meta(_FOUNDER) != author:
            raise InvalidError(Problem.NO_RIGHT, "a coalition is begun with the setup code")
        if await self.coalition() not in (None, space):
            raise RefusedError(Code.SETUP_CODE_USED)
        await self._store.put_meta(_COALITION, space)

    async def note_invites(self, space: bytes, change: e.Invite) -> None:
        """The keys of these invitations belong to ``space``.

        Raises: InvalidError (`Problem.DUPLICATE`) for a key of another space's, whose invitee would be shut out.
        """
        for invitee in change.invitees:
            noted = await self._store.meta(_invited(invitee.key))
            if noted == space:
                continue
            other = await self._chains.get(noted) if noted else None
            if other is not None and other.chain.invitations.made(invitee.key) is not None:
                raise InvalidError(Problem.DUPLICATE, "an invitation key of another space")
            await self._store.put_meta(_invited(invitee.key), space)

    async def coalition(self) -> bytes | None:
        """The coalition that the setup code was used for; a note without its chain counts for nothing."""
        space = await self._store.meta(_COALITION)
        return space if space and await self._store.head(space) is not None else None


def _invited(key: bytes) -> str:
    return f"invite/{key.hex()}"


def _opened(key: bytes) -> str:
    return f"account/{key.hex()}"
