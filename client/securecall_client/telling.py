"""What a person is told, and what is kept as an alarm, where a space is not as it must be on the server."""

from collections.abc import Mapping
from typing import NoReturn

from securecall.evidence import Told
from securecall.identity import Device
from securecall.sentences import Sentence, sentence
from securecall_client import clock
from securecall_client.alarms import Alarms
from securecall_client.errors import ProofError, RefusedError, RestoredError
from securecall_client.exhibits import Exhibit
from securecall_client.heard import Denied, Heard
from securecall_client.progress import Say
from securecall_client.receipts import STOP
from securecall_client.replica import Replica
from securecall_client.server_line import ServerLine
from securecall_client.server_time import oddities
from securecall_client.showing import Owed
from securecall_client.view import SpaceView


class Telling:
    """Tells the person at ``device``, and keeps what others must be able to judge."""

    def __init__(
        self, device: bytes, replica: Replica, line: ServerLine, alarms: Alarms, heard: Heard, say: Say
    ) -> None:
        self._device, self._replica, self._line = device, replica, line
        self._alarms, self._heard, self._say = alarms, heard, say
        self._noted: set[bytes] = set()

    async def accuse(self, view: SpaceView, denied: Denied, beat: bytes) -> NoReturn:
        """Stop syncing this space until the server shows a place that a member's ``beat`` names. Raises: ProofError."""
        await self._heard.deny(view.space, denied)
        exhibit = Exhibit(told=(Told("beat", beat),)).of(view.chain)
        error = ProofError(_one_of_two(view, denied), hint=STOP, exhibit=exhibit)
        await self._alarms.prove(error)
        raise error

    async def owed(self, view: SpaceView) -> Owed | None:
        """The place that the server must show first, since a member's beat named it and it did not."""
        denied = await self._heard.denied(view.space)
        return None if denied is None else Owed(denied.at, _one_of_two(view, denied))

    async def closed(self, view: SpaceView, error: RestoredError) -> None:
        """Go on without the server in a space where it takes nothing new, and keep that."""
        self._line.refuses(view.space, error)
        await self._alarms.close(view.space, view.state.title)

    async def denied(self, view: SpaceView) -> RefusedError:
        """What is told of a server that knows nothing of a space whose chain is here; also who is out may read it."""
        name = view.state.title or sentence("one of yours")
        message = sentence(
            "The server denies that there is such a space as %(name)s, which it has shown this computer before.",
            name=name,
        )
        await self._alarms.keep("odd", message, view.space)
        return RefusedError(message, hint="Tell the secretariat. Here it is all still there.", code="not-found")

    async def note_time(self, server_ms: int, before: int) -> None:
        """Tell of a clock of the server that is odd, beside what it was ``before`` (unix ms) and beside ours."""
        for message in oddities(server_ms, before):
            await self._alarms.keep("odd", message)
        if not self._line.time and abs(clock.now() - server_ms / 1000) > clock.HOUR:
            self._say.line(
                sentence(
                    "This computer's clock and the server's differ: the server says %(time)s.",
                    time=clock.iso(server_ms / 1000),
                )
            )
        self._line.time = server_ms

    def note_devices(self, view: SpaceView, had: Mapping[bytes, Device]) -> None:
        """Say once that there is a device of this member which came since, and which this one did not add."""
        for device in view.own_devices().values() if had else ():
            if device.device in {*had, *self._noted} or device.added_by == self._device:
                continue
            self._noted.add(device.device)
            self._say.line(
                sentence(
                    "Another %(kind)s counts as yours now, in %(title)s: %(device)s. If that was not you, "
                    "somebody has a computer or sheet of yours. Tell the secretariat, and see: securecall "
                    "device list, device remove.",
                    kind=Sentence(device.kind),
                    title=view.state.title,
                    device=device.device.hex()[:8],
                )
            )


def _one_of_two(view: SpaceView, denied: Denied) -> str:
    name = view.state.name(denied.member)
    return sentence(
        "%(name)s signed for a history of %(title)s that the server does not show you. One of "
        "the two is not honest: %(name)s, or the server.",
        name=name,
        title=view.state.title,
    )
