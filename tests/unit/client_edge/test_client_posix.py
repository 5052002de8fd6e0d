"""What the client asks of the operating system: private folders, one process at a time, no memory dumps."""

import ctypes
import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from securecall_client.errors import FileError, ProfileBusyError
from securecall_client.file_lock import lock_file
from securecall_client.folder import Folder, private_dir
from securecall_client.posix import harden_process

HOLD = """
import sys
from pathlib import Path
from securecall_client.file_lock import lock_file
with lock_file(Path(sys.argv[1]), 0, command="call watch"):
    print("held", flush=True)
    sys.stdin.read()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def start_holder(lock: Path) -> "subprocess.Popen[str]":
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: "subprocess.Popen[str]") -> None:
    holder.communicate("")


@pytest.mark.skipif(sys.platform != "linux", reason="what is read back here is Linux's")
def test_T05_no_core_dump_and_no_reading_of_memory() -> None:
    code = (
        "import ctypes, resource\n"
        "from securecall_client.posix import harden_process\n"
        "harden_process()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "(0, 0) 0\n"


def test_T05_a_system_that_refuses_is_not_passed_over(monkeypatch) -> None:
    class Refusing:
        def prctl(self, *arguments: object) -> int:
            return -1

    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Refusing())
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Exception, match="crash dumps"):
        harden_process()


def test_T09_a_private_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = private_dir(tmp_path / "a" / "b")
    finally:
        os.umask(old)
    assert made == tmp_path / "a" / "b"
    assert mode(made) == 0o700


def test_T09_permissions_are_tightened_at_each_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    private_dir(tmp_path)
    assert mode(tmp_path) == 0o700


@pytest.mark.parametrize("target", ["there", "dangling"])
def test_T09_a_linked_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "there").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(FileError, match="symbolic link"):
        private_dir(tmp_path / "link")
    assert mode(tmp_path / "there") == 0o755
    assert not (tmp_path / "dangling").exists()


def test_T09_another_users_folder_is_refused_and_left_alone(tmp_path: Path, monkeypatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(FileError, match="another user"):
        private_dir(tmp_path)
    assert mode(tmp_path) == 0o755


def test_T09_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="cannot be used"):
        private_dir(tmp_path / "file")


def test_a_free_lock_is_taken_and_given_back(tmp_path: Path) -> None:
    for _ in range(2):
        with lock_file(tmp_path / "lock", 0):
            assert (tmp_path / "lock").read_text().startswith(f"{os.getpid()}\n")
    assert (tmp_path / "lock").read_bytes() == b""
    assert mode(tmp_path / "lock") == 0o600


@pytest.mark.parametrize("call", ["ftruncate", "write"])
def test_o06_a_disk_that_does_not_take_our_name_keeps_nobody_from_the_lock(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, fail)
    with lock_file(tmp_path / "lock", 0), pytest.raises(ProfileBusyError), lock_file(tmp_path / "lock", 0):
        pytest.fail("the lock was held")


def test_the_second_is_told_for_whom_it_waits_and_then_why_it_gives_up(tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "lock")
    told: list[str] = []
    with (
        pytest.raises(ProfileBusyError) as caught,
        lock_file(tmp_path / "lock", 0.15, on_wait=told.append),
    ):
        pytest.fail("the lock was held")
    end(holder)
    assert told == [f"process {holder.pid} (call watch)"]
    assert f"process {holder.pid} (call watch)" in str(caught.value)
    assert caught.value.code == "profile-busy"


def test_without_waiting_nobody_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    with lock_file(tmp_path / "lock", 0):  # noqa: SIM117  one after the other is what is tested
        with pytest.raises(ProfileBusyError), lock_file(tmp_path / "lock", 0, on_wait=told.append):
            pytest.fail("the lock was held")
    assert told == []


def test_who_takes_turns_waits_a_while_without_a_word(tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "lock")
    told: list[str] = []
    with pytest.raises(ProfileBusyError), lock_file(tmp_path / "lock", 0.15, on_wait=told.append, quiet=60):
        pytest.fail("the lock was held")
    end(holder)
    assert told == []


@pytest.mark.parametrize("wait", [None, 60])
def test_the_second_goes_on_when_the_first_has_finished(tmp_path: Path, wait: float | None) -> None:
    holder = start_holder(tmp_path / "lock")
    with lock_file(tmp_path / "lock", wait, on_wait=lambda _: end(holder)):
        assert holder.returncode == 0


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "lock")
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with lock_file(tmp_path / "lock", 0):
        pass


def test_two_threads_never_hold_it_at_once(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(3):
            with lock_file(tmp_path / "lock", None):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 9


def test_T09_a_linked_lock_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(FileError, match="lock file"), lock_file(tmp_path / "lock", 0):
        pytest.fail("the link was followed")
    assert (tmp_path / "target").read_text() == "precious"


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_F02_publishing_never_overwrites(tmp_path: Path, monkeypatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", refuse_links)
    (tmp_path / "taken").write_text("old")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with Folder(tmp_path) as folder:
        os.close(folder.create("new", 0o600))
        for name in ("taken", "dangling"):
            with pytest.raises(FileExistsError):
                folder.publish("new", name)
        folder.publish("new", "free")
    assert (tmp_path / "taken").read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["dangling", "free", "taken"]


def refuse_links(*names: object, **options: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_F02_a_folder_held_open_stays_the_same_one(tmp_path: Path) -> None:
    (tmp_path / "chosen").mkdir()
    with Folder(tmp_path / "chosen") as folder:
        (tmp_path / "chosen").rename(tmp_path / "moved")
        (tmp_path / "chosen").mkdir()
        os.close(folder.create("file", 0o600))
    assert (tmp_path / "moved" / "file").exists()
    assert not (tmp_path / "chosen" / "file").exists()


needs_nameless = pytest.mark.skipif(sys.platform != "linux", reason="files without a name are Linux's")


@needs_nameless
def test_F02_naming_a_nameless_file_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("old")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with Folder(tmp_path) as folder:
        file = folder.create_nameless(0o600)
        assert file is not None
        os.write(file, b"new")
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["dangling", "taken"]
        for name in ("taken", "dangling"):
            with pytest.raises(FileExistsError):
                folder.publish(file, name)
        folder.publish(file, "free")
        os.close(file)
    assert (tmp_path / "taken").read_text() == "old"
    assert (tmp_path / "free").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "free").stat().st_mode) == 0o600


@needs_nameless
def test_where_nameless_files_cannot_be_named_there_are_none(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "link", refuse_links)
    with Folder(tmp_path) as folder:
        assert folder.create_nameless(0o600) is None
    assert list(tmp_path.iterdir()) == []


SAVES = """
import os, signal, sys
from pathlib import Path
from securecall_client.files import save_as, save_new
from securecall_client.posix import harden_process
harden_process()
folder = Path(sys.argv[1])
saving = save_new(folder, "report.pdf") if sys.argv[2] == "new" else save_as(folder / "report.pdf")
with saving as file:
    file.write(b"plaintext" * 100_000)
    if sys.argv[3] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@needs_nameless
@pytest.mark.parametrize("how", ["new", "as"])
def test_T04_a_process_that_is_killed_while_it_saves_leaves_nothing(tmp_path: Path, how: str) -> None:
    command = [sys.executable, "-c", SAVES, str(tmp_path), how]
    killed = subprocess.run([*command, "killed"], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
    subprocess.run([*command, "finished"], check=True, timeout=60)
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.pdf"]


def test_without_what_posix_has_it_says_what_is_not_limited() -> None:
    code = (
        "import sys\n"
        "sys.modules['fcntl'] = sys.modules['resource'] = None\n"
        "from securecall_client.posix import close_doors, limit_process, not_limited\n"
        "limit_process(1, 1)\n"
        "close_doors()\n"
        "print(not_limited())\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("This system does not let SecureCall limit the memory")
