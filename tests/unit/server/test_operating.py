"""The commands for whoever runs a server: their help, and what they say where there is no server."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from securecall_server.cli import app
from securecall_server.cli.app import read_size, size
from securecall_server.errors import StartError

VERBS = ["backup", "restore", "check", "stats", "purge"]


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_what_it_does_whole_and_shows_an_example(verb: str) -> None:
    run = CliRunner().invoke
    assert f"Example:\n    securecall-server {verb} " in run(app, [verb, "--help"]).stdout
    [line] = [line for line in run(app, ["--help"]).stdout.splitlines() if line.startswith(f"  {verb} ")]
    assert line.endswith(".")
    assert "..." not in line


@pytest.mark.parametrize("verb", ["backup", "check", "stats", "purge"])
def test_a_folder_that_is_no_server_is_a_sentence(verb: str, tmp_path: Path) -> None:
    file = [str(tmp_path / "backup.tar")] if verb == "backup" else []
    ended = CliRunner().invoke(app, [verb, *file, "--data", str(tmp_path / "nowhere")])
    assert isinstance(ended.exception, StartError)
    assert "There is no folder" in str(ended.exception)
    assert list(tmp_path.iterdir()) == []


def test_sizes_are_told_as_people_read_them() -> None:
    assert [size(number) for number in (0, 1023, 1024, 1_572_864, 1 << 50)] == [
        "0 bytes", "1023 bytes", "1.0 KiB", "1.5 MiB", "1024.0 TiB",
    ]  # fmt: skip


@pytest.mark.parametrize(("words", "number"), [("1 KiB", 1024), ("500MiB", 500 << 20), (" 20 GiB ", 20 << 30)])
def test_sizes_are_read_as_people_write_them(words: str, number: int) -> None:
    assert read_size(words) == number


@pytest.mark.parametrize("words", ["", "20", "20 GB", "GiB", "-1 GiB", "1.5 GiB", "1 kib", "9999999 TiB", "٣ GiB"])
def test_O07_what_is_no_size_is_told_before_anything_starts(words: str, folder: Path) -> None:
    ended = CliRunner().invoke(app, ["serve", "--data", str(folder), "--listen", "127.0.0.1:0", "--space-room", words])
    assert ended.exit_code == 2
    assert "500 MiB" in ended.stderr


def test_check_leaves_with_1_and_words_when_something_is_damaged(folder: Path) -> None:
    run, words = CliRunner().invoke, ["check", "--data", str(folder)]
    assert run(app, words).exit_code == 0
    next(iter(folder.glob("blobs/*/*/*"))).unlink()
    ended = run(app, words)
    assert ended.exit_code == 1
    assert "is missing." in ended.stdout
    assert "to withdraw it" in ended.stderr
    assert run(app, [*words, "--json"]).exit_code == 1


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_t05_a_server_keeps_its_memory_out_of_core_dumps() -> None:
    code = (
        "import ctypes, resource, sys\nfrom securecall_server.cli import main\nsys.argv[1:] = ['--version']\n"
        "try:\n    main()\nfinally:\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert answer.stdout.splitlines()[-1] == "(0, 0) 0", answer.stderr
