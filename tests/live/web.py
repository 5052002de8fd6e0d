"""`securecall web` as a process, as somebody starts it who then goes to the address that it says."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "securecall"


@asynccontextmanager
async def web(home: Path, *words: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The pages of the profile in ``home``; ``more`` is added to the environment."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "web", *words, env={**os.environ, "SECURECALL_HOME": str(home), **more},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            await process.communicate()


async def said(process: asyncio.subprocess.Process) -> str:
    """The address that it says, which lets one browser in. Raises: AssertionError if it ends before."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).decode():
            if found := re.search(r"http://[0-9a-f]+\.localhost:\d+/#enter=\S+", line):
                return found[0]
    raise AssertionError("it said no address")
