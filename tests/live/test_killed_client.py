"""A client that is killed in the middle: nothing is sent again, and nothing of a file stays (rows O07, T04)."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nacl.utils import random

from securecall_server.codes import setup_code
from tests.line.command import Shell
from tests.line.scene import server_behind
from tests.line.shaper import Shape, Shaper
from tests.live.test_bad_line import check_nothing_twice, stored

SIZE = 10_000_000


@asynccontextmanager
async def begun(root: Path) -> AsyncIterator[tuple[Shaper, Shell]]:
    """Sec has a call, and a file of 10 MB."""
    async with Shaper() as shaper:
        server = server_behind(shaper, root / "data")
        server.start()
        shaper.upstream = server.port
        try:
            sec = Shell(root, "sec")
            code = sec.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
            await sec.done(
                "found", "C", "--server", shaper.url, "--name", "S", "--org", "O",
                "--from", code, "--passphrase-memory", "64",
            )  # fmt: skip
            await sec.done("call", "open", "Call", "--country", "KE", "--starts", "2027-01-15T14:00+03:00")
            (sec.files / "film.mp4").write_bytes(random(SIZE))
            yield shaper, sec
        finally:
            server.kill()


async def kill(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def test_o07_after_a_kill_in_mid_upload_only_what_is_missing_is_sent(tmp_path: Path) -> None:
    async with begun(tmp_path) as (shaper, sec):
        shaper.shape = Shape(rate=4_000_000)
        for share in (1, 2):
            process = await sec.start(*(("doc", "add", "Call", "film.mp4") if share == 1 else ("sync",)))
            async with asyncio.timeout(60), shaper.moved:
                while shaper.put_bytes() < share * SIZE / 3:
                    await shaper.moved.wait()
            await kill(process)
            shaper.cuts += 3  # as many connections as are in use at once
        waiting = (await sec.done("status"))["waiting"]
        assert [line["what"] for line in waiting] == ["document film.mp4"]
        assert (await sec.done("sync"))["outbox"] == 0
        check_nothing_twice(shaper, stored(SIZE), slack=96 * 1024)
        assert (await sec.done("doc", "get", "Call", "film.mp4", "-o", "got.mp4"))["size"] == SIZE
        assert (sec.files / "got.mp4").read_bytes() == (sec.files / "film.mp4").read_bytes()


async def test_t04_a_kill_in_mid_download_leaves_nothing_of_the_file(tmp_path: Path) -> None:
    async with begun(tmp_path) as (shaper, sec):
        await sec.done("doc", "add", "Call", "film.mp4")
        (sec.files / "film.mp4").unlink()
        before = sorted(path.name for path in sec.files.iterdir())
        for words in (("doc", "get", "Call", "film.mp4"), ("doc", "get", "Call", "film.mp4", "-o", "got.mp4")):
            asked = len(shaper.requests)
            shaper.shape = Shape(rate=4_000_000)
            process = await sec.start(*words)
            async with asyncio.timeout(60), shaper.moved:
                while sum("/blobs/" in seen.path for seen in shaper.requests[asked:]) <= 5:
                    await shaper.moved.wait()
            await kill(process)
            assert sorted(path.name for path in sec.files.iterdir()) == before
        shaper.shape = Shape()
        got = await sec.done("doc", "get", "Call", "film.mp4")
        assert Path(got["path"]).stat().st_size == SIZE
