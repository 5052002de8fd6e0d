"""Mailboxes: where a member's old device and a new one, which nobody knows yet, leave each other a message each.

A device opens one, under the public half of a key that the linking text yields. Who signs a login with that key
leaves the request, the device that opened it the answer; both may look. A member has one at a time, for as long as a
linking text is good (protocol 4.3).
"""

from collections.abc import Callable

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall.points import check_signing
from securecall_server.clock import wall
from securecall_server.errors import Code, RefusedError
from securecall_server.store.interface import Store
from securecall_server.store.rows import MailboxRow
from securecall_server.tokens import Caller

LIFE = caps.LINKING_SECONDS * 1_000
"""In milliseconds."""


async def clear_mailboxes(store: Store, now: int | None = None) -> None:
    """Drop the mailboxes whose time is over; ``now`` in unix milliseconds."""
    await store.clear_mailboxes((wall() if now is None else now) - LIFE)


class Mailboxes:
    """All mailboxes; ``now`` gives unix milliseconds."""

    def __init__(self, store: Store, now: Callable[[], int] = wall) -> None:
        self._store = store
        self._now = now

    async def opened_by(self, key: bytes) -> Caller | None:
        """Whom a proof by ``key`` lets in: whoever holds the secret of a mailbox that stands, or None."""
        return Caller("mailbox", key, b"") if await self._standing(key) is not None else None

    async def open(self, caller: Caller, key: bytes) -> None:
        """Open a mailbox for the caller's member, in place of the one before.

        Raises: RefusedError for whoever is no device, InvalidError (`Problem.BAD_KEY`), ConflictError.
        """
        mailbox = MailboxRow(key, caller.member, caller.device, self._now())
        check_signing(key)
        await self._store.open_mailbox(mailbox, mailbox.opened - LIFE)

    async def look(self, caller: Caller, key: bytes) -> MailboxRow:
        """What is in it. Raises: RefusedError (`Code.NOT_FOUND`) for everybody but the two, and past its time."""
        row = await self._standing(key)
        if row is None or caller.key not in (row.key, row.device):
            raise RefusedError(Code.NOT_FOUND)
        return row

    async def put(self, caller: Caller, key: bytes, mail: bytes) -> None:
        """Leave one's message, once. Raises: as `look`; ConflictError if another one is there."""
        row = await self.look(caller, key)
        if not mail:
            raise InvalidError(Problem.MALFORMED, "an empty message")
        await self._store.put_mail(key, "request" if caller.key == row.key else "answer", mail)

    async def _standing(self, key: bytes) -> MailboxRow | None:
        row = await self._store.mailbox(key)
        return row if row is not None and 0 <= self._now() - row.opened < LIFE else None
