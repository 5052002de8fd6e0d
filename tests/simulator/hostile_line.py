"""The line of one client to a server that treats them as its `Hostile` says."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

from securecall_client.errors import OfflineError
from securecall_client.refusals import refused
from securecall_client.transport import Hint, Page
from tests.simulator.line import Line, head_of
from tests.simulator.server import Caller, Listener

if TYPE_CHECKING:
    from tests.simulator.hostile import Hostile

T = TypeVar("T")


class HostileLine(Line):
    """`securecall_client.transport.Transport`: every request passes through `_request`, where the conduct counts."""

    def __init__(self, hostile: "Hostile", address: str) -> None:
        super().__init__(hostile.server, address)
        self._hostile, self.sent = hostile, hostile.sent

    async def items(self, space: bytes, first: int) -> Page:
        """As `Transport.items`, or as the tale has it."""
        space, first = self._turned("items", space, first)
        tale = self._hostile.tales.get(space)
        if tale is None:
            return await super().items(space, first)
        caller = await self._known()

        def show() -> Page:
            places = tale(self.server.shown(space, caller))
            self._hostile.strike()
            if not places:
                raise refused("not-found")
            return self.server.page_of(space, places, first, head_of(places))

        return await self._request("items", show)

    async def grants(self, space: bytes, first: int) -> dict[int, bytes]:
        """As `Transport.grants`."""
        return await super().grants(*self._turned("grants", space, first))

    async def get_chunk(self, space: bytes, blob: bytes, index: int) -> bytes:
        """As `Transport.get_chunk`."""
        return await super().get_chunk(*self._turned("get_chunk", space, blob, index))

    async def chunks(self, space: bytes, blob: bytes) -> dict[int, int]:
        """As `Transport.chunks`."""
        return await super().chunks(*self._turned("chunks", space, blob))

    def _turned(self, name: str, *asked: *tuple[object, ...]) -> tuple:
        turn = self._hostile.turned.get(name)
        told = asked if turn is None else turn(asked)
        if told != asked:
            self._hostile.astray.add(name)
        return told

    def _listen(self, caller: Caller, spaces: Sequence[bytes]) -> Listener:
        self.server = self._hostile.server
        listener = super()._listen(caller, spaces)
        self._hostile.listeners.append(listener)
        return listener

    def _let_through(self, message: Hint | bytes) -> Sequence[Hint | bytes]:
        return self._hostile.beats(message) if isinstance(message, bytes) else [message]

    async def _request(self, name: str, answer: Callable[[], T], *parts: bytes) -> T:
        hostile = self._hostile
        hostile.requests.append(name)
        self.sent.extend(parts)
        lost = hostile.take_loss()
        if hostile.cut or lost == "request":
            raise OfflineError("The server was not reached.")
        if name in hostile.refusals:
            hostile.strike()
            raise hostile.refusals[name]
        event = hostile.meanwhile.pop(name, None)
        if event is not None:
            await event()
        self.server = hostile.server
        if name in hostile.delayed:
            hostile.strike()
            hostile.held.append(lambda: Line._request(self, name, answer))
            raise OfflineError("The server was not reached.")
        reply = await self._carried_out(name, answer)
        if lost == "reply":
            raise OfflineError("The server was not reached.")
        return self._answered(name, reply)

    async def _carried_out(self, name: str, answer: Callable[[], T]) -> T:
        reply = await super()._request(name, answer)
        if name in self._hostile.doubled:
            self._hostile.strike()
            return await super()._request(name, answer)
        return reply

    def _answered(self, name: str, reply: T) -> T:
        """What the client gets in the place of a true reply."""
        hostile = self._hostile
        hostile.replies.setdefault(name, []).append(reply)
        lie = hostile.lies.get(name)
        try:
            told = reply if lie is None else cast("T", lie(reply))
        except OfflineError:
            hostile.strike()
            raise
        if told is not reply or name in hostile.astray:
            hostile.strike()
        return told
