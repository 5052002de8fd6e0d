"""The spaces that a profile takes part in, each verified as far as it is here, and how they are brought up to date."""

from collections.abc import Iterable
from functools import partial
from typing import NoReturn

from securecall.errors import ParentBehindError
from securecall.sentences import sentence
from securecall.statements import Statement
from securecall_client import sync
from securecall_client.alarms import Alarms
from securecall_client.errors import ClonedError, OfflineError, ProofError, RefusedError, RestoredError
from securecall_client.following import Following
from securecall_client.heard import Denied, Heard
from securecall_client.own import damaged
from securecall_client.pins import Pins
from securecall_client.progress import Say
from securecall_client.replica import Replica
from securecall_client.server_line import ServerLine
from securecall_client.showing import Owed, OwedError
from securecall_client.telling import Telling
from securecall_client.view import SpaceView
from securecall_client.wiped import Wiped
from securecall_client.wiping import Wiping
from securecall_keys.device import DeviceKeys

NOT_IN_YET = sentence(
    "You are in another space, which does not let this computer in yet. Open SecureCall on another computer of yours: "
    "it sees to that."
)
CLONED = "cloned"
"""What the replica notes once this device is known to be a copy, or to have one."""
TRIES = 5
"""How often a space is pulled anew because its parent grew meanwhile."""


def awaited(space: bytes) -> str:
    """What the replica notes of a space that another device of the same member told this one of."""
    return f"awaited {space.hex()}"


