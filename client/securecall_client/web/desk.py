"""The profile behind the pages: locked, or open with one session that requests, live lines and syncs take turns at.

Locking drops the session with its keys; nothing that was decrypted stays in this process (row T08). It waits for nobody
for long: whoever is at the profile then has `GRACE` seconds to finish, and is cancelled, wherever they wait. What was
under way and is on the disk goes on when the profile is opened again.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal

from securecall.sentences import sentence
from securecall_client import clock
from securecall_client.acts import founding, joining
from securecall_client.errors import ProfileError, SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work
from securecall_client.profile import Lock, Profile
from securecall_client.results.people import WaitingJoin
from securecall_client.session import Session
from securecall_client.settings import Settings
from securecall_client.transport import Connect
from securecall_client.web.carrying import Carrying
from securecall_client.web.drawer import Drawer
from securecall_client.web.errands import Errands
from securecall_client.web.forgetting import forget
from securecall_client.web.hub import Hub
from securecall_client.web.incoming import Arrivals
from securecall_client.web.keeping_up import KeepingUp
from securecall_client.web.looking import Looked
from securecall_keys.device import DeviceKeys

State = Literal["none", "locked", "begun", "joining", "open"]
"""No profile; a locked one; one that was being added to somebody's and never was; one that waits to be let in; open."""

_INCOMPLETE: Final = "incomplete"
GRACE: Final = 2.0
"""Seconds that whoever is at the profile has to finish when it is locked."""
PATIENCE: Final = 15.0
"""Seconds for which a profile that another program is at work on is waited for, to open it."""


