"""What came of chunks whose upload was cut, so that a bad line need not begin them anew (row O07).

Kept in memory alone and for a while: whoever goes on must name exactly as many bytes as are held, and be the member
who began. There is room for a few; the oldest go first, which costs their members nothing but sending them again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from securecall.caps import MIB
from securecall_server.store.interface import ConflictError

MOST = 64 * MIB
"""Bytes of all beginnings together."""
GOOD_FOR = 3_600_000
"""Milliseconds for which one is kept after it was last gone on with."""

Key = tuple[bytes, bytes, bytes, int]
"""Space, member, blob and index."""


@dataclass(slots=True, eq=False)
class Beginning:
    """A chunk's first bytes; who reads the body adds to them as they come. ``now`` in `tokens.elapsed`."""

    now: int
    data: bytearray = field(default_factory=bytearray)


class Beginnings:
    """Those of one process."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, Beginning] = OrderedDict()

    def take(self, key: Key, first: int, now: int) -> Beginning:
        """Go on with a chunk at byte ``first``, or begin it at 0; whoever still sends it elsewhere goes on alone.

        Raises: ConflictError unless ``first`` is 0 or the number of bytes held.
        """
        self._clear(now)
        data = bytearray()
        if first:
            held = self._held.get(key)
            if held is None or len(held.data) != first:
                raise ConflictError
            data = held.data[:]
        taken = self._held[key] = Beginning(now, data)
        self._held.move_to_end(key)
        return taken

    def done(self, key: Key, beginning: Beginning) -> None:
        """The chunk is whole, or refused: forget its beginning."""
        if self._held.get(key) is beginning:
            del self._held[key]

    def sizes(self, space: bytes, member: bytes, blob: bytes, now: int) -> dict[int, int]:
        """Index to bytes held of a member's chunks that are begun."""
        self._clear(now)
        return {
            key[3]: len(held.data) for key, held in self._held.items() if key[:3] == (space, member, blob) and held.data
        }

    def _clear(self, now: int) -> None:
        room = MOST
        for key in reversed(list(self._held)):
            held = self._held[key]
            room -= len(held.data)
            if room < 0 or now - held.now > GOOD_FOR:
                del self._held[key]
