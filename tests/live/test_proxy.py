"""A proxy, such as Tor's: everything goes through it, names too, and nothing goes without it (row N01)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from securecall_server.codes import setup_code
from tests.line.certificate import make_certificate
from tests.line.command import Shell
from tests.line.socks import Socks
from tests.live.process import PROGRAM, ServerProcess, read_setup, run_program

HOST = "calls.securecall.test"
"""A name that nothing but the proxy knows."""
FOUND = ("found", "Coalition", "--name", "Sec", "--org", "Secretariat", "--passphrase-memory", "64")


@asynccontextmanager
async def secured(root: Path) -> AsyncIterator[tuple[ServerProcess, Path]]:
    """A server with TLS for `HOST`; gives also the certificate."""
    made = run_program("init", "--data", root / "data", "--url", f"https://{HOST}", "--json")
    setup = read_setup(re.findall(r'"setup_code": ?"([^"]+)"', made.stdout)[0])
    cert, key = make_certificate(root, HOST)
    with (root / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "serve", "--data", root / "data", "--listen", "127.0.0.1:0",
            "--tls-cert", cert, "--tls-key", key, stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        ready = re.fullmatch(rb"Listening on https://127\.0\.0\.1:(\d+)\n", await process.stdout.readline())
        assert ready, (root / "log").read_text()
        yield ServerProcess(root / "data", setup, port=int(ready[1])), cert
    finally:
        process.kill()
        await process.wait()


def connects(log: Path) -> set[tuple[str, int]]:
    """Where a command that ran under strace made connections to, other than on this computer's own sockets."""
    form = r'sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?"([^"]+)"'
    return {(host, int(port)) for port, host in re.findall(form, log.read_text())}


@pytest.mark.parametrize("kind", ["socks5", "http"])
async def test_n01_everything_goes_through_the_proxy_and_names_too(kind, tmp_path: Path) -> None:
    async with secured(tmp_path) as (server, cert), Socks({HOST: server.port}, kind) as proxy:
        trace = tmp_path / "trace"
        sec = Shell(tmp_path, "sec", {"SSL_CERT_FILE": str(cert)})
        code = sec.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
        watched = ("strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace))
        sec.before = watched
        founded = await sec.done(*FOUND, "--server", f"https://{HOST}", "--from", code, "--proxy", proxy.url)
        assert founded["coalition"]
        port = int(proxy.url.rpartition(":")[2])
        assert connects(trace) == {("127.0.0.1", port)}
        opened = await sec.done("call", "open", "Call", "--country", "KE", "--starts", "2027-01-15T14:00+03:00")
        assert connects(trace) == {("127.0.0.1", port)}, "the profile keeps the proxy"
        assert set(proxy.asked) == {(HOST, 443)}
        sec.before = ()
        watching = await sec.start("call", "watch", opened["call"], "--json")
        assert watching.stdout is not None
        async with asyncio.timeout(30):
            while b'"connected"' not in await watching.stdout.readline():
                pass
        watching.kill()
        await watching.wait()
        assert (await sec.done("status"))["reached"] is True


async def test_n01_a_proxy_that_fails_is_said_so_and_nothing_goes_without_it(tmp_path: Path) -> None:
    async with secured(tmp_path) as (server, cert), Socks({HOST: server.port}) as proxy:
        sec = Shell(tmp_path, "sec", {"SSL_CERT_FILE": str(cert), "SECURECALL_PROXY": proxy.url})
        code = sec.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
        await sec.done(*FOUND, "--server", f"https://{HOST}", "--from", code)
        opened = await sec.done("call", "open", "Call", "--country", "KE", "--starts", "2027-01-15T14:00+03:00")
        await sec.done("exercise", "start", opened["call"], "who-does-what")
        rows = sec.hand_over("rows.csv", "activity,place,status\nmonitoring,KE,planned")
        answering = ("exercise", "answer", opened["call"], "who-does-what", "--file", rows)
        asked = len(proxy.asked)

        nowhere = await sec.run(*answering, "--proxy", "socks5://127.0.0.1:9", "--json")
        assert (nowhere.code, nowhere.json["saved"]) == (4, "here")
        assert "The proxy socks5://127.0.0.1:9 was not reached, and nothing goes without it." in nowhere.err
        refused = await sec.run("call", "rotate", opened["call"], "--proxy", "socks5://127.0.0.1:9", "--json")
        assert (refused.code, refused.json["error"]["code"]) == (1, "offline")
        assert "proxy" in refused.json["error"]["message"]
        assert len(proxy.asked) == asked

        proxy.refuses = True
        through = await sec.run("sync")
        assert through.code == 4
        assert "answers, and does not reach the server" in through.err
        examined = await sec.run("doctor", "--json")
        assert examined.code == 1
        assert HOST not in examined.out + examined.err
        proxy.refuses = False
        assert (await sec.done("sync"))["outbox"] == 0

        sec.more = {"SSL_CERT_FILE": str(cert)}
        assert (await sec.done("proxy"))["proxy"] == proxy.url, "the profile keeps what it was founded with"
        assert (await sec.done("proxy", "none"))["proxy"] is None
        examined = await sec.run("doctor", "--json")
        assert examined.code == 1, "without the proxy the name leads nowhere"
        assert (await sec.done("proxy", proxy.url))["proxy"] == proxy.url
        examined = await sec.run("doctor", "--json")
        assert examined.code == 0, examined
        found = {line["check"]: line["state"] for line in examined.json["checks"]}
        assert found["proxy"] == found["server"] == found["tls"] == found["key"] == found["clock"] == "ok"
        assert (await sec.run("status", "--proxy", "none")).code == 0


async def test_n01_a_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path) -> None:
    async with secured(tmp_path) as (server, _), Socks({HOST: server.port}) as proxy:
        sec = Shell(tmp_path, "sec")
        code = sec.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
        refused = await sec.run(
            *FOUND, "--server", f"https://{HOST}", "--from", code, "--proxy", proxy.url, "--json"
        )  # fmt: skip
        assert (refused.code, refused.json["error"]["code"]) == (1, "bad-certificate"), refused
        assert not sec.home.exists()


async def test_n01_the_environment_s_proxies_are_not_used(tmp_path: Path) -> None:
    made = run_program("init", "--data", tmp_path / "data", "--json")
    server = ServerProcess(tmp_path / "data", read_setup(re.findall(r'"setup_code": ?"([^"]+)"', made.stdout)[0]))
    server.start()
    try:
        async with Socks({}) as socks, Socks({}, "http") as http:
            variables = {
                name: proxy.url
                for names, proxy in ((("ALL_PROXY", "all_proxy"), socks), (("HTTP_PROXY", "http_proxy"), http))
                for name in names
            }  # fmt: skip
            sec = Shell(tmp_path, "sec", variables)
            code = sec.hand_over("code.txt", setup_code(server.setup.seed, server.setup.server))
            await sec.done(*FOUND, "--server", server.url, "--from", code)
            assert (await sec.done("status"))["reached"] is True
            assert (await sec.done("proxy"))["proxy"] is None
            assert socks.asked == http.asked == []
    finally:
        server.kill()
