"""Where the demonstration plays: folder, server, proxy, people, and what is known so far."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from securecall_client.demo import papers
from securecall_client.demo.canaries import Canaries
from securecall_client.demo.cast import COALITION, COMMAND, CROWD, INVITED, Part
from securecall_client.demo.checks import Checks
from securecall_client.demo.crowd import Voice, each
from securecall_client.demo.person import Commands, Person, T, Watch
from securecall_client.demo.proxy import RecordingProxy
from securecall_client.demo.rows import Row
from securecall_client.demo.server import Server, reserved_port
from securecall_client.demo.shell import Shell, shell
from securecall_client.demo.store import Store
from securecall_client.results.calls import Removed

_PASSPHRASE_BYTES: Final = 12
STARTS: Final = "2027-01-12T15:00+12:00"
"""When the call starts, if nothing else is said."""


class Scene:
    """One run in ``folder``, which holds everything and can be thrown away.

    ``cast`` are all who take part, ``invited`` those who come by invitation. ``people`` act through the command and
    ``crowd`` in this process, by part. ``call`` and the two exercises are ids,
    known once they are made; ``documents`` is how many were put up at first. ``answers`` holds, by part, the id of
    every answer that somebody was told of, oldest first; ``shells`` who sits at a shell, by part. ``removed`` is what
    the removal told, and ``loot`` a copy of the removed person's profile.
    """

    def __init__(
        self,
        folder: Path,
        checks: Checks,
        crowd: Mapping[str, Part] = CROWD,
        big_mib: int = papers.BIG_MIB,
        starts: str = STARTS,
    ) -> None:
        self.folder, self.checks, self.starts = folder, checks, starts
        self.wire, self.desk, self.loot = folder / "wire", folder / "desk", folder / "seized-copy"
        self.canaries, self.commands = Canaries(), Commands()
        with reserved_port() as port, reserved_port() as front:
            self.server = Server(folder / "server", folder / "server-logs", port)
            self.proxy = RecordingProxy(self.wire, "127.0.0.1", port)
            self.front = front
        self.people = {part: self._person(part) for part in COMMAND}
        self.crowd = {part: Voice(who.name, who.org, folder / part) for part, who in crowd.items()}
        self.cast = {**COMMAND, **crowd}
        self.invited = {part: who for part, who in self.cast.items() if part in INVITED}
        self.big_mib = big_mib
        for who in self.cast.values():
            self.canaries.plant(who.name, who.org, who.label, COALITION)
        self.setup = self.call = self.exercise = self.for_everyone = ""
        self.documents = 0
        self.answers: dict[str, list[str]] = {}
        self.watch: Watch | None = None
        self.shells: dict[str, Shell] = {}
        self.removed: Removed | None = None
        self._copies = 0

    @property
    def address(self) -> str:
        """The only address that clients know: the proxy's."""
        return f"http://127.0.0.1:{self.front}"

    @property
    def space(self) -> bytes:
        """The call's space."""
        return bytes.fromhex(self.call)

    def person(self, part: str) -> Person:
        """Who plays a part through the command."""
        return self.people[part]

    async def sit_down(self, *parts: str) -> None:
        """Let people open a shell, so that each unlocks once for all that follows."""
        for part in parts:
            self.shells[part] = await shell(self.person(part))

    async def get(self, part: str, kind: type[T], *words: str) -> T:
        """Have somebody do something at their shell. Raises: CommandError if it fails."""
        return await self.shells[part].get(kind, *words)

    async def stand_up(self) -> None:
        """Let everybody leave their shell. Raises: CommandError if something in one failed."""
        shells, self.shells = self.shells, {}
        await asyncio.gather(*(shell.leave() for shell in shells.values()))

    async def open(self) -> None:
        """Put up the proxy and the server behind it. Raises: CommandError, OSError."""
        await self.proxy.start(self.front)
        self.setup = await self.server.make(self.address)
        await self.server.start()

    async def cut_power(self) -> None:
        """End the server at once; its address then takes no connections."""
        self.server.kill()
        await self.proxy.stop()

    async def restore_power(self) -> None:
        """Start it again. Raises: CommandError, OSError."""
        await self.proxy.start(self.front)
        await self.server.start()

    async def close(self) -> None:
        """End everything that runs."""
        await self.commands.end_all()
        await each(self.crowd.values(), Voice.stand_up)
        await self.proxy.stop()
        self.server.kill()

    def paper(self, name: str, data: str) -> Path:
        """A file on the desk that somebody hands over or puts up; only this user can read it."""
        path = self.desk / name
        self.desk.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(data)
        return path

    def rows(self, part: str, rows: list[Row]) -> Path:
        """A new file with the rows of somebody's next answer, every word of which is planted."""
        self.canaries.plant_rows(rows)
        number = len(list(self.desk.glob(f"{part}-rows-*.json")))
        return self.paper(f"{part}-rows-{number}.json", json.dumps({"rows": rows}))

    def store(self, *, blobs: bool = False) -> Store:
        """The server's store, copied as it stands now."""
        self._copies += 1
        return Store.copy(self.server.data, self.folder / f"store-{self._copies}", blobs=blobs)

    def _person(self, part: str) -> Person:
        passphrase = f"lagoon {secrets.token_hex(_PASSPHRASE_BYTES)}"
        self.canaries.plant(passphrase)
        file = self.paper(f"{part}-passphrase", passphrase + "\n")
        who = COMMAND[part]
        return Person(who.name, who.org, who.label, self.folder / part, file, self.commands)
