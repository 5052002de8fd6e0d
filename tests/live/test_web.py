"""`securecall web` as a process: where it listens, what others on this computer see of it, a port that is taken."""

import asyncio
import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.live.web import said, web

LISTENS = "0A"
BROWSER = """#!/bin/sh
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' > "$SEEN.part"
cp -p "${1#file://}" "$PAGE"
mv "$SEEN.part" "$SEEN"
"""
"""A browser that notes what every user of this computer can see of all commands, and takes the page it is given."""


def listening(port: int) -> set[str]:
    """The addresses on which anybody listens on a port, as the system notes them."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, at = local.partition(":")
            if state == LISTENS and int(at, 16) == port:
                found.add(address)
    return found


async def test_l03_it_listens_on_this_computer_s_own_addresses_alone(tmp_path: Path) -> None:
    async with web(tmp_path, "--no-browser") as process:
        port = urlsplit(await said(process)).port
        assert port
        assert "0100007F" in listening(port)
        assert listening(port) <= {"0100007F", "00000000000000000000000001000000"}


async def test_l10_nobody_else_sees_the_secret_that_lets_a_browser_in(tmp_path: Path) -> None:
    browser, seen, page = tmp_path / "browser", tmp_path / "seen", tmp_path / "page"
    browser.write_text(BROWSER)
    browser.chmod(0o700)
    home = tmp_path / "home"
    async with web(home, BROWSER=str(browser), SEEN=str(seen), PAGE=str(page)) as process:
        secret = urlsplit(await said(process)).fragment.removeprefix("enter=")
        async with asyncio.timeout(60):
            while not seen.exists():  # noqa: ASYNC110  another process makes it
                await asyncio.sleep(0.05)
        assert secret in page.read_text()
        assert "securecall" in seen.read_text()
        assert secret not in seen.read_text()
        assert page.stat().st_mode & 0o777 == 0o600
        assert home.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in home.iterdir() if path.stat().st_mode & 0o077} == set()
    assert [path for path in home.iterdir() if secret.encode() in path.read_bytes()] == []


async def test_l10_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with web(tmp_path, "--no-browser", "--port", str(port)) as process:
            async with asyncio.timeout(60):
                out, _ = await process.communicate()
            assert process.returncode not in (0, None)
            assert b"is taken by another program" in out
            assert b"#enter=" not in out
