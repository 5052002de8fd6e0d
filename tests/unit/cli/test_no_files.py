"""What is named where a file belongs and is none: refused at once, wherever a person names a file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from securecall_client.acts import evidence
from securecall_client.acts.templates import read_template
from securecall_client.cli import handover
from securecall_client.errors import FileError
from securecall_client.files import reading
from tests.simulator.people import check_plain
from tests.unit.cli.test_secrets import refusal

NO_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe that nobody writes to": os.mkfifo,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a folder": Path.mkdir,
    "nothing": lambda path: path,
}
COMMANDS = {
    "invite": ["invite", "--people", "FILE", "-o", "out"],
    "join": ["join", "--name", "N", "--from", "FILE"],
    "exercise answer": ["exercise", "answer", "C", "E", "--file", "FILE", "--format", "csv"],
    "exercise draft save": ["exercise", "draft", "save", "C", "E", "--file", "FILE", "--format", "csv"],
    "agenda set": ["agenda", "set", "C", "--file", "FILE"],
    "guest take": ["guest", "take", "FILE"],
    "minutes write": ["minutes", "write", "C", "--file", "FILE"],
    "server use": ["server", "use", "--from", "FILE"],
    "device link": ["device", "link", "--from", "FILE"],
}


@pytest.mark.parametrize("name", NO_FILES)
def test_nobody_waits_at_what_is_no_file(tmp_path: Path, name: str) -> None:
    NO_FILES[name](tmp_path / "named.toml")
    with pytest.raises(FileError) as caught, reading(tmp_path / "named.toml"):
        pass
    check_plain(caught.value, 1)
    with pytest.raises(FileError):
        evidence.read_file(tmp_path / "named.toml")
    with pytest.raises(FileError):
        handover.from_bytes("The table", tmp_path / "named.toml", 10)
    with pytest.raises(FileError):
        read_template(str(tmp_path / "named.toml"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_given_a_pipe_leaves_with_1(run, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    words = [str(tmp_path / "pipe") if word == "FILE" else word for word in COMMANDS[name]]
    assert refusal(run(*words, "--json")) == (1, "file-refused")


def test_a_file_behind_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"bytes")
    (tmp_path / "link").symlink_to("file")
    with reading(tmp_path / "link") as file:
        assert file.read() == b"bytes"
