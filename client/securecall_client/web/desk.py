"""The profile behind the pages: locked, or open with one session that requests, live lines and syncs take turns at.

Locking drops the session with its keys; nothing that was decrypted stays in this process (row T08).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from securecall_client import clock
from securecall_client.errors import SecureCallError
from securecall_client.http import HttpTransport
from securecall_client.opening import at_work
from securecall_client.profile import Lock, Profile
from securecall_client.session import Session, Settings
from securecall_client.transport import Connect
from securecall_client.web.hub import Hub
from securecall_client.web.keeping_up import KeepingUp

State = Literal["none", "locked", "open"]


class LockedError(SecureCallError):
    """The pages are locked."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__("SecureCall is locked. Type your passphrase to go on.")


class Told:
    """How acts speak to the pages: as `securecall_client.progress.Say`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def line(self, text: str) -> None:
        """Say one sentence on every page."""
        self._hub.tell("said", text)

    def progress(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes of ``what`` are through."""
        self._hub.tell("progress", f"{done} {total} {what}")


class Desk:
    """One profile. ``idle`` is after how many seconds without a person it locks by itself."""

    def __init__(self, settings: Settings, idle: float, connect: Connect = HttpTransport) -> None:
        self.settings, self.profile = settings, Profile(settings.home)
        self.hub = Hub(self._on_calls)
        self._idle, self._connect = idle, connect
        self._session: Session | None = None
        self._keeping: KeepingUp | None = None
        self._work: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._touched = clock.Monotonic().now()

    @property
    def state(self) -> State:
        """Whether there is a profile, and whether it is open."""
        if self._session is not None:
            return "open"
        return "locked" if self.profile.exists() else "none"

    @property
    def session(self) -> Session:
        """The open session, to be used within `at` alone. Raises: LockedError."""
        if self._session is None:
            raise LockedError
        return self._session

    def touch(self) -> None:
        """A person is here."""
        self._touched = clock.Monotonic().now()

    async def unlock(self, lock: Lock) -> None:
        """Open the profile. Raises: ProfileError, ProofError; then it is as locked as before."""
        # One guess costs a second of work, in which other pages still get their answers.
        device = await asyncio.to_thread(self.profile.unlock, lock)
        await self.lock()
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing = asyncio.Event()
        self._work = asyncio.create_task(self._keep_open(Lock(lock.secret, lock.passphrase, device=device), opened))
        self.touch()
        await opened

    async def lock(self) -> None:
        """Drop the session and its keys, once whoever is at the profile has finished, and tell every page."""
        work, self._work = self._work, None
        if work is None:
            return
        self._session = None
        self._closing.set()
        self.hub.tell("locked")
        await asyncio.gather(work, return_exceptions=True)

    @asynccontextmanager
    async def at(self, *, reading: bool = False) -> AsyncIterator[Session]:
        """The session, for the only task at work with it; as `Session.working`. Raises: LockedError."""
        session = self.session
        async with session.working(reading=reading):
            if self._session is not session:
                raise LockedError
            yield session

    def stir(self) -> None:
        """Sync soon: a person has just done something, or come back."""
        if self._keeping is not None:
            self._keeping.stir()

    def _on_calls(self, calls: frozenset[str]) -> None:
        if self._keeping is not None:
            self._keeping.on_screen(calls)

    async def _keep_open(self, lock: Lock, opened: "asyncio.Future[None]") -> None:
        try:
            device = self.profile.unlock(lock)
            async with at_work(self.settings, device, Told(self.hub), self._connect) as session, session.resting():
                self._session = session
                opened.set_result(None)
                async with KeepingUp(session, self.hub) as self._keeping:
                    self._keeping.on_screen(self.hub.calls())
                    await self._until_left()
        except Exception as error:
            if opened.done():
                raise
            opened.set_exception(error)
        finally:
            self._session = self._keeping = None

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
