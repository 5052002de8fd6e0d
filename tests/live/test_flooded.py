"""An honest client beside two thousand slow sockets and a flood of bad logins (rows O08, O10, G01)."""

import asyncio
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from securecall_server.limits import FILES_TO_SPARE
from tests.live.api import Api, somebody
from tests.live.floods import SIDES
from tests.live.process import ServerProcess, make_server
from tests.world import Space

TIMES = 150
"""Appends of one measurement."""
PACE = 0.05
"""Seconds between appends: a busy call, and long enough for what comes in bursts to be seen."""
ROUNDS = 5


@asynccontextmanager
async def flooded(server: ServerProcess, *, slow: int, logins: int) -> AsyncIterator[dict[str, int]]:
    """Both floods at their height; at the end it is filled with what they did."""
    did: dict[str, int] = {}
    processes = []
    try:
        for kind, count in (("slow", slow), ("logins", logins)):
            arguments = ("-m", "tests.live.floods", kind, server.url, server.key.hex(), str(count))
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, cwd=pytest_root()
            )
            processes.append((kind, process))
        for kind, process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n", f"the flood of {kind} did not rise"
        yield did
    finally:
        for kind, process in processes:
            if process.returncode is None:
                process.terminate()
            out, _ = await process.communicate()
            for name, number in json.loads(out or b"{}").items():
                did[f"{kind} {name}"] = number


def pytest_root() -> str:
    """Where the tests are a package."""
    return str(__file__).rsplit("/tests/", 1)[0]


def make_room(files: int) -> None:
    """Let this process and its children have so many files open, or say why not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files:
        pytest.fail(f"This system lets a process open {hard} files, and the measurement needs {files}: ulimit -Hn.")
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


def need_quiet() -> None:
    """Measure nothing where others use the processors: whoever works more then waits more, flooded or not."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores:
        pytest.skip(
            f"This machine is busy: {load:.0f} programs want to run on {cores} cores. Measure when it is quiet."
        )


class Honest:
    """A member who writes into a call."""

    def __init__(self, api: Api, token: str, call: Space) -> None:
        self._api, self._token, self._call = api, token, call

    @classmethod
    async def of(cls, api: Api) -> "Honest":
        owner = somebody()
        call = await api.open_call(await api.found(owner))
        return cls(api, await api.token(owner), call)

    async def write(self, times: int, pace: float = 0) -> list[float]:
        """Append so many records, ``pace`` seconds apart; seconds of each, from sending to the checked receipt."""
        took = []
        for _ in range(times):
            self._call.write(self._call.founder)
            began = time.perf_counter()
            await self._api.push(self._token, self._call)
            took.append(time.perf_counter() - began)
            await asyncio.sleep(pace)
        return took


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] * 1_000


async def test_o08_o10_whoever_is_honest_goes_on_beside_a_small_flood(new_server: ServerProcess) -> None:
    new_server.start()
    async with aiohttp.ClientSession() as session, asyncio.timeout(240):
        api = Api(new_server, session)
        honest = await Honest.of(api)
        async with flooded(new_server, slow=200, logins=SIDES) as did:
            assert len(await honest.write(20)) == 20
            assert (await Api(new_server, session).log_in_device(somebody().device)).status == 401
        assert did["logins refused"]
    assert "500" not in {line.split()[-2] for line in new_server.log.read_text().splitlines()}


@pytest.mark.soak
async def test_o08_o10_g01_two_thousand_slow_sockets_and_bad_logins_beside_an_honest_client(
    new_server: ServerProcess, tmp_path: Path, record_property
) -> None:
    """Beside the flooded server runs one that is left in peace, and every append is made at both, in turns: what the
    machine does meanwhile, floods included, is the same for both, and the rest is what the flood does to a server.
    """
    slow, logins = 2_000, 4 * SIDES
    make_room(slow + logins + FILES_TO_SPARE)
    need_quiet()
    spared = make_server(tmp_path / "spared")
    new_server.start()
    spared.start()
    alone, beside, before = list[float](), list[float](), list[float]()
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(900):
            both = [await Honest.of(Api(server, session)) for server in (new_server, spared)]
            for _ in range(ROUNDS):
                for _ in range(TIMES // 2):
                    before += await both[0].write(1, PACE)
                async with flooded(new_server, slow=slow, logins=logins) as did:
                    for _ in range(TIMES):
                        beside += await both[0].write(1, PACE / 2)
                        alone += await both[1].write(1, PACE / 2)
                print(f"p95 {p95(alone):.1f} ms in peace, {p95(beside):.1f} ms flooded so far; {did}")
    finally:
        spared.kill()
    times = p95(beside) / p95(alone)
    record_property(
        "figure",
        f"{slow:,} slow sockets and {logins} sides of bad logins beside an honest client: p95 of an append "
        f"{p95(beside):.1f} ms, at a server left in peace {p95(alone):.1f} ms, {times:.2f} times ({ROUNDS} rounds of "
        f"{TIMES} appends each; before the floods {p95(before):.1f} ms)",
    )
    assert times < 2
