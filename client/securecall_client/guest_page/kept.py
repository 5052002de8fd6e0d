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
    """A page: its code, its call, and for whom it is. Times are minutes, ``taken`` is 0 until it is.

    One of another computer has ``made`` 0, and ``ends`` is when it was taken here. The code of one that was withdrawn
    is forgotten, and all zeros.
    """

    page: ShortId
    code: ShortId
    call: Id
    organisation: ShortId
    made: U32
    ends: U32
    taken: U32

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing that comes back of it is opened here any more."""
        return not any(self.code)

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

    async def made(self, call: bytes) -> list[KeptPage]:
        """The pages of a call that were made here, the newest first. Raises: ProfileError."""
        made = [each for each in await self._all() if each.call == call and each.made]
        return sorted(made, key=lambda each: each.made, reverse=True)

    async def keep(self, page: KeptPage) -> None:
        """Remember a page, in place of what was known of it; long past ones go. Raises: ProfileError."""
        others = [each for each in await self._all() if each.page != page.page]
        await self._put((*others, page)[-MOST:])

    async def mark_taken(self, page: KeptPage) -> None:
        """Remember that what came back of a page was entered. Raises: ProfileError."""
        await self.keep(replace(page, taken=clock.minute()))

    async def withdraw(self, page: KeptPage) -> None:
        """Forget the code of a page, so that nothing that comes back of it opens here. Raises: ProfileError."""
        await self.keep(replace(page, code=bytes(len(page.code))))

    async def drop_all_of(self, call: bytes) -> None:
        """Forget the pages of a call. Raises: ProfileError."""
        pages = await self._all()
        rest = tuple(each for each in pages if each.call != call)
        if len(rest) < len(pages):
            await self._put(rest)

    async def _all(self) -> tuple[KeptPage, ...]:
        box = await self.replica.meta(_META)
        known = () if box is None else read_own(self.key, box, _CONTEXT, _All, _BYTES).pages
        gone = clock.minute() - REMEMBERED
        return tuple(each for each in known if each.ends > gone)

    async def _put(self, pages: tuple[KeptPage, ...]) -> None:
        await self.replica.set_meta(_META, seal(self.key, encode(_All(pages)), _CONTEXT))
