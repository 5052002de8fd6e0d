"""A person of the demonstration at `securecall shell`: one process, one unlock, many commands."""

import asyncio
import shlex
import time

from securecall_client.demo.person import LONGEST, CommandError, Person, Reply, T, shown, stream


class Shell:
    """A shell under way. Opened by `shell`."""

    def __init__(self, person: Person, process: asyncio.subprocess.Process) -> None:
        self._person, self._process = person, process
        self._turn = asyncio.Lock()

    async def get(self, kind: type[T], *words: str) -> T:
        """Type a command and read its document. Raises: CommandError if it fails, or never ends."""
        began, command = time.monotonic(), shown(self._person, words)
        try:
            async with self._turn, asyncio.timeout(LONGEST):
                if self._process.stdin is not None:
                    self._process.stdin.write(f"{shlex.join(words)}\n".encode())
                out = await stream(self._process.stdout).readline()
        except TimeoutError:
            raise CommandError(f"{command} did not end within {LONGEST:.0f} seconds.") from None
        reply = Reply(command, 0, out, "", time.monotonic() - began)
        self._person.commands.replies.append(reply)
        return reply.read(kind)

    async def leave(self) -> None:
        """End it, as Ctrl-D does. Raises: CommandError if a command in it failed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        said, code = await asyncio.gather(stream(self._process.stderr).read(), self._process.wait())
        self._person.commands.ended(self._process)
        if code:
            raise CommandError(f"{self._person.name}: the shell left with {code}: {said.decode(errors='replace')}")


async def shell(person: Person) -> Shell:
    """Open somebody's shell."""
    process = await person.commands.start(person.environment, ["shell", "--json"], stdin=asyncio.subprocess.PIPE)
    return Shell(person, process)
