"""The sealed pages that this profile made or took: sealed in it, so that what comes back opens without the code.

Sealed under the storage key like all else that a profile keeps; whoever has the code needs none of it.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from securecall.wire import U32, Id, ShortId, Wire, encode
from securecall_client import clock
from securecall_client.own import read_own
from securecall_client.replica import Replica
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

MOST: Final = 1_000
"""Pages that are remembered; the oldest go first."""
REMEMBERED: Final = 365 * 24 * 60
"""Minutes past its end for which a page is."""
_BYTES: Final = 512 * 1024
_META: Final = "guest pages"
_CONTEXT: Final = context_bytes(StorageContext("pages", "all"))


class KeptPage(Wire, frozen=True):
    """A page: its code, its call, and for whom it is. ``ends`` and ``taken`` are minutes, ``taken`` 0 until it is."""

    page: ShortId
    code: ShortId
    call: Id
    organisation: ShortId
    ends: U32
    taken: U32

    def __repr__(self) -> str:
        return f"KeptPage({self.page.hex()})"


class _All(Wire, frozen=True):
    """All of them, the oldest first."""

    pages: Annotated[tuple[KeptPage, ...], msgspec.Meta(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Pages:
    """The sealed pages of a profile."""

    replica: Replica
    key: Secret

    async def find(self, page: bytes) -> KeptPage | None:
        """The page of that id. Raises: ProfileError."""
        return next((each for each in await self._all() if each.page == page), None)

    async def keep(self, page: KeptPage) -> None:
        """Remember a page, in place of what was known of it; long past ones go. Raises: ProfileError."""
        gone = clock.minute() - REMEMBERED
        others = [each for each in await self._all() if each.page != page.page and each.ends > gone]
        await self._put((*others, page)[-MOST:])

    async def mark_taken(self, page: KeptPage) -> None:
        """Remember that what came back of a page was entered. Raises: ProfileError."""
        await self.keep(replace(page, taken=clock.minute()))

    async def drop_all_of(self, call: bytes) -> None:
        """Forget the pages of a call. Raises: ProfileError."""
        pages = await self._all()
        rest = tuple(each for each in pages if each.call != call)
        if len(rest) < len(pages):
            await self._put(rest)

    async def _all(self) -> tuple[KeptPage, ...]:
        box = await self.replica.meta(_META)
        return () if box is None else read_own(self.key, box, _CONTEXT, _All, _BYTES).pages

    async def _put(self, pages: tuple[KeptPage, ...]) -> None:
        await self.replica.set_meta(_META, seal(self.key, encode(_All(pages)), _CONTEXT))
