"""Somebody is killed while they type an answer at the keyboard: what they typed is there, and they go on (row T04)."""

import asyncio
import os
import pty
import signal
from pathlib import Path

import pytest

from tests.line.command import PROGRAM, Shell
from tests.live.test_killed_client import begun

TYPED = ("monitoring", "ke-30", "2026-01", "", "2", "CARE; MSF")
SECRET = b"CARE"


async def read_until(terminal: int, words: bytes, seen: bytes = b"") -> bytes:
    """What stands on the terminal, once ``words`` do."""
    async with asyncio.timeout(60):
        while words not in seen:
            seen += await asyncio.to_thread(os.read, terminal, 4096)
    return seen


async def typist(shell: Shell, terminal: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        str(PROGRAM), "exercise", "answer", "Call", "who-does-what", "--offline",
        cwd=shell.files, env={**shell.environment}, stdin=terminal, stdout=terminal, stderr=terminal,
    )  # fmt: skip


@pytest.mark.slow
async def test_t04_a_kill_while_somebody_types_loses_no_answered_question(tmp_path: Path) -> None:
    async with begun(tmp_path) as (_, sec):
        await sec.done("exercise", "start", "Call", "who-does-what")
        ours, theirs = pty.openpty()
        process = await typist(sec, theirs)
        for line, question in zip(TYPED, (b"Activity", b"Place", b"From", b"To", b"Status", b"With"), strict=True):
            await read_until(ours, question)
            os.write(ours, line.encode() + b"\n")
        await read_until(ours, b"What you need")
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL

        draft = await sec.done("exercise", "draft", "show", "Call", "who-does-what")
        row = {"activity": "monitoring", "place": "KE-30", "from": "2026-01", "status": "under way"}
        assert draft["questions"] == {"rows": [row | {"with": ["CARE", "MSF"]}]}
        assert (await sec.done("exercise", "show", "Call", "who-does-what"))["answers"] == []
        assert [path for path in sec.home.rglob("*") if path.is_file() and SECRET in path.read_bytes()] == []

        again = await typist(sec, theirs)
        await read_until(ours, b"Go on with it?")
        os.write(ours, b"n\n")
        await read_until(ours, b"Activity")
        again.send_signal(signal.SIGKILL)
        await again.wait()
        os.close(ours)
        os.close(theirs)
        answered = await sec.done("exercise", "draft", "send", "Call", "who-does-what")
        assert answered["state"] == "on time"
        [line] = (await sec.done("exercise", "show", "Call", "who-does-what"))["answers"]
        assert line["rows"][0]["with"] == ["CARE", "MSF"]