class LockedError(SecureCallError):
    """The pages are locked."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__(sentence("SecureCall is locked. Type your passphrase to go on."))


def _busy() -> SecureCallError:
    return SecureCallError(
        "Another SecureCall program is at work on this profile.",
        hint="Wait until it has finished, or end it, and try again.",
        code="profile-busy",
    )


class Desk:
    """One profile. ``idle`` is after how many seconds without a person it locks by itself."""

    def __init__(self, settings: Settings, idle: float, connect: Connect = HttpTransport) -> None:
        self.settings, self.profile = settings, Profile(settings.home)
        self.hub, self.drawer = Hub(self._on_calls), Drawer()
        self.arrivals, self.looked = Arrivals(self.settings.home / "incoming", self.hub), Looked()
        self.errands = Errands()
        self.begun: Lock | None = None
        self._idle, self.connect = idle, connect
        self._session: Session | None = None
        self._keeping: KeepingUp | None = None
        self._carrying: Carrying | None = None
        self._work: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[None] = asyncio.Future()
        self._door, self._closing, self._nobody = asyncio.Lock(), asyncio.Event(), asyncio.Event()
        self._locks = 0
        self._there: set[asyncio.Task[object]] = set()
        """Who is at the profile, or waits for it."""
        self._touched = clock.Monotonic().now()

    @property
    def state(self) -> State:
        """Whether there is a profile, whether it is open, and how far it has come."""
        if self._session is not None:
            return "open" if self._session.home else "joining"
        if self.begun is not None:
            return "begun"
        return "locked" if self.profile.exists() else "none"

    @property
    def trouble(self) -> str:
        """Why joining does not go on, in a sentence; empty where it does."""
        return "" if self._keeping is None else self._keeping.trouble

    @property
    def asking(self) -> Sequence[WaitingJoin]:
        """Who asked to be let in when the server was last looked at."""
        return () if self._keeping is None else self._keeping.asking

    @property
    def session(self) -> Session:
        """The open session, to be used within `at` alone. Raises: LockedError."""
        if self._session is None:
            raise LockedError
        return self._session

    def touch(self) -> None:
        """A person is here."""
        self._touched = clock.Monotonic().now()

    async def unlock(self, lock: Lock) -> bool:
        """Open the profile; gives whether it was locked. Raises: ProfileError, LockedError (somebody locked meanwhile).

        A wrong guess changes nothing. One guess is made at a time, in a second of work each, in which pages still get
        their answers.
        """
        async with self._door:
            locks = self._locks
            device = await asyncio.to_thread(self.profile.unlock, lock)
            if self._locks != locks:
                raise LockedError
            self.touch()
            if self._session is not None:
                return False
            await self.lock()
            self._closing, self._opened = asyncio.Event(), asyncio.get_running_loop().create_future()
            self._work = asyncio.create_task(self._keep_open(Lock(lock.secret, lock.passphrase, device=device)))
            # An error that is raised from here holds what this frame holds.
            del lock, device
            await asyncio.wait([self._opened], timeout=PATIENCE)
            if not self._opened.done():
                self._opened.set_exception(_busy())
                self._work.cancel()
            failure = self._opened.exception()
            if failure is None:
                return True
            await asyncio.wait([self._work])
            self._opened = asyncio.get_running_loop().create_future()
            raise failure

    async def lock(self) -> None:
        """Drop the session and its keys, and tell every page; whoever is about to open it opens nothing."""
        self._locks += 1
        begun, self.begun = self.begun, None
        work, self._session = self._work, None
        self.drawer.empty()
        if work is None or work.done():
            if begun is not None:
                self.hub.tell("locked")
            return
        self._closing.set()
        self.hub.tell("locked")
        if not self._opened.done():
            self._opened.set_exception(LockedError())
            work.cancel()
        await asyncio.wait([work])
        gc.collect()

    @asynccontextmanager
    async def at(self, *, reading: bool = False) -> AsyncIterator[Session]:
        """The session, for a person's task, the only one at work with it; as `Session.working`. Raises: LockedError."""
        session, task = self.session, asyncio.current_task()
        if task is None:
            raise RuntimeError("the profile is worked at by tasks")
        self._there.add(task)
        self._nobody.clear()
        try:
            async with session.working(reading=reading, pressing=True):
                if self._session is not session:
                    raise LockedError
                reached = session.reached
                try:
                    yield session
                finally:
                    if reached and not session.reached:
                        self._try_line()
        except asyncio.CancelledError:
            if self._session is session:
                raise
            task.uncancel()
            raise LockedError from None
        finally:
            self._there.discard(task)
            if not self._there:
                self._nobody.set()

    def give_up(self) -> None:
        """Wait for nothing of the server: what is under way goes on as without a line, and what is being fetched ends.

        First steps, while no session is open, go on as they are.
        """
        if self._session is not None:
            self._session.turns.give_up()
        self.errands.give_up()

    def stir(self) -> None:
        """Sync soon: a person has just done something, or come back."""
        self._try_line()
        if self._carrying is not None:
            self._carrying.stir()

    def _try_line(self) -> None:
        if self._keeping is not None:
            self._keeping.stir()

    @property
    def carrying(self) -> Carrying:
        """What brings files to the server. Raises: LockedError."""
        if self._carrying is None:
            raise LockedError
        return self._carrying

    def _on_calls(self, calls: frozenset[str]) -> None:
        if self._keeping is not None:
            self._keeping.on_screen(calls)

    async def _keep_open(self, lock: Lock) -> None:
        opened = self._opened
        try:
            await self._hold_open(self.profile.unlock(lock), opened)
        except BaseException as error:
            forget(error)
            if opened.done():
                del lock
                self.hub.tell("locked")
                raise
            if getattr(error, "code", "") == _INCOMPLETE:
                self.begun = lock
                opened.set_result(None)
            else:
                opened.set_exception(error)
        finally:
            self._session = self._keeping = self._carrying = None
            self.drawer.empty()
            self.arrivals.close()
            self.looked.close()

    async def _hold_open(self, device: DeviceKeys, opened: asyncio.Future[None]) -> None:
        async with at_work(self.settings, device, self.hub, self.connect) as session:
            await self._need_road(session)
            session.rest()
            if opened.done():
                return
            self._session = session
            opened.set_result(None)
            try:
                async with (
                    Carrying(session, self.hub, self._try_line) as self._carrying,
                    KeepingUp(session, self.hub) as self._keeping,
                ):
                    self._keeping.on_screen(self.hub.calls())
                    await self._until_left()
                    session.stop()
                    self._keeping.end()
            finally:
                # What is being sealed is cut short, and nothing of it stays.
                await self.errands.end()
                await self._clear()

    async def _need_road(self, session: Session) -> None:
        """Raise ProfileError where no join or founding is under way either: another computer had to add this one."""
        notes = [await session.replica.meta(note) for note in (joining.NOTE, founding.NOTE)]
        if not session.home and notes == [None, None]:
            raise ProfileError("This computer was to be added to a profile, and was not yet.", code=_INCOMPLETE)

    async def _clear(self) -> None:
        """Let whoever is at the profile finish, or cancel them."""
        while self._there:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nobody.wait(), GRACE)
            for task in self._there:
                task.cancel()

    async def _until_left(self) -> None:
        """Wait until somebody locks, or nobody has been here for long."""
        ticker = clock.Monotonic()
        while not self._closing.is_set():
            left = self._touched + self._idle - ticker.now()
            if left <= 0:
                self._session = None
                self.hub.tell("locked")
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), left)
