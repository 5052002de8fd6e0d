"""What the server writes down while it is asked for everything in every wrong way, and while it breaks (row O11)."""

import shutil
import socket
import sqlite3
from urllib.parse import quote

import aiohttp
import pytest

from tests.live.api import Api, b64, somebody
from tests.live.log_lines import LINE, assert_none_in, log_lines
from tests.live.process import ServerProcess
from tests.world import make_blob

CANARY = "kestrel9marmalade7"
JSON = {"Content-Type": "application/json"}
RAW = {
    "a method of one's own": f"{CANARY.upper()} /v1/hello HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of one's own, nowhere": f"{CANARY.upper()} /{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n\r\n",
    "no HTTP": f"{CANARY}\r\n\r\n",
    "another version": f"GET /{CANARY} HTTP/9.{CANARY}\r\n\r\n",
    "a header without a colon": f"GET /healthz HTTP/1.1\r\n{CANARY}\r\n\r\n",
    "a header with a zero": f"GET /healthz HTTP/1.1\r\nHost: {CANARY}\x00\r\n\r\n",
    "a header without end": f"GET /healthz HTTP/1.1\r\nX: {CANARY * 2_000}\r\n\r\n",
    "two lengths": f"POST /v1/hello HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\nX: {CANARY}\r\n\r\n",
    "a length of letters": f"POST /v1/hello HTTP/1.1\r\nContent-Length: {CANARY}\r\n\r\n",
    "chunks that are none": f"POST /v1/hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n",
    "a path without end": f"GET /{CANARY * 2_000} HTTP/1.1\r\n\r\n",
    "a target of another kind": f"GET http://{CANARY}:99999999/{CANARY} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a broken escape": f"GET /v1/%zz%ff{CANARY} HTTP/1.1\r\nHost: x\r\n\r\n",
    "an upgrade to something else": f"GET /v1/live HTTP/1.1\r\nUpgrade: {CANARY}\r\nConnection: upgrade\r\n\r\n",
}


def send(server: ServerProcess, data: bytes) -> bytes:
    """Send bytes as they are, and take what comes until the server is done."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65_536):
            answer += part
        return answer


@pytest.mark.parametrize("name", RAW)
def test_o11_what_is_no_request_leaves_no_word_of_it_in_the_log(name: str, server: ServerProcess) -> None:
    send(server, RAW[name].encode("latin-1"))
    assert_none_in(log_lines(server), CANARY)


async def test_o11_canaries_in_every_part_of_every_request_are_in_no_line(server: ServerProcess, api: Api) -> None:
    said = quote(CANARY)
    for path in (f"/{said}", f"/v1/spaces/{said}/items", f"/v1/mailboxes/{said}", f"/v1/hello?from={said}&{said}=1"):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            await api.ask(method, path, CANARY, {CANARY: CANARY}, headers={f"X-{CANARY}": CANARY, "Cookie": CANARY})
    for path in ("/v1/hello", "/v1/login", "/v1/members", "/v1/spaces"):
        for body in ({"nonce": CANARY, "proof": b64(CANARY.encode())}, {CANARY: 1}, [CANARY], CANARY):
            await api.ask("POST", path, CANARY * 4, body)
        for headers in (
            {"Content-Type": f"application/{CANARY}"},
            {**JSON, "Content-Encoding": CANARY},
            {"Origin": CANARY},
        ):
            await api.ask("POST", path, data=CANARY.encode() * 3_000, headers=headers)
    async with api.session.ws_connect(f"{server.url}/v1/live") as line:
        await line.send_json({"token": CANARY, "spaces": [CANARY]})
        assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE
    lines = log_lines(server)
    assert any(line.endswith("POST /v1/hello 415 malformed") for line in lines)
    assert_none_in(lines, CANARY)


async def test_o11_a_fault_is_one_kind_and_one_place_and_nothing_of_what_was_asked(new_server: ServerProcess) -> None:
    """The tables are taken away under the running server, and the folder of blobs."""
    new_server.start()
    async with aiohttp.ClientSession() as session:
        api = Api(new_server, session)
        space = await api.found(somebody())
        token = await api.token(space.founder)
        blob = make_blob(CANARY).blob
        shutil.rmtree(new_server.folder / "blobs")
        (new_server.folder / "blobs").write_bytes(b"")
        await api.put_chunk(token, space.id, blob, 0, CANARY.encode())
        with sqlite3.connect(new_server.folder / "server.db") as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                if not table.startswith("sqlite"):
                    database.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_{CANARY}"')
        database.close()
        answers = [
            await api.items(token, space.id),
            await api.ask("GET", f"/v1/spaces/{space.id.hex()}/grants", token),
            await api.send(token, space.id, space.places[0]),
            await api.ask("POST", "/v1/mailboxes", token, {"key": space.founder.device.id.hex()}),
            await api.log_in_device(space.founder.device),
            await api.ask("GET", "/healthz"),
        ]
    assert {answer.code for answer in answers} == {"busy"}
    assert all(CANARY.encode() not in answer.body for answer in answers)
    new_server.kill()
    lines = log_lines(new_server)
    assert any(" failed: " in line for line in lines)
    assert_none_in(lines, CANARY, token, space.id.hex(), space.founder.member.hex(), blob.hex())


def test_o11_a_line_with_anything_more_is_not_of_the_schema() -> None:
    good = "2026-11-22 20:25:11,123 GET /v1/spaces/{space}/items 401 unauthorized"
    assert LINE.fullmatch(good)
    assert LINE.fullmatch(good[:24] + "PUT - failed: KeyError at view:12")
    assert LINE.fullmatch(good[:24] + "- 507 full")
    for bad in (f"{good} x", good.replace("GET", "KESTREL"), good.replace("{space}", "ab"), "Traceback", good[:24], ""):
        assert LINE.fullmatch(bad) is None
