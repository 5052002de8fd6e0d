"""The program: making a server, starting it, what it refuses to start with, and its end."""

import json
import shutil
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.live.api import Api
from tests.live.process import PROGRAM, ServerProcess, make_server, read_setup, run_program

BLOCKED = ("securecall_keys", "securecall_client", "cryptography")
WITHOUT = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {BLOCKED}:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
from securecall_server.cli import main
main()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that never ran."""
    return make_server(tmp_path_factory.mktemp("made") / "data").folder


def test_init_shows_a_setup_code_and_closes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = run_program("init", "--data", folder, "--url", "https://calls.example.org/", "--json")
    setup = read_setup(json.loads(made.stdout)["setup_code"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    settings = (folder / "server.json").read_text()
    assert json.loads(settings)["urls"] == ["https://calls.example.org"]
    assert setup.seed.hex() not in settings
    assert setup.seed not in (folder / "server.key").read_bytes()


def test_init_says_what_comes_next_and_ends_stdout_with_the_code(tmp_path: Path) -> None:
    made = run_program("init", "--data", tmp_path / "data")
    read_setup(made.stdout.splitlines()[-1])
    assert "securecall-server serve" in made.stderr


@pytest.mark.parametrize("words", [("--version",), ("-h",), ("init", "--help"), ("serve", "--help")])
def test_help_has_an_example_that_the_program_knows(words: tuple[str, ...]) -> None:
    said = run_program(*words).stdout
    assert said.startswith("securecall-server ") == (words == ("--version",))
    assert words[0] not in ("init", "serve") or f"Example:\n    securecall-server {words[0]} --data" in said


def test_init_refuses_a_folder_that_is_a_server(tmp_path: Path) -> None:
    make_server(tmp_path / "data")
    before = (tmp_path / "data" / "server.key").read_bytes()
    again = run_program("init", "--data", tmp_path / "data")
    assert (again.returncode, again.stdout) == (1, "")
    assert "is a server already" in again.stderr
    assert (tmp_path / "data" / "server.key").read_bytes() == before


def open_to_all(folder: Path) -> list[str]:
    folder.chmod(0o755)
    return []


def key_open_to_group(folder: Path) -> list[str]:
    (folder / "server.key").chmod(0o640)
    return []


def a_link(folder: Path) -> list[str]:
    (folder / "server.key").rename(folder.parent / "key")
    (folder / "server.key").symlink_to(folder.parent / "key")
    return []


def no_key(folder: Path) -> list[str]:
    (folder / "server.key").unlink()
    return []


def short_key(folder: Path) -> list[str]:
    (folder / "server.key").write_bytes(b"short")
    return []


REFUSALS = {
    "readable by all": (open_to_all, "127.0.0.1:0", 1, "chmod"),
    "key readable by the group": (key_open_to_group, "127.0.0.1:0", 1, "chmod"),
    "key is a link": (a_link, "127.0.0.1:0", 1, "link"),
    "no key": (no_key, "127.0.0.1:0", 1, "init"),
    "half a key": (short_key, "127.0.0.1:0", 1, "backup"),
    "plain HTTP on every address": (lambda _: [], "0.0.0.0:0", 1, "--behind-proxy"),
    "plain HTTP on a public address": (lambda _: [], "198.51.100.1:8000", 1, "--tls-cert"),
    "every address, and none to log in to": (lambda _: ["--behind-proxy"], "0.0.0.0:0", 1, "init --url"),
    "half of TLS": (lambda _: ["--tls-cert", "a"], "127.0.0.1:0", 2, "--tls-key"),
    "TLS twice": (lambda _: ["--tls-cert", "a", "--tls-key", "b", "--behind-proxy"], "127.0.0.1:0", 2, "proxy"),
    "no certificate there": (lambda _: ["--tls-cert", "a", "--tls-key", "b"], "127.0.0.1:0", 1, "certificate"),
    "no port": (lambda _: [], "127.0.0.1", 2, "HOST:PORT"),
    "a database of no kind": (lambda _: ["--database", "mysql://x"], "127.0.0.1:0", 1, "postgresql"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_refuses_to_start_insecurely_and_says_how_to_mend_it(name: str, made: Path, tmp_path: Path) -> None:
    spoil, listen, code, words = REFUSALS[name]
    folder = tmp_path / "data"
    shutil.copytree(made, folder)
    refused = run_program("serve", "--data", folder, "--listen", listen, *spoil(folder))
    assert (refused.returncode, refused.stdout) == (code, "")
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_N01_it_speaks_tls_by_itself(tmp_path: Path, made: Path) -> None:
    folder, (cert, key) = tmp_path / "data", make_certificate(tmp_path)
    shutil.copytree(made, folder)
    command = [str(PROGRAM), "serve", "--data", str(folder), "--listen", "localhost:0"]
    files = ["--tls-cert", str(cert), "--tls-key", str(key)]
    with subprocess.Popen([*command, *files], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("Listening on ").strip()
        assert address.startswith("https://localhost:")
        trust = ssl.create_default_context(cafile=cert)
        async with aiohttp.ClientSession() as session, session.get(f"{address}/healthz", ssl=trust) as answer:
            assert await answer.json() == {"ok": True}
        process.terminate()
        assert process.wait(timeout=30) == 0
    key.chmod(0o644)
    refused = run_program(*command[1:], *files)
    assert (refused.returncode, "chmod" in refused.stderr) == (1, True)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for this computer, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    cert = (
        builder.not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(cert.public_bytes(Encoding.PEM))
    paths[1].touch(0o600)
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def test_a_second_server_on_one_folder_is_refused(server: ServerProcess) -> None:
    second = run_program("serve", "--data", server.folder, "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert "running on" in second.stderr


def test_a_port_that_is_taken_is_a_sentence(server: ServerProcess, tmp_path: Path) -> None:
    other = make_server(tmp_path / "data")
    refused = run_program("serve", "--data", other.folder, "--listen", f"127.0.0.1:{server.port}")
    assert refused.returncode == 1
    assert f"127.0.0.1:{server.port}" in refused.stderr


async def test_S05_the_server_cannot_decrypt_it_runs_without_keys_client_and_cryptography(tmp_path: Path) -> None:
    folder = make_server(tmp_path / "data").folder
    command = [sys.executable, "-c", WITHOUT, "serve", "--data", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("Listening on ").strip()
        async with aiohttp.ClientSession() as session, session.get(f"{address}/healthz") as answer:
            assert await answer.json() == {"ok": True}
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_O04_it_does_not_start_on_a_damaged_database(new_server: ServerProcess) -> None:
    new_server.start()
    assert new_server.stop() == 0
    path = new_server.folder / "server.db"
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO meta VALUES ('large', zeroblob(200000))")
    database.close()
    pages = bytearray(path.read_bytes())
    middle = len(pages) - 25 * 4096
    pages[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(pages)
    refused = run_program("serve", "--data", new_server.folder, "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_stops_when_it_is_told_and_starts_again(new_server: ServerProcess) -> None:
    new_server.start()
    with socket.create_connection(("127.0.0.1", new_server.port)):
        assert new_server.stop() == 0
    new_server.start()
    assert new_server.stop() == 0


async def test_O11_the_log_has_no_ids_addresses_or_bodies(server: ServerProcess, api: Api) -> None:
    secret = "ab" * 32
    answer = await api.ask("GET", f"/v1/spaces/{secret}/items?from={secret}", secret)
    assert answer.status == 401
    await api.ask("POST", "/v1/hello", body={"nonce": f"canary {secret}"})
    log = server.log.read_text()
    assert "GET /v1/spaces/{space}/items 401 unauthorized" in log
    assert secret not in log
    assert "canary" not in log
    assert "127.0.0.1" not in log


def test_o06_init_goes_on_after_an_init_that_was_cut_short_and_replaces_no_server(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(0o700)
    (folder / "server.key").write_bytes(b"half")
    (folder / "server.key").chmod(0o600)
    assert run_program("init", "--data", folder).returncode == 0
    key = (folder / "server.key").read_bytes()
    assert len(key) == 32
    (folder / "server.json").unlink()
    (folder / "server.db").touch(0o600)
    again = run_program("init", "--data", folder)
    assert again.returncode == 1
    assert "is a server already" in again.stderr
    assert (folder / "server.key").read_bytes() == key
