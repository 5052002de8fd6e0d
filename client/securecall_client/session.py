"""One unlocked profile at work: its spaces and their sync, the server's line, and what is kept beside them.

The command line acts through this object and knows no protocol. While it is open it alone works on the
profile; a second process waits its turn (`securecall_client.opening`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import NoReturn

from securecall.errors import Problem
from securecall.rights import Role
from securecall.roster import Member
from securecall.sentences import sentence
from securecall.wire import ZERO
from securecall_client import duties, removal
from securecall_client.alarms import Alarms
from securecall_client.beating import Beating
from securecall_client.blobs import BlobStore
from securecall_client.deed import Deed
from securecall_client.drafts import Drafts
from securecall_client.errors import (
    ClonedError,
    OfflineError,
    ProofError,
    RefusedError,
    RemovedError,
    RestoredError,
    SecureCallError,
)
from securecall_client.heard import Denied, Heard
from securecall_client.outbox import Outbox
from securecall_client.pins import Pins
from securecall_client.profile import Profile, Turn
from securecall_client.progress import Say
from securecall_client.refusals import refused
from securecall_client.replica import Replica
from securecall_client.server_line import ServerLine
from securecall_client.settings import Settings
from securecall_client.spaces import CLONED, Spaces
from securecall_client.transport import Transport
from securecall_client.turns import Turns, aside
from securecall_client.unsent import Unsent
from securecall_client.view import SpaceView
from securecall_client.work.drawn import Drawn
from securecall_client.writer import Writer
from securecall_keys.author import Author
from securecall_keys.device import DeviceKeys

REACH = 3.0
"""Seconds within which the server must answer before a command goes on without it; more on a slow line."""


class Session:
    """An open profile. Made by `open_session`.

    ``transport`` is for whoever is at the profile; ``straight`` is the same line for what needs nothing of it (chunks
    of a file) while others are.
    """

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
        self.say, self.turns = say, Turns(turn, self._catch_up)
        self.straight, self.transport = transport, aside(transport, self.turns)
        self.pins = Pins(profile.pins, device.storage)
        self.alarms = Alarms(replica, device.storage)
        self.heard = Heard(replica, device.storage)
        self.drafts = Drafts(profile.drafts, device.storage)
        self.unsent = Unsent(profile.unsent, device.storage)
        self.drawn, self.drawn_for_everyone = Drawn(), Drawn()
        self._beating: dict[bytes, Beating] = {}
        self.deed = Deed()
        self.line = ServerLine(self.transport, say)
        if settings.offline:
            self.line.why = sentence("You asked to go without the server.")
        self.member, self.home, self._coalition = ZERO, b"", b""

    async def begin(self) -> None:
        """Read what the profile knows. ``home`` is the space it came in by: the coalition, or from outside a call."""
        self.pins.load()
        self.member = await self.replica.meta("member") or ZERO
        await self.find_home()
        self.author = Author(self.member, self.device)
        self._spaces = Spaces(
            self.member, self.device, self.replica, self.line, self.pins, self.alarms, self.heard, self.say
        )
        await self._spaces.load()
        self.blobs = BlobStore(self.profile.chunks)
        self.outbox = Outbox(self.replica, self.device, self.member, self.blobs, self.say)
        self.writer = Writer(self)

    async def find_home(self) -> None:
        """Read by which space one came in, which is known once one has."""
        self._coalition = await self.replica.meta("coalition") or b""
        self.home = self._coalition or await self.replica.meta("call") or b""

    async def reach(self, *, patient: bool = False) -> bool:
        """Whether the server answers now, however slowly for the ``patient``.

        Raises: ProofError if it is not the one it must be; ClonedError once this device is known to be a copy.
        """
        await self.need_to_be_one()
        try:
            await self.transport.reach(REACH, patient=patient or self.settings.patient)
            self.line.reached = True
        except TimeoutError:
            self.line.lost(OfflineError("The server did not answer in time."))
        except RestoredError as error:
            # It does not even know this device any more.
            self.line.lost(error)
            await self.alarms.close(self.home, (await self.view(self.home)).state.title)
        except OfflineError as error:
            self.line.lost(error)
        except RefusedError as error:
            if error.code != "unauthorized":
                raise
            if isinstance(error, RemovedError) and (told := await removal.heed(self, error)) is not error:
                raise told from error
            raise RefusedError(
                "The server does not let this device in: it was removed, or never finished joining.",
                hint="If nobody told you why, ask the secretariat. With --offline you can read what is here.",
                code="unauthorized",
            ) from error
        return self.reached

    async def need_to_be_one(self) -> None:
        """Raise ClonedError once this device is known to be a copy, or to have one."""
        if await self.replica.meta(CLONED) is not None:
            raise ClonedError

    def need_server(self) -> None:
        """Raise OfflineError unless the server was reached; for what cannot wait in the outbox."""
        if not self.reached:
            raise OfflineError(
                sentence("%(why)s This needs the server. Nothing was changed.", why=self.line.why),
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
        self.deed.forget()
        self.straight = transport
        self.transport = self.line.transport = aside(transport, self.turns)
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
    async def resting(self) -> AsyncIterator[None]:
        """Let other processes, and other tasks of this one, at the profile meanwhile, and take in what they did."""
        self.deed.forget()
        async with self.turns.resting():
            yield

    def rest(self) -> None:
        """The same for good: from now on whoever is at the profile is so by `working`."""
        self.turns.give()

    def stop(self) -> None:
        """Wait for no other process any more; a task that does is cancelled."""
        self.turns.close()

    @asynccontextmanager
    async def working(self, *, reading: bool = False, pressing: bool = False) -> AsyncIterator[None]:
        """Be at the profile for once, in a program whose session rests.

        Whoever is only ``reading`` sees what is here, asks no server, and waits for nobody who does. Whoever is
        ``pressing`` does not wait for one whom a server leaves without an answer.
        """
        async with self.turns.looking() if reading else self.turns.working(pressing=pressing):
            self.line.asked = not reading
            try:
                with nullcontext() if reading else self.deed.begun():
                    yield
            finally:
                self.line.asked = True

    async def _catch_up(self) -> None:
        self.pins.load()
        await self._spaces.load()

    def at_hand(self) -> list[SpaceView]:
        """The views that were looked at."""
        return self._spaces.at_hand()

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
        asks = self.line.asked
        if asks:
            self.deed.drop(space)
        view = await self._spaces.synced(space)
        if asks and self.reached:
            self.deed.note(space)
        if view.is_wiped and view.chain.destroyed:
            self.drafts.drop_all_of(space)
            self.unsent.drop_all_of(space)
        return view

    async def fresh(self, space: bytes) -> SpaceView:
        """A space as it was brought up to date moments ago in the deed at hand; as `synced` where it was not.

        Whoever changes the space need not have the newest: a server refuses what others were quicker than, and for what
        it does not refuse the writer looks again.
        """
        return await self.view(space) if self.deed.knows(space) else await self.synced(space)

    async def wipe(self) -> None:
        """Wipe every space, since this device was removed."""
        await self._spaces.wipe()

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
                        await self.writer.flush(space)
                except SecureCallError as error:
                    failed.append(error)
        if failed:
            raise next((error for error in failed if isinstance(error, ProofError)), failed[0])

    def need_to_be_in(self, view: SpaceView) -> Member:
        """Oneself in a space. Raises: RefusedError unless one is in it, and it has not ended."""
        if view.chain.destroyed:
            raise refused(Problem.DESTROYED)
        if view.me is None:
            raise refused(Problem.NOT_A_MEMBER)
        return view.me

    def role_in(self, view: SpaceView) -> Role:
        """One's own role in a space. Raises: as `need_to_be_in`."""
        return self.need_to_be_in(view).role
