"""Files on their way from a browser to this program: taken in piece by piece, looked into, and kept until a person has
said what to do with them. They are on no disk in the clear, and gone once the pages are locked (rows T04, T08).
"""

import asyncio
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from securecall.sentences import sentence
from securecall_client.acts.checking import checked_file
from securecall_client.cleaning import Looked, look
from securecall_client.errors import FileError, NotFoundError
from securecall_client.foreseen import told
from securecall_client.results.documents import CheckedFile
from securecall_client.spool import PIECE, Spool
from securecall_client.text import size as shown_size
from securecall_client.web.hub import Hub
from securecall_keys.blobs import SIZE_MOST

MOST: Final = 60
"""Files that are kept at once."""
State = Literal["coming", "looking", "ready", "going", "failed"]


@dataclass(slots=True)
class Incoming:
    """One file for a call, or to take the place of the document that it ``replaces``.

    ``state``: its bytes are coming; it is looked into; a person is asked; it is being sealed; or ``why`` not.
    ``looked`` has the cleaned copy, in a spool of its own, which is sent as soon as the person says so.
    """

    id: str
    call: str
    name: str
    size: int
    replaces: str
    spool: Spool
    state: State = "coming"
    looked: Looked | None = None
    why: str = ""

    @property
    def file(self) -> BinaryIO:
        """It, for reading, from its beginning."""
        self.spool.seek(0)
        return cast("BinaryIO", self.spool)

    @property
    def may_go_clean(self) -> bool:
        """Whether it was looked into, and nothing keeps it from being cleaned."""
        return self.state == "ready" and self.looked is not None and self.looked.uncleanable is None

    @property
    def checked(self) -> CheckedFile | None:
        """What a person is told of it."""
        return None if self.looked is None else checked_file(self.name, self.size, self.looked)

    @property
    def part(self) -> int:
        """How many per cent of it are here."""
        return 100 * self.spool.size // max(1, self.size)

    def close(self) -> None:
        """Let go of its bytes, and of those of its copy."""
        self.spool.close()
        if self.looked is not None and self.looked.copy is not None:
            self.looked.copy.close()


class Arrivals:
    """The files of one open profile. ``folder`` is where spools may be."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self._folder, self._hub = folder, hub
        self._files: dict[str, Incoming] = {}
        self._looks: dict[str, asyncio.Task[None]] = {}

    def of(self, call: str) -> list[Incoming]:
        """Those for a call, in the order in which they came."""
        return [one for one in self._files.values() if one.call == call]

    def get(self, file: str) -> Incoming:
        """One of them. Raises: NotFoundError."""
        if file not in self._files:
            raise NotFoundError("This file is not here any more.", hint="Choose it again.")
        return self._files[file]

    def begin(self, call: str, name: str, size: int, replaces: str) -> Incoming:
        """Take a file in whose bytes come with `add`. Raises: FileError."""
        if not 0 <= size <= SIZE_MOST:
            raise FileError(
                sentence(
                    "%(name)s is %(size)s; at most %(size2)s can be put up.",
                    name=name,
                    size=shown_size(size),
                    size2=shown_size(SIZE_MOST),
                )
            )
        if len(self._files) >= MOST:
            raise FileError(
                sentence("%(most)s files wait here for your word already.", most=MOST), hint="Send them first."
            )
        made = Incoming(secrets.token_hex(16), call, name, size, replaces, Spool(self._folder))
        self._files[made.id] = made
        self._if_whole(made)
        return made

    def add(self, file: str, at: int, piece: bytes) -> None:
        """Take the next bytes of a file. Those that came already are passed over, so that a piece may come twice.

        Raises: NotFoundError, FileError (it is not as it was said to be; nothing of it is kept then).
        """
        one = self.get(file)
        if one.state == "coming" and at + len(piece) > one.spool.size:
            whole = at + len(piece)
            if at != one.spool.size or whole > one.size or (len(piece) != PIECE and whole != one.size):
                self.fail(file, sentence("Its bytes did not come as they should."))
                raise FileError(sentence("%(name)s did not come as it should.", name=one.name), hint="Choose it again.")
            one.spool.add(piece)
            self._if_whole(one)

    def fail(self, file: str, why: str) -> None:
        """Keep of a file only why it is not here."""
        one = self.get(file)
        one.state, one.why = "failed", why
        one.close()
        self._hub.tell("changed", one.call)

    def leave_out(self, file: str) -> None:
        """Forget a file."""
        look, one = self._looks.pop(file, None), self._files.pop(file, None)
        if look is not None:
            look.cancel()
        if one is not None:
            one.close()

    def close(self) -> None:
        """Forget all of them."""
        for file in [*self._files]:
            self.leave_out(file)

    def _if_whole(self, one: Incoming) -> None:
        if one.spool.size == one.size:
            one.state = "looking"
            self._looks[one.id] = asyncio.create_task(self._look(one))
            self._hub.tell("changed", one.call)

    async def looked(self, one: Incoming) -> Looked:
        """What came out of looking into a file, which is done once. Raises: OSError."""
        if one.looked is None:
            found = await look(one.file)
            one.looked = found if found.copy is None else replace(found, copy=await self._sealed(found.copy))
        return one.looked

    async def _sealed(self, copy: BinaryIO) -> BinaryIO:
        """A copy of ``copy`` that is in the clear on no disk, and not in memory. Others go on meanwhile."""
        spool = Spool(self._folder)
        try:
            while piece := copy.read(PIECE):
                spool.add(piece)
                await asyncio.sleep(0)
        except BaseException:
            spool.close()
            raise
        return cast("BinaryIO", spool)

    async def _look(self, one: Incoming) -> None:
        try:
            await self.looked(one)
            one.state = "ready"
        except Exception as error:
            one.state, one.why = "failed", str(told(error))
        self._hub.tell("changed", one.call)
