"""The crowd of the demonstration: people whose clients all run in this process, with the library of the command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from nacl.utils import random

from securecall_client.acts import joining
from securecall_client.opening import open_session
from securecall_client.profile import Lock
from securecall_client.results.people import Joined
from securecall_client.session import Session
from securecall_client.settings import Settings

T = TypeVar("T")
KEY_BYTES = 32


@dataclass(slots=True)
class Silence:
    """What an act speaks through where nobody reads along; the lines are kept."""

    lines: list[str] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def spoke(self) -> None:
        """Wait until something was said."""
        await self._heard.wait()

    def line(self, text: str, hint: str = "") -> None:
        """As `progress.Say.line`."""
        self.lines.append(f"{text} {hint}".rstrip())
        self._heard.set()

    def progress(self, what: str, done: int, total: int) -> None:
        """Nobody looks on."""


class Voice:
    """One of the crowd: a profile in ``home``, opened with a key, and at work from `sit_down` to `stand_up`."""

    def __init__(self, name: str, org: str, home: Path) -> None:
        self.name, self.org, self.home = name, org, home
        self.say = Silence()
        self._lock = Lock.from_key(random(KEY_BYTES))
        self._held = AsyncExitStack()
        self._session: Session | None = None

    async def join(self, invitation: str) -> Joined:
        """Join the coalition, and wait to be let in. Raises: SecureCallError."""
        settings = Settings(self.home)
        return await joining.join(settings, self._lock, self.say, invitation=invitation, person=self.name, wait=True)

    @property
    def session(self) -> Session:
        """Their open profile. Raises: RuntimeError before `sit_down`."""
        if self._session is None:
            raise RuntimeError(f"{self.name} has not sat down")
        return self._session

    async def sit_down(self) -> None:
        """Open the profile. Raises: SecureCallError."""
        opened = open_session(Settings(self.home), self._lock, self.say)
        self._session = await self._held.enter_async_context(opened)

    async def stand_up(self) -> None:
        """Close the profile."""
        self._session = None
        await self._held.aclose()

    async def catch_up(self) -> None:
        """Reach the server again, take in what is new, and send what waits. Raises: SecureCallError."""
        await self.session.reach()
        await self.session.sync_all()


async def each(voices: Iterable[Voice], act: Callable[[Voice], Awaitable[T]]) -> list[T]:
    """Let all do something at once."""
    return list(await asyncio.gather(*(act(voice) for voice in voices)))
