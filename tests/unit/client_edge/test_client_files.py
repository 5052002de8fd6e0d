"""Files are written whole or not at all, under names that lead nowhere else; pins outlive a torn write."""

import errno
import os
import stat
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from securecall_client import files
from securecall_client.errors import FileError, FileMissingError
from securecall_client.file_names import safe_name
from securecall_client.files import (
    NewFile,
    save_as,
    save_new,
    write_atomic,
)
from securecall_client.text import is_hidden
from securecall_client.twice import read_twice, write_twice


class PowerCut(BaseException):
    """The computer stops here."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def save(folder: Path, name: str, data: bytes = b"new") -> Path:
    with save_new(folder, name) as file:
        file.write(data)
    return file.path


# -- names from inside a ciphertext ------------------------------------------------------------------------

NAMES = {
    "an ordinary one": ("Rapport final.pdf", "Rapport final.pdf"),
    "another script": ("تقرير نهائي.docx", "تقرير نهائي.docx"),
    "climbing": ("../../etc/passwd", "_.._etc_passwd"),
    "climbing on Windows": ("..\\..\\boot.ini", "_.._boot.ini"),
    "absolute": ("/etc/cron.d/x", "_etc_cron.d_x"),
    "a drive": ("C:evil.exe", "C_evil.exe"),
    "an alternate stream": ("notes.txt:hidden.exe", "notes.txt_hidden.exe"),
    "only dots": ("..", "document"),
    "nothing": ("", "document"),
    "only spaces": (" \t\n", "document"),
    "a hidden file": (".bashrc", "bashrc"),
    "an option": ("-rf", "rf"),
    "dots, dashes and spaces": (" .-~ .x.txt", "x.txt"),
    "a NUL": ("a\x00b.txt", "ab.txt"),
    "a newline": ("a\nb.txt", "a b.txt"),
    "an escape sequence": ("\x1b[2Ja.txt", "[2Ja.txt"),
    "a reversed extension": ("annex\u202efdp.exe", "annexfdp.exe"),
    "zero width": ("a\u200b\u200d\ufeff.txt", "a.txt"),
    "a device": ("CON", "_CON"),
    "a device with an extension": ("nul.tar.gz", "_nul.tar.gz"),
    "a device before a space": ("aux .txt", "_aux.txt"),
    "a device with a superscript": ("com¹.pdf", "_com¹.pdf"),
    "not a device": ("console.txt", "console.txt"),
    "dots and spaces at the end": ("report.pdf. . ", "report.pdf"),
    "an extension pushed out of sight": ("invoice.pdf" + " " * 90 + ".exe", "invoice.pdf.exe"),
    "a look-alike slash": ("a\u2215b\u2044c\uff0fd.txt", "a_b_c_d.txt"),
    "decomposed": ("e\u0301tude.pdf", "\u00e9tude.pdf"),
    "half a character": ("a\ud800b.txt", "ab.txt"),
    "too long": ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    "too long in three-byte characters": ("あ" * 100 + ".pdf", "あ" * 48 + ".pdf"),
    "too long without an extension": ("y." + "x" * 300, "y." + "x" * 148),
    "a long device": ("aux." + "x" * 300, "_aux." + "x" * 145),
}


@pytest.mark.parametrize("case", NAMES)
def test_F01_F07_names_become_harmless(case: str) -> None:
    name, expected = NAMES[case]
    assert safe_name(name) == expected


@given(st.text() | st.text(alphabet="./\\ -~:aé\u0301\u202e\u200dCON1", max_size=20))
@example("a\u200b\u0301")
@example("CON\u200b .x")
@example("\u0301./a")
def test_F01_F07_any_name_becomes_one_harmless_component(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe) == unicodedata.normalize("NFC", safe)
    assert 0 < len(safe.encode()) <= 150
    assert not set(safe) & set('/\\:*?"<>|\x00')
    assert not any(is_hidden(character) for character in safe)
    assert safe[0] not in " .-~"
    assert safe[-1] not in " ."
    assert not PureWindowsPath(safe).is_reserved()
    assert PureWindowsPath(safe).name == Path(safe).name == safe


@given(name=st.text(max_size=30))
def test_F01_a_saved_file_stands_in_its_folder(tmp_path_factory, name: str) -> None:
    folder = tmp_path_factory.mktemp("folder")
    path = save(folder, name)
    assert path.resolve().parent == folder.resolve()
    assert names(folder) == [path.name]


def test_F01_a_name_that_safe_name_missed_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "safe_name", lambda name: name)
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="out of the folder"), save_new(tmp_path / "folder", "../evil"):
        pytest.fail("it was opened")
    assert names(tmp_path) == ["folder"]


# -- saving what a person asked for ------------------------------------------------------------------------


def test_F02_a_saved_file_holds_all_that_was_written(tmp_path: Path) -> None:
    with save_new(tmp_path, "a.bin") as file:
        assert file.write(b"one") == 3
        assert file.write(bytearray(b"two")) == 3
        assert file.write(memoryview(b"three")) == 5
        assert all(name.startswith(".") for name in names(tmp_path))
    assert file.path == tmp_path / "a.bin"
    assert file.path.read_bytes() == b"onetwothree"
    assert mode(file.path) == 0o600
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_F02_nothing_is_overwritten(tmp_path: Path, monkeypatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", failing(errno.EPERM))
    (tmp_path / "a.pdf").write_text("old")
    (tmp_path / "a (2).pdf").mkdir()
    (tmp_path / "a (3).pdf").symlink_to(tmp_path / "nowhere")
    assert save(tmp_path, "a.pdf") == tmp_path / "a (4).pdf"
    assert (tmp_path / "a.pdf").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()


def test_F02_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "a.pdf").symlink_to(tmp_path / "victim")
    assert save(tmp_path, "a.pdf").name == "a (2).pdf"
    assert (tmp_path / "victim").read_text() == "precious"


def test_F02_a_name_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with save_new(tmp_path, "a.pdf") as file:
        file.write(b"new")
        (tmp_path / "a.pdf").write_text("theirs")
    assert (tmp_path / "a.pdf").read_text() == "theirs"
    assert file.path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError, GeneratorExit])
def test_F02_a_file_that_fails_leaves_nothing_behind(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(saving: AbstractContextManager[NewFile]) -> None:
        with saving as file:
            file.write(b"unchecked")
            raise error("the last chunk does not open")

    (tmp_path / "there.pdf").write_text("old")
    over = save_as(tmp_path / "there.pdf", replace=True)
    for saving in (save_new(tmp_path, "a.pdf"), save_as(tmp_path / "a.pdf"), over):
        with pytest.raises(error):
            fail(saving)
        assert names(tmp_path) == ["there.pdf"]
    assert (tmp_path / "there.pdf").read_text() == "old"


def failing(number: int) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("step", ["write", "fsync", "link"])
def test_O06_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch, step: str) -> None:
    monkeypatch.setattr(os, step, failing(errno.ENOSPC))
    with pytest.raises(FileError, match="disk is full") as caught:
        save(tmp_path, "a.pdf")
    monkeypatch.undo()
    assert caught.value.code == "disk-full"
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no folder") as caught:
        save(tmp_path / "gone", "a.pdf")
    assert caught.value.code == "no-folder"


def test_saving_as_makes_exactly_the_file_named(tmp_path: Path) -> None:
    with save_as(tmp_path / ".my-notes") as file:
        file.write(b"text")
    assert names(tmp_path) == [".my-notes"]


def test_saving_as_replaces_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("old")
    with pytest.raises(FileError, match="there already") as caught, save_as(path):
        pytest.fail("it was opened")
    assert caught.value.code == "file-exists"
    assert path.read_text() == "old"
    with save_as(path, replace=True) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.pdf"]


def test_F02_saving_as_does_not_overwrite_what_came_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pytest.raises(FileError, match="there already"), save_as(path):
        path.write_text("theirs")
    assert path.read_text() == "theirs"
    assert names(tmp_path) == ["a.pdf"]


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "pipe"])
def test_F02_saving_as_touches_only_ordinary_files(tmp_path: Path, kind: str, replace: bool) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = names(tmp_path)
    with pytest.raises(FileError, match="ordinary"), save_as(tmp_path / kind, replace=replace):
        pytest.fail("it was opened")
    assert names(tmp_path) == before
    assert (tmp_path / "victim").read_text() == "precious"


def test_F02_a_link_put_there_meanwhile_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    with pytest.raises(FileError, match="ordinary"), save_as(tmp_path / "a", replace=True):
        (tmp_path / "a").symlink_to(tmp_path / "victim")
    assert (tmp_path / "victim").read_text() == "precious"
    assert names(tmp_path) == ["a", "victim"]


def test_a_folder_is_not_a_file_name() -> None:
    for path in (Path("/"), Path(), Path("..")):
        with pytest.raises(FileError, match="name of a file"), save_as(path):
            pytest.fail("it was opened")


# -- small files of the profile ----------------------------------------------------------------------------


def test_an_atomic_write_replaces_all_or_nothing(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "small"
    write_atomic(path, b"old")
    assert (path.read_bytes(), mode(path)) == (b"old", 0o600)
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(FileError, match="cannot be written"):
        write_atomic(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    write_atomic(path, b"new", mode=0o640)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)
    assert names(tmp_path) == ["small"]


def test_O04_what_was_written_twice_is_read(tmp_path: Path) -> None:
    for data in (b"", b"pin 1", b"pin 2", bytes(1000)):
        write_twice(tmp_path / "pin", data)
        assert read_twice(tmp_path / "pin") == data
    assert {mode(tmp_path / name) for name in names(tmp_path)} == {0o600}


def test_O04_nothing_yet_is_not_the_same_as_lost(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        read_twice(tmp_path / "pin")


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "zeros":
        path.write_bytes(bytes(len(data)))
    elif how == "longer":
        path.write_bytes(data + b"\x00")
    elif how == "huge":
        path.write_bytes(data + bytes(3 * 1024 * 1024))
    elif how == "link":
        path.unlink()
        path.symlink_to(path.with_name("pin.old"))
    else:
        path.unlink()
        path.mkdir()


HOW = ["gone", "empty", "zeros", "longer", "huge", "link", "folder"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("slot", ["pin.0", "pin.1"])
def test_O04_one_damaged_copy_never_lowers_the_pin(tmp_path: Path, slot: str, how: str) -> None:
    for data in (b"seq 1", b"seq 2"):
        write_twice(tmp_path / "pin", data)
    damage(tmp_path / slot, how)
    assert read_twice(tmp_path / "pin") == b"seq 2"


@pytest.mark.parametrize("slot", ["pin.0", "pin.1"])
def test_O04_every_cut_and_every_flipped_bit_is_seen(tmp_path: Path, slot: str) -> None:
    for data in (b"seq 1", b"seq 2"):
        write_twice(tmp_path / "pin", data)
    whole = (tmp_path / slot).read_bytes()
    torn = [whole[:length] for length in range(len(whole))]
    torn += [
        whole[:index] + bytes([whole[index] ^ 1 << bit]) + whole[index + 1 :]
        for index in range(len(whole))
        for bit in range(8)
    ]
    for data in torn:
        (tmp_path / slot).write_bytes(data)
        assert read_twice(tmp_path / "pin") == b"seq 2"


@pytest.mark.parametrize("how", [how for how in HOW if how != "gone"])
def test_O04_two_damaged_copies_are_refused_and_not_written_over(tmp_path: Path, how: str) -> None:
    write_twice(tmp_path / "pin", b"seq 2")
    for slot in ("pin.0", "pin.1"):
        damage(tmp_path / slot, how)
    for attempt in (lambda: read_twice(tmp_path / "pin"), lambda: write_twice(tmp_path / "pin", b"seq 0")):
        with pytest.raises(FileError, match="damaged") as caught:
            attempt()
        assert caught.value.code == "both-copies-damaged"


def test_O04_copies_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    write_twice(tmp_path / "pin", b"one")
    write_twice(tmp_path / "other", b"two")
    (tmp_path / "other.1").replace(tmp_path / "pin.1")
    with pytest.raises(FileError, match="damaged"):
        read_twice(tmp_path / "pin")


@pytest.mark.parametrize("before", [[], [b"seq 1"], [b"seq 1", b"seq 2"]], ids=len)
def test_O04_a_power_cut_at_any_step_leaves_the_old_or_the_new(tmp_path: Path, monkeypatch, before) -> None:
    """Every call that changes the disk is, in turn, the one that never happens; a write is cut in half."""
    cuts = 0
    while True:
        folder = tmp_path / str(cuts)
        folder.mkdir()
        for data in before:
            write_twice(folder / "pin", data)
        finished = run_until_cut(monkeypatch, cuts, partial(write_twice, folder / "pin", b"seq 3"))
        allowed = {b"seq 3"} if finished else {b"seq 3", *before[-1:]}
        assert read_or_missing(folder / "pin") in (allowed if before or finished else {b"seq 3", None})
        if finished:
            break
        write_twice(folder / "pin", b"seq 4")
        assert read_twice(folder / "pin") == b"seq 4"
        cuts += 1
    assert cuts >= 10


def read_or_missing(path: Path) -> bytes | None:
    try:
        return read_twice(path)
    except FileMissingError:
        return None


def run_until_cut(monkeypatch, cuts: int, work: Callable[[], None]) -> bool:
    """Run `work`, but stop it for good at call number `cuts`; return whether it got through."""
    left = [cuts]

    def cutting(real):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] == -1 and real is write:
                write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            if left[0] < 0:
                raise PowerCut
            return real(*arguments, **options)

        return call

    write = os.write
    with monkeypatch.context() as patch:
        for name in ("write", "fsync", "replace", "unlink", "fchmod"):
            patch.setattr(os, name, cutting(getattr(os, name)))
        try:
            work()
        except PowerCut:
            return False
    return True


def test_O04_what_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="at most"):
        write_twice(tmp_path / "pin", bytes(1024 * 1024 + 1))
    assert names(tmp_path) == []