class Spaces:
    """Views by space, loaded when they are looked at; each child knows its parent's."""

    def __init__(
        self,
        member: bytes,
        device: DeviceKeys,
        replica: Replica,
        line: ServerLine,
        pins: Pins,
        alarms: Alarms,
        heard: Heard,
        say: Say,
    ) -> None:
        self._member, self._device, self._replica, self._line = member, device, replica, line
        self._pins, self._alarms, self._heard, self._say = pins, alarms, heard, say
        self._telling = Telling(device.id, replica, line, alarms, heard, say)
        self._following = Following(self, member, device, replica, line, alarms)
        self._wiping = Wiping(replica, device.storage, say)
        self._wiped: set[bytes] = set()
        self._views: dict[bytes, SpaceView] = {}
        self._parents: dict[bytes, bytes | None] = {}

    async def load(self) -> None:
        """Read which spaces there are, also those that another process added. Raises: ProfileError."""
        self._parents, self._wiped = dict(await self._replica.spaces()), await Wiped(self._replica.database).wiped()
        for space in self._parents:
            self._check_above(space)

    def _check_above(self, space: bytes) -> None:
        """Raise ProfileError for a space that hangs on itself: no chain says so, it was written into the replica."""
        above: bytes | None = space
        for _ in self._parents:
            above = self._parents.get(above) if above is not None else None
        if above is not None:
            raise damaged()

    def listing(self) -> Iterable[bytes]:
        """Every space."""
        return self._parents

    def at_hand(self) -> list[SpaceView]:
        """The views that were looked at."""
        return list(self._views.values())

    async def take_part(self, space: bytes, parent: bytes | None) -> None:
        """Add a space."""
        await self._replica.add_space(space, parent)
        self._parents.setdefault(space, parent)

    async def view(self, space: bytes) -> SpaceView:
        """A space as far as it is here. Raises: ProofError if the replica was tampered with."""
        view = self._views.get(space)
        if view is None:
            parent = self._parents.get(space)
            above = await self.view(parent) if parent is not None else None
            view = self._views[space] = SpaceView(space, self._member, self._device, above)
            view.echoes = await self._heard.echoes(space)
            await self._wiping.restore(view)
        await sync.replay(view, self._replica)
        return view

    async def synced(self, space: bytes) -> SpaceView:
        """A space, its parent first, as the server has it now if it was reached; as it is here if not.

        If that shows that this device has gone from it, or that it ended, what must go is wiped.
        Raises: ProofError (kept as an alarm; what was here stays as it was).
        """
        view = await self._synced(space)
        if not await self._wiping.see_to(view):
            return view
        self._wiped.add(space)
        self._views.clear()
        return await self.view(space)

    def takes_part(self, space: bytes) -> bool:
        """Whether this device takes part in a space, and is not wiped out of it."""
        return space in self._parents and space not in self._wiped

    def is_back(self, space: bytes) -> None:
        """A space that was wiped is here again, whole."""
        self._wiped.discard(space)
        self._views.clear()

    async def found(self, error: ProofError) -> None:
        """Keep what was found, and nothing of the view it was found in."""
        self._views.clear()
        await self._alarms.prove(error)
        if isinstance(error, ClonedError):
            await self._replica.set_meta(CLONED, b"1")

    async def wipe(self) -> None:
        """Wipe every space, since this device was removed."""
        for view in [await self.view(space) for space in self._parents]:
            if await self._wiping.see_to(view, removed=True):
                self._wiped.add(view.space)
        self._views.clear()

    async def _synced(self, space: bytes) -> SpaceView:
        for _ in range(TRIES):
            parent = self._parents.get(space)
            if parent is not None:
                await self.synced(parent)
            view = await self.view(space)
            # The server gives whoever has gone all up to that place again, which was wiped with good reason.
            if not (self._line.reached and self._line.asked) or view.is_wiped:
                return view
            told, had = await self._telling.owed(view), view.own_devices()
            server, before = view.chain.servers[-1:], self._pins.get(space)
            try:
                pulled, end = await self.pull(view, told)
            except RestoredError as error:
                self._views.clear()
                if not view.chain.heads:
                    raise
                view = await self.view(space)
                await self._telling.closed(view, error)
                return view
            except OfflineError as error:
                self._views.clear()
                self._line.lost(error)
                return await self.view(space)
            except ProofError as error:
                await self.found(error)
                raise
            except RefusedError as error:
                await self._missing(view, error)
                return view
            except ParentBehindError:
                self._views.clear()
                continue
            self._line.read_only.discard(space)
            await self._alarms.open(space)
            view = await self._newest(view, pulled)
            if told is not None:
                await self._heard.deny(space, None)
            same = before is not None and server == view.chain.servers[-1:]
            await self._telling.note_time(end.time, before.time if before is not None and same else 0)
            self._telling.note_devices(view, had)
            await self._regrant(view)
            await self._following.see_to(view)
            return view
        raise RefusedError("The space changes faster than this line can follow. Try again.", code="stale")

    async def taken_in(self, space: bytes, server: bytes) -> SpaceView:
        """A space with what a server has beyond it that takes nothing new, and whose key is ``server``.

        Raises: ProofError (kept as an alarm), OfflineError, RefusedError, ParentBehindError.
        """
        view = await self.view(space)
        try:
            pulled, _ = await self.pull(view, None, healing=server)
        except ProofError as error:
            await self.found(error)
            raise
        except BaseException:
            self._views.clear()
            raise
        return await self._newest(view, pulled)

    async def accuse(self, view: SpaceView, denied: Denied, beat: bytes) -> NoReturn:
        """As `Telling.accuse`."""
        await self._telling.accuse(view, denied, beat)

    async def _missing(self, view: SpaceView, error: RefusedError) -> None:
        """Go on without a space that the server does not have, or not for this device. Raises: RefusedError."""
        if error.code == "not-found" and view.chain.heads and self._comes_later(view):
            await self._telling.closed(view, RestoredError())
            return
        if error.code == "not-found" and view.was_in():
            raise await self._telling.denied(view) from error
        if error.code != "not-found" or view.chain.heads or not await self._replica.meta(awaited(view.space)):
            raise error
        self._say.line(NOT_IN_YET)

    def _comes_later(self, view: SpaceView) -> bool:
        """Whether a space may be lacking where its parent is: that is read-only, or moved without it so far."""
        above = view.parent
        return above is not None and (above.space in self._line.read_only or above.chain.server != view.chain.server)

    async def pull(
        self, view: SpaceView, told: Owed | None, *, healing: bytes | None = None
    ) -> tuple[SpaceView, Statement]:
        """Pull what is new; where this device was raised from guest, all of it into another view. As `sync.pull`."""
        pull = partial(sync.pull, replica=self._replica, pins=self._pins, told=told, healing=healing)
        try:
            return view, await pull(view, self._line.transport, unkept=lambda: self._set_aside(view))
        except OwedError:
            whole = SpaceView(view.space, self._member, self._device, view.parent)
            return whole, await pull(whole, self._line.transport, anew=True)

    def _set_aside(self, view: SpaceView) -> None:
        """Let whoever looks meanwhile (`securecall_client.turns`) have a view of what is kept, and no more."""
        if self._views.get(view.space) is view:
            del self._views[view.space]

    async def _newest(self, view: SpaceView, pulled: SpaceView) -> SpaceView:
        """The view that whoever looks has from now on, after a pull into one that may not be theirs."""
        if pulled is view and self._views.get(view.space) is view:
            return view
        self._views.clear()
        return await self.view(view.space)

    async def _regrant(self, view: SpaceView) -> None:
        """Ask once more for grants that the server left out or spoiled."""
        bad = [seq for seq, whose in view.grant_faults.items() if whose == "server"]
        if not bad:
            return
        try:
            grants = await self._line.transport.grants(view.space, min(bad))
        except OfflineError as error:
            self._line.lost(error)
            return
        good = {seq: grants[seq] for seq in bad if seq in grants and view.is_grant(seq, grants[seq])}
        view.regrant(good)
        await self._replica.put_grants(view.space, good)
