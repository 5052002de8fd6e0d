"""Taking part in the calls and pairs that notices let this device into, once they are there as told (row G05)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from securecall.errors import ParentBehindError
from securecall.sentences import sentence
from securecall_client import sync
from securecall_client.alarms import Alarms
from securecall_client.content import NoticeText
from securecall_client.errors import ClonedError, OfflineError, ProofError, RefusedError, RestoredError
from securecall_client.exhibits import evidence
from securecall_client.notices import open_notices
from securecall_client.replica import Replica
from securecall_client.server_line import ServerLine
from securecall_client.showing import Owed
from securecall_client.unfound import Unfound
from securecall_client.view import SpaceView
from securecall_client.wiped import Wiped
from securecall_keys.device import DeviceKeys

if TYPE_CHECKING:
    from securecall_client.spaces import Spaces

FALSE_NOTICE = sentence(
    "let you into a call that the server does not show like that. Either the server hides it, or what you were told "
    "is false. Ask the secretariat."
)


class Following:
    """Follows the notices in ``spaces``."""

    def __init__(
        self, spaces: "Spaces", member: bytes, device: DeviceKeys, replica: Replica, line: ServerLine, alarms: Alarms
    ) -> None:
        self._spaces, self._member, self._device, self._replica = spaces, member, device, replica
        self._line, self._alarms = line, alarms
        self._unfound, self._wiped = Unfound(replica), Wiped(replica.database)

    async def see_to(self, view: SpaceView) -> None:
        """Take part in the spaces that new notices let this device into, once they are there as told."""
        tried = await self._unfound.tried(view.space)
        for author, notice in open_notices(view, self._device, tried):
            if not self._spaces.takes_part(notice.space):
                await self._unfound.tell(view.space, author, notice)
        # What is not readable yet may hold a notice; it is looked at again once its key is here.
        readable = min(view.state.unreadable, default=view.chain.next_seq) - 1
        if readable > tried:
            await self._unfound.set_tried(view.space, readable)
        for author, notice in await self._unfound.told(view.space):
            if self._line.reached and not self._spaces.takes_part(notice.space):
                await self._follow(view, author, notice)

    async def _follow(self, view: SpaceView, author: bytes, notice: NoticeText) -> None:
        """Take part in one; if it is not there as ``author`` told, the server hides it or the notice is false.

        Either way nothing else is held up by it.
        """
        child = SpaceView(notice.space, self._member, self._device, view)
        kept = await self._wiped.kept(notice.space)
        try:
            if not kept:
                await sync.replay(child, self._replica)
            child, _ = await self._spaces.pull(child, Owed(notice.at))
        except RestoredError:
            return
        except OfflineError as error:
            self._line.lost(error)
        except ParentBehindError:
            return
        except ClonedError as error:
            await self._spaces.found(error)
            raise
        except (ProofError, RefusedError) as error:
            told = sentence(
                "%(title)s: %(name)s %(what)s", title=view.state.title, name=view.state.name(author), what=FALSE_NOTICE
            )
            exhibit = error.exhibit if isinstance(error, ProofError) else None
            file = None if exhibit is None else await evidence(self._replica, exhibit)
            await self._alarms.keep(
                "odd",
                sentence("%(told)s (notice of %(space)s)", told=told, space=notice.space.hex()[:8]),
                notice.space,
                file,
            )
        else:
            if child.chain.kind in ("call", "pair"):
                await self._spaces.take_part(notice.space, view.space)
            await self._unfound.found(notice.space)
        if kept:
            await self._see_whether_back(child, kept)

    async def _see_whether_back(self, view: SpaceView, kept: Mapping[int, bytes]) -> None:
        """A space that was wiped has been pulled anew: keep it if this device is in again, else wipe it as before."""
        if not view.chain.heads or not view.is_in():
            await self._wiped.wipe(view.space, kept)
            return
        await self._wiped.unwipe(view.space)
        self._spaces.is_back(view.space)
