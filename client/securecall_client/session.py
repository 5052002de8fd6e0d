"""One unlocked profile at work: spaces, their sync, the outbox, and changes by compare-and-set.

The command line acts through this object and knows no protocol. While it is open it alone works on the
profile; a second process waits its turn (`securecall_client.opening`).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nacl.utils import random

from securecall.errors import Problem
from securecall.records import BlobRef
from securecall.rights import Action, Circle, Role, may
from securecall.wire import ZERO
from securecall_client import clock, content, duties
from securecall_client.alarms import Alarms
from securecall_client.beating import Beating
from securecall_client.blobs import BlobStore
from securecall_client.changing import rotate_if_due
from securecall_client.confirming import is_unconfirmed, saved
from securecall_client.errors import (
    ClonedError,
    FileError,
    OfflineError,
    ProfileError,
    ProofError,
    RefusedError,
    RestoredError,
    SecureCallError,
)
from securecall_client.guests import show_out
from securecall_client.heard import Denied, Heard
from securecall_client.outbox import AGAIN, Held, Outbox, Outgoing
from securecall_client.pins import Pins
from securecall_client.profile import Profile, Turn
from securecall_client.progress import Say
from securecall_client.refusals import refused
from securecall_client.replica import Replica
from securecall_client.results.common import Saved
from securecall_client.server_line import ServerLine
from securecall_client.spaces import CLONED, Spaces
from securecall_client.text import size
from securecall_client.transport import Transport
from securecall_client.view import SpaceView
from securecall_keys.author import Author
from securecall_keys.device import DeviceKeys
from securecall_keys.records import CONTENT_BYTES

REACH = 3.0
"""Seconds within which the server must answer before a command goes on without it; more on a slow line."""
TRIES = 8
"""How often what waits is tried again when the chain has moved meanwhile."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the profile is, and how a command was asked to behave.

    ``proxy``: by which the server is reached, empty for none, None for the one that the profile keeps. ``patient``:
    whether a server that is slow to answer is waited for, since there is little to do without it.
    """

    home: Path
    offline: bool = False
    unconfirmed: bool = False
    proxy: str | None = None
    patient: bool = False


class Session:
    """An open profile. Made by `open_session`."""

    def __init__(
        self,
        settings: Settings,
        profile: Profile,
        device: DeviceKeys,
        replica: Replica,
        transport: Transport,
        say: Say,
        turn: Turn,
    ) -> None:
        self.settings, self.profile, self.device, self.replica = settings, profile, device, replica
        self.transport, self.say, self._turn = transport, say, turn
        self.pins = Pins(profile.pins, device.storage)
        self.alarms = Alarms(replica, device.storage)
        self.heard = Heard(replica, device.storage)
        self._beating: dict[bytes, Beating] = {}
        self.line = ServerLine(transport, say)
        if settings.offline:
            self.line.why = "You asked to go without the server."
        self.member, self.home, self._coalition = ZERO, b"", b""
        self.word: dict[bytes, int] = {}
        """Space to the place up to which its guests may get what was written before they came: the author's word."""
        self._told_of: dict[bytes, Held] = {}

    async def begin(self) -> None:
        """Read what the profile knows. ``home`` is the space it came in by: the coalition, or from outside a call."""
        self.pins.load()
        self.member = await self.replica.meta("member") or ZERO
        self._coalition = await self.replica.meta("coalition") or b""
        self.home = self._coalition or await self.replica.meta("call") or b""
        self.author = Author(self.member, self.device)
        self._spaces = Spaces(
            self.member, self.device, self.replica, self.line, self.pins, self.alarms, self.heard, self.say
        )
        await self._spaces.load()
        self.blobs = BlobStore(self.profile.chunks)
        self.outbox = Outbox(self.replica, self.device, self.member, self.blobs, self.say)

    async def reach(self, *, patient: bool = False) -> bool:
        """Whether the server answers now, however slowly for the ``patient``.

        Raises: ProofError if it is not the one it must be; ClonedError once this device is known to be a copy.
        """
        await self._need_to_be_one()
        try:
            await self.transport.reach(REACH, patient=patient or self.settings.patient)
            self.line.reached = True
        except TimeoutError:
            self.line.lost(OfflineError("The server did not answer in time."))
        except OfflineError as error:
            self.line.lost(error)
        except RefusedError as error:
            if error.code != "unauthorized":
                raise
            raise RefusedError(
                "The server does not let this device in: it was removed, or never finished joining.",
                hint="If nobody told you why, ask the secretariat. With --offline you can read what is here.",
                code="unauthorized",
            ) from error
        return self.reached

    async def _need_to_be_one(self) -> None:
        if await self.replica.meta(CLONED) is not None:
            raise ClonedError

    def need_server(self) -> None:
        """Raise OfflineError unless the server was reached; for what cannot wait in the outbox."""
        if not self.reached:
            raise OfflineError(
                f"{self.line.why} This needs the server. Nothing was changed.",
                hint="Check the line and the address, then try again.",
            )

    @property
    def reached(self) -> bool:
        """Whether the server answered when it was last spoken to."""
        return self.line.reached

    @property
    def in_coalition(self) -> bool:
        """Whether this profile is of the coalition, or of somebody from outside it who is in a call."""
        return bool(self._coalition)

    @property
    def coalition(self) -> bytes:
        """The coalition. Raises: RefusedError for somebody who is in a call alone."""
        if not self._coalition:
            raise RefusedError(
                "You are in a call, and not in the coalition, which this is about. Nothing was changed.",
                hint="See the call: securecall call list",
                code="not-in-coalition",
            )
        return self._coalition

    def spaces(self) -> list[bytes]:
        """The spaces this profile takes part in, the coalition first."""
        return sorted(self._spaces.listing(), key=lambda space: (space != self.home, space))

    async def turn_to(self, transport: Transport, server: bytes) -> None:
        """Speak to another server from now on, by a line that has reached it; durable when this returns."""
        await self.transport.close()
        self.transport = self.line.transport = transport
        self.line.reached = True
        self.line.read_only.clear()
        await self.keep_server(transport.address, server)

    async def keep_server(self, address: str, server: bytes) -> None:
        """From the next time on, go to the server at ``address`` that has this key."""
        await self.replica.set_meta("address", address.encode())
        await self.replica.set_meta("server", server)

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[None]:
        """Keep as an alarm what is proven meanwhile, wherever it is found, and whoever goes on all the same."""
        try:
            yield
        except ProofError as error:
            await self.alarms.prove(error)
            raise

    @asynccontextmanager
    async def _in_passing(self) -> AsyncIterator[None]:
        """What fails within holds nothing up; of it, what is proven is told and kept."""
        try:
            async with self.noting():
                yield
        except ProofError as error:
            self.say.line(" ".join(filter(None, (str(error), error.hint))))
        except SecureCallError:
            pass

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Let other processes at the profile meanwhile, and take in what they did."""
        self._turn.give()
        try:
            yield
        finally:
            self._turn.take()
            self.pins.load()
            await self._spaces.load()

    async def take_part(self, space: bytes, parent: bytes | None) -> None:
        """Add a space to those of this profile."""
        await self._spaces.take_part(space, parent)

    async def view(self, space: bytes) -> SpaceView:
        """A space as far as this profile has it, including what another process added."""
        return await self._spaces.view(space)

    async def synced(self, space: bytes) -> SpaceView:
        """A space brought up to date with the server if it was reached; its parent first.

        Raises: ProofError (kept as an alarm; the space is then as it was).
        """
        return await self._spaces.synced(space)

    async def taken_in(self, space: bytes) -> SpaceView:
        """A space with what a server has beyond it that takes nothing new. Raises: as `Spaces.taken_in`."""
        return await self._spaces.taken_in(space, await self.replica.meta("server") or b"")

    def beating(self, space: bytes) -> Beating:
        """This device's beats in a call. Whoever holds the screen says there that its person is here, or writes."""
        if space not in self._beating:
            self._beating[space] = Beating(self.member, self.device)
        return self._beating[space]

    async def accuse(self, space: bytes, denied: Denied, beat: bytes) -> NoReturn:
        """Stop syncing a space until the server shows a place that a member signed for, in ``beat``.

        Raises: ProofError (kept as an alarm).
        """
        await self._spaces.accuse(await self.view(space), denied, beat)

    async def sync_all(self) -> None:
        """Bring every space up to date and send what waits.

        Raises: SecureCallError, once every other space is done: one bad space holds up no other.
        """
        done: set[bytes] = set()
        failed: list[SecureCallError] = []
        while missing := [space for space in self.spaces() if space not in done]:
            for space in missing:
                done.add(space)
                try:
                    async with self.noting():
                        await self.synced(space)
                        if self.reached:
                            await duties.see_to(self, space)
                        await self.flush(space)
                except SecureCallError as error:
                    failed.append(error)
        if failed:
            raise next((error for error in failed if isinstance(error, ProofError)), failed[0])

    def clock_is_trusted(self, view: SpaceView) -> bool:
        """Whether this computer may act on an expiry now."""
        return self.line.time > 0 and clock.trusted(self.line.time, view.chain.minute)

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
        await self._need_to_be_one()
        view = await self.view(space)
        self.need_to_write(view, circle)
        record = record or random(16)
        said = content.write(body, clock.minute())
        if len(said) > CONTENT_BYTES:
            raise RefusedError(
                f"This is {size(len(said))} long; at most {size(CONTENT_BYTES)} go at once. Nothing was saved.",
                code="too-long",
            )
        await self.outbox.put(space, record, Outgoing(circle, view.chain.seen(), list(blobs), list(drops), said))
        try:
            await self.flush(space)
        except (RefusedError, FileError, ProfileError) as error:
            # Something older may be what was refused, or the disk failed once this was kept; this one's own fate is
            # what the person is told, so that nobody writes again what is on its way (row O06).
            waits = not isinstance(error, RefusedError) and await self._waits(space, record)
            if saved(await self.view(space), self.member, record) == "here" and not waits:
                raise
            self.say.line(str(error))
        return record, saved(await self.view(space), self.member, record)

    async def _waits(self, space: bytes, record: bytes) -> bool:
        return any(waiting.record == record for waiting in await self.replica.waiting(space))

    def need_to_write(self, view: SpaceView, circle: Circle) -> None:
        """Raise RefusedError unless one may write for ``circle`` here."""
        action = Action.WRITE_EVERYONE if circle == "everyone" else Action.WRITE_ALLIES
        if not may(self.role_in(view), action, "space"):
            raise RefusedError(
                "You are a guest here, and what a guest writes is for everyone. Nothing was saved.",
                hint="Say so: --circle everyone",
                code="no-right",
            )

    def need_to_be_in(self, view: SpaceView) -> None:
        """Raise RefusedError unless one is in the space, and it has not ended."""
        if view.chain.destroyed:
            raise refused(Problem.DESTROYED)
        if not view.chain.heads or self.member not in view.chain.roster.members:
            raise refused(Problem.NOT_A_MEMBER)

    def role_in(self, view: SpaceView) -> Role:
        """One's own role in a space. Raises: RefusedError as `need_to_be_in`."""
        self.need_to_be_in(view)
        return view.chain.roster.members[self.member].role

    async def flush(self, space: bytes) -> None:
        """Send what waits for a space; what cannot be sent now goes on waiting."""
        if not await self.replica.waiting(space):
            return
        for _ in range(TRIES):
            if not self.reached or space in self.line.read_only:
                return
            view = await self.view(space)
            self.need_to_be_in(view)
            try:
                await rotate_if_due(self, space)
                await show_out(self, space)
                if duties.overdue(view) and (left := duties.overdue(await duties.take_out(self, space))):
                    self._say_who_must_go(view, left, "went from the coalition and can")
                    return
                if duties.strays(view):
                    await duties.see_to(self, space)
                    if lost := duties.strays(await self.view(space)):
                        self._say_who_must_go(view, [*lost], "lost a device, which can")
                        return
                if await self._send(view):
                    return
                await self.synced(space)
            except RestoredError as error:
                self.line.refuses(space, error)
                return
            except OfflineError as error:
                self.line.lost(error)
                return
            except RefusedError as error:
                if error.code not in AGAIN:
                    raise
                await self.synced(space)
        raise RefusedError("The space changes faster than this line can follow; what you wrote waits here.")

    def _say_who_must_go(self, view: SpaceView, members: Sequence[bytes], what: str) -> None:
        names = ", ".join(map(view.state.name, members))
        self.say.line(
            f"{names} {what} still read {view.state.title}. What you wrote waits on this computer until an owner or "
            "chair of the call has seen to it; their SecureCall does so by itself."
        )

    async def do_duties(self) -> None:
        """Do what the spaces that were looked at call for; done last, and never in anything's way."""
        for space in [view.space for view in self._spaces.at_hand()] if self.reached else []:
            async with self._in_passing():
                await duties.see_to(self, space)

    async def _send(self, view: SpaceView) -> bool:
        """Send what waits, as `Outbox.send`; only empty records while nobody has confirmed the head for a day."""
        hold = is_unconfirmed(view, self.member) and not self.settings.unconfirmed
        if hold:
            await self._ask(view)
            self.say.line(
                f"Nobody else has confirmed {view.state.title or 'this space'} for over a day, so what you wrote waits "
                "on this computer until somebody does. To send it all the same: --unconfirmed."
            )
        held = await self.outbox.held(view, self.word.get(view.space, -1))
        if held.records and held != self._told_of.get(view.space):
            self._told_of[view.space] = held
            names = ", ".join(sorted({view.state.name(guest) for guest in held.guests}))
            self.say.line(
                f"{len(held.records)} of the things that you wrote for everyone in {view.state.title} would now reach "
                f"{names}, who came as a guest since. So that waits on this computer for your word. To send it all the "
                "same: securecall sync --to-guests."
            )
        try:
            return await self.outbox.send(view, self.transport, only_empty=hold, but=held.records)
        finally:
            self.pins.rise(view.space, view.chain.seen())

    async def _ask(self, view: SpaceView) -> None:
        """Say an empty record, once, so that the first other client to meet it confirms the head."""
        if view.state.asked is None or view.state.asked[1] != self.member:
            said = content.write(content.Empty(asks=True), clock.minute())
            await self.outbox.put(view.space, random(16), Outgoing("everyone", view.chain.seen(), [], [], said))

    async def answer_questions(self) -> None:
        """Confirm the head to whoever asked, in spaces that were looked at; done last, and never in anything's way."""
        for view in (view for view in self._spaces.at_hand() if view.chain.heads):
            asked, roster = view.state.asked, view.chain.roster
            reached = self.reached and view.space not in self.line.read_only
            mine = reached and view.is_in() and not roster.due and view.lacks_key() is None
            if mine and asked is not None and asked[1] != self.member and not await self.replica.waiting(view.space):
                async with self._in_passing():
                    await self.write(view.space, content.Empty(asks=False), "everyone")
