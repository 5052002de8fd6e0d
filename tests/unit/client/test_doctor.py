"""The doctor: what it finds, and that it asks and tells nothing that is nobody's business (rows T09, N01)."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from securecall.sentences import plain
from securecall_client import clock
from securecall_client.acts import doctor, doctor_line
from securecall_client.http_reply import Reply
from securecall_client.replica import Replica
from securecall_client.results.doctor import Diagnosis
from securecall_client.settings import Settings
from tests.simulator.people import Spoken, Stage
from tests.simulator.server import Server


@asynccontextmanager
async def healthy(server: Server, *, ahead: float = 0) -> AsyncIterator[str]:
    """A server on loopback that greets with its key; gives its address."""

    async def health(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True}, headers={"Date": formatdate(clock.now() + ahead, usegmt=True)})

    async def hello(request: web.Request) -> web.StreamResponse:
        signed = server.hello(bytes.fromhex((await request.json())["nonce"]), bytes(32))
        return web.json_response({"hello": base64.b64encode(signed).decode()})

    app = web.Application()
    app.router.add_get("/healthz", health)
    app.router.add_post("/v1/hello", hello)
    async with TestServer(app) as running:
        yield f"http://127.0.0.1:{running.port}"


async def lead_to(home: Path, address: str) -> None:
    async with Replica.open(home / "replica.sqlite") as replica:
        await replica.set_meta("address", address.encode())


async def examine(home: Path, **more) -> Diagnosis:
    return await doctor.examine(Settings(home, **more), Spoken(), "")


def states(found: Diagnosis) -> dict[str, str]:
    return {check.check: check.state for check in found.checks}


async def test_all_is_well_with_a_profile_in_order(stage: Stage) -> None:
    home = stage["Ann"].home
    async with healthy(stage.server) as address:
        await lead_to(home, address)
        found = await examine(home)
    assert found.ok, found
    assert {state for name, state in states(found).items() if name != "tls"} == {"ok"}
    looked_at = "version python sqlite openssl folder modes disk proxy server tls key clock"
    assert list(states(found)) == looked_at.split()


async def test_it_tells_no_ids_names_or_addresses(stage: Stage) -> None:
    home = stage["Ann"].home
    async with healthy(stage.server) as address:
        await lead_to(home, address)
        shown = msgspec.json.encode(await examine(home), enc_hook=plain).decode()
    for kept in (stage.coalition.hex(), stage.call.hex(), stage.server.public.hex(), address, "127.0.0.1", "Freedonia"):
        assert kept not in shown


async def test_without_a_profile_it_looks_at_what_there_is(tmp_path: Path) -> None:
    found = await examine(tmp_path / "none")
    assert found.ok
    assert states(found)["folder"] == states(found)["server"] == "left out"
    assert not (tmp_path / "none").exists()


async def test_a_server_can_be_tried_before_there_is_a_profile(tmp_path: Path) -> None:
    async with healthy(Server("one")) as address:
        found = await doctor.examine(Settings(tmp_path / "none"), Spoken(), address)
    assert found.ok
    assert (states(found)["server"], states(found)["key"]) == ("ok", "left out")


async def problem(home: Path, name: str, **more) -> str:
    """The one thing that needs mending; it has a hint."""
    found = await examine(home, **more)
    assert not found.ok
    [bad] = [check for check in found.checks if check.state == "problem"]
    assert (bad.check, bool(bad.hint)) == (name, True)
    return f"{bad.message} {bad.hint}"


async def test_t09_what_others_can_read_is_named_by_its_part(stage: Stage) -> None:
    home = stage["Ann"].home
    (home / "chunks" / ("ab" * 16)).mkdir(mode=0o700)
    (home / "chunks" / ("ab" * 16) / "0").touch(mode=0o644)
    (home / "keystore").chmod(0o640)
    told = await problem(home, "modes", offline=True)
    assert "chunks, keystore" in told
    assert "ab" * 16 not in told


async def test_t09_a_link_in_place_of_the_folder_is_a_problem(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(stage["Ann"].home)
    assert "link" in await problem(tmp_path / "link", "folder", offline=True)


async def test_a_disk_that_is_nearly_full_is_a_problem(stage: Stage, monkeypatch) -> None:
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12, 1000))
    await problem(stage["Ann"].home, "disk", offline=True)


@pytest.mark.parametrize("ahead", [-7200, 7200])
async def test_clocks_that_differ_are_a_problem(stage: Stage, ahead: float) -> None:
    async with healthy(stage.server, ahead=ahead) as address:
        await lead_to(stage["Ann"].home, address)
        assert "2 h" in await problem(stage["Ann"].home, "clock")


async def test_another_server_is_a_problem(stage: Stage) -> None:
    async with healthy(Server("another")) as address:
        await lead_to(stage["Ann"].home, address)
        assert "Another server" in await problem(stage["Ann"].home, "key")


async def test_nobody_there_is_a_problem(stage: Stage) -> None:
    await lead_to(stage["Ann"].home, "http://127.0.0.1:9")
    assert "not reached" in await problem(stage["Ann"].home, "server")
    assert "proxy" in await problem(stage["Ann"].home, "proxy", proxy="socks5://127.0.0.1:9")


async def test_a_broken_database_is_a_problem(stage: Stage) -> None:
    home = stage["Ann"].home
    for beside in home.glob("replica.sqlite*"):
        beside.unlink()
    (home / "replica.sqlite").write_bytes(b"no database" * 1000)
    (home / "replica.sqlite").chmod(0o600)
    await problem(home, "database")


async def test_it_waits_for_nobody_who_works_on_the_profile(stage: Stage) -> None:
    async with stage["Ann"].open(offline=True), asyncio.timeout(20):
        assert (
            json.loads(msgspec.json.encode(await examine(stage["Ann"].home, offline=True), enc_hook=plain))["ok"]
            is True
        )


OLD = "Mon, 01 Jan 2024 00:00:00"
DATES = (OLD, f"{OLD} -0000", f"Mon, 01 Jan {'9' * 60} 00:00:00 GMT", "today", "")


@pytest.mark.parametrize("date", DATES)
def test_f09_whatever_a_server_calls_the_time_is_no_crash(date: str) -> None:
    found = doctor_line._clock(Reply(200, "application/json", b"", date, 0))
    assert found.state == ("problem" if date.startswith(OLD) else "left out")
