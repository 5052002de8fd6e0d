"""What a person says in a space: kept at once, sent as soon as it may be, and held where it must be (protocol 8, 13).

What cannot be sent now waits in the outbox. It goes on waiting while nobody has confirmed the head, while guests came
whom its author did not know of, and while somebody can still read who must go first (rows S09, G09, R01).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nacl.utils import random

from securecall.records import BlobRef
from securecall.rights import Action, Circle, may
from securecall.sentences import sentence
from securecall_client import clock, content, duties
from securecall_client.changing import rotate_if_due
from securecall_client.confirming import is_unconfirmed, saved
from securecall_client.errors import FileError, OfflineError, ProfileError, RefusedError, RestoredError
from securecall_client.guests import show_out
from securecall_client.outbox import AGAIN, Held
from securecall_client.outgoing import Outgoing
from securecall_client.results.common import Saved
from securecall_client.sealed_answers import sealed_exercise
from securecall_client.text import size
from securecall_client.view import SpaceView
from securecall_keys.records import CONTENT_BYTES
from securecall_keys.sealed_answers import ANSWER_BYTES

if TYPE_CHECKING:
    from securecall_client.session import Session

TRIES = 8
"""How often what waits is tried again when the chain has moved meanwhile."""


class Writer:
    """Writes and sends what one says in the spaces of an open profile."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._word: dict[bytes, int] = {}
        self._told_of: dict[bytes, Held] = {}
        self._holds = not session.settings.unconfirmed

    def give_word(self, view: SpaceView) -> None:
        """What waits may reach all guests who are in a space by now."""
        self._word[view.space] = view.chain.next_seq - 1

    @contextmanager
    def unconfirmed(self) -> Iterator[None]:
        """Within, what waits goes out although nobody has confirmed the head for a day."""
        held, self._holds = self._holds, False
        try:
            yield
        finally:
            self._holds = held

    def word(self, space: bytes) -> int:
        """The place up to which guests may get what was written before they came, by the author's word; else -1."""
        return self._word.get(space, -1)

    async def write(
        self,
        space: bytes,
        body: content.Body,
        circle: Circle,
        *,
        blobs: Sequence[BlobRef] = (),
        drops: Sequence[bytes] = (),
        record: bytes | None = None,
    ) -> tuple[bytes, Saved]:
        """Say something in a space: kept here at once, then sent. Returns the record's id and where it is safe.

        ``blobs`` are those that the record lists, ``drops`` those that go with it.

        Raises: RefusedError if it is refused for good, ProofError.
        """
        session = self._session
        await session.need_to_be_one()
        view = await session.view(space)
        self.need_to_write(view, circle)
        record = record or random(16)
        said = content.write(body, clock.minute())
        is_sealed = sealed_exercise(view.state, body) is not None
        most = ANSWER_BYTES if is_sealed else CONTENT_BYTES
        if len(said) > most:
            raise RefusedError(
                sentence(
                    "This is %(size)s long; at most %(size2)s go at once. Nothing was saved.",
                    size=size(len(said)),
                    size2=size(most),
                ),
                code="too-long",
            )
        await session.outbox.put(space, record, Outgoing(circle, view.chain.seen(), list(blobs), list(drops), said))
        try:
            await self._look_again(view, is_sealed=is_sealed)
            await self.flush(space)
        except (RefusedError, FileError, ProfileError) as error:
            # Something older may be what was refused, or the disk failed once this was kept; this one's own fate is
            # what the person is told, so that nobody writes again what is on its way (row O06).
            waits = not isinstance(error, RefusedError) and await self._waits(space, record)
            if saved(await session.view(space), session.member, record) == "here" and not waits:
                raise
            session.say.line(str(error))
        return record, saved(await session.view(space), session.member, record)

    async def _look_again(self, view: SpaceView, *, is_sealed: bool) -> None:
        """Bring up to date what no server refuses a record for, where a deed took the space as it was moments ago:
        who went from its parent and can still read here; of a sealed answer also which chair is one no more.
        """
        session = self._session
        if not session.deed.knows(view.space):
            return
        if is_sealed:
            await session.synced(view.space)
        elif view.parent is not None:
            await session.synced(view.parent.space)
        session.deed.drop(view.space)

    async def _waits(self, space: bytes, record: bytes) -> bool:
        return any(waiting.record == record for waiting in await self._session.replica.waiting(space))

    def need_to_write(self, view: SpaceView, circle: Circle) -> None:
        """Raise RefusedError unless one may write for ``circle`` here."""
        action = Action.WRITE_EVERYONE if circle == "everyone" else Action.WRITE_ALLIES
        if not may(self._session.role_in(view), action, "space"):
            raise RefusedError(
                "You are a guest here, and what a guest writes is for everyone. Nothing was saved.",
                hint="Say so: --circle everyone",
                code="no-right",
            )

    async def flush(self, space: bytes) -> None:
        """Send what waits for a space; what cannot be sent now goes on waiting."""
        session = self._session
        if not await session.replica.waiting(space):
            return
        for _ in range(TRIES):
            if not session.reached or space in session.line.read_only:
                return
            view = await session.view(space)
            session.need_to_be_in(view)
            try:
                await rotate_if_due(session, space)
                await show_out(session, space)
                if await self._someone_must_go(view) or await self._send(view):
                    return
                await session.synced(space)
            except RestoredError as error:
                session.line.refuses(space, error)
                return
            except OfflineError as error:
                session.line.lost(error)
                return
            except RefusedError as error:
                if error.code not in AGAIN:
                    raise
                await session.synced(space)
        raise RefusedError("The space changes faster than this line can follow; what you wrote waits here.")

    async def _someone_must_go(self, view: SpaceView) -> bool:
        """Whether a member or a device can read here that must go first, and that one may not take out oneself."""
        session, space = self._session, view.space
        if duties.overdue(view) and (left := duties.overdue(await duties.take_out(session, space))):
            self._say_who_must_go(view, left, sentence("went from the coalition and can"))
            return True
        if duties.strays(view):
            await duties.see_to(session, space)
            if lost := duties.strays(await session.view(space)):
                self._say_who_must_go(view, [*lost], sentence("lost a device, which can"))
                return True
        return False

    def _say_who_must_go(self, view: SpaceView, members: Sequence[bytes], what: str) -> None:
        names = list(map(view.state.name, members))
        self._session.say.line(
            sentence(
                "%(names)s %(what)s still read %(title)s. What you wrote waits on this computer until an "
                "owner or chair of the call has seen to it; their SecureCall does so by itself.",
                names=names,
                what=what,
                title=view.state.title,
            )
        )

    async def _send(self, view: SpaceView) -> bool:
        """Send what waits, as `Outbox.send`; only empty records while nobody has confirmed the head for a day."""
        session = self._session
        hold = self._holds and is_unconfirmed(view, session.member)
        if hold:
            await self._ask(view)
            session.say.line(
                sentence(
                    "Nobody else has confirmed %(title)s for over a day, so what you wrote waits on this "
                    "computer until somebody does.",
                    title=view.state.title or "this space",
                ),
                sentence("To send it all the same: securecall sync --unconfirmed."),
            )
        held = await session.outbox.held(view, self.word(view.space))
        self._say_whom_it_would_reach(view, held)
        keyless = await session.outbox.keyless(view)
        if keyless:
            self._say_what_waits_for_a_key(view)
        try:
            return await session.outbox.send(view, session.transport, only_empty=hold, but=held.records | keyless)
        finally:
            session.pins.rise(view.space, view.chain.seen())

    def _say_what_waits_for_a_key(self, view: SpaceView) -> None:
        self._session.say.line(
            sentence(
                "Somebody holds the key of a sealed exercise in %(title)s who is no facilitator any "
                "more. Your answer waits on this computer until an owner or chair has made another key; "
                "their SecureCall does so by itself.",
                title=view.state.title,
            )
        )

    def _say_whom_it_would_reach(self, view: SpaceView, held: Held) -> None:
        if not held.records or held == self._told_of.get(view.space):
            return
        self._told_of[view.space] = held
        names = sorted({view.state.name(guest) for guest in held.guests})
        self._session.say.line(
            sentence(
                "%(number)s of the things that you wrote for everyone in %(title)s would now reach "
                "%(names)s, who came as a guest since. So that waits on this computer for your word.",
                number=len(held.records),
                title=view.state.title,
                names=names,
            ),
            sentence("To send it all the same: securecall sync --to-guests."),
        )

    async def _ask(self, view: SpaceView) -> None:
        """Say an empty record, once, so that the first other client to meet it confirms the head."""
        if view.state.asked is None or view.state.asked[1] != self._session.member:
            said = content.write(content.Empty(asks=True), clock.minute())
            outgoing = Outgoing("everyone", view.chain.seen(), [], [], said)
            await self._session.outbox.put(view.space, random(16), outgoing)
