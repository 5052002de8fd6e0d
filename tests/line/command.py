"""The `securecall` command as a person types it, beside a relay that runs in the test's own loop."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(sys.executable).parent / "securecall"


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@dataclass
class Shell:
    """A person at a terminal: ``home`` is the profile's folder, ``files`` the current one."""

    root: Path
    name: str
    more: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.home, self.files = self.root / f"{self.name}-home", self.root / f"{self.name}-files"
        self.files.mkdir()
        passphrase = self.root / f"{self.name}-passphrase"
        passphrase.write_text("harbour violin seventeen moss\n", "utf-8")
        passphrase.chmod(0o600)
        kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        self.environment = {
            **kept, "SECURECALL_HOME": str(self.home), "SECURECALL_PASSPHRASE_FILE": str(passphrase)
        }  # fmt: skip

    async def start(self, *words: object) -> asyncio.subprocess.Process:
        """Begin a command."""
        return await asyncio.create_subprocess_exec(
            *self.before, str(PROGRAM), *map(str, words),
            cwd=self.files, env={**self.environment, **self.more},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *words: object) -> Outcome:
        """A command to its end."""
        process = await self.start(*words)
        out, err = await asyncio.wait_for(process.communicate(), 120)
        assert process.returncode is not None
        return Outcome(process.returncode, out.decode(), err.decode())

    async def done(self, *words: object) -> dict:
        """The document of a command that must succeed."""
        outcome = await self.run(*words, "--json")
        assert outcome.code == 0, outcome
        return outcome.json

    def hand_over(self, name: str, text: str) -> Path:
        """A file with an invitation or a setup code."""
        path = self.files / name
        path.write_text(text + "\n", "utf-8")
        return path
