"""`.ci/venv`: an environment is what the locks say, in the folder in which it stands, however it came to be there."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASH = "/bin/bash"
OLD = 1_000_000_000
"""A moment (unix seconds) before any environment was made: what an archive says of the files in it."""
PYTHON = f"""#!{BASH}
case "$*" in
  "-m venv --clear .venv")
    rm -rf .venv && mkdir -p .venv/bin && cp "$(command -v "$0")" .venv/bin/python && echo made >>log ;;
  *"pip install"*" -r "*) echo "${{@: -1}}" >>log; [ ! -e broken ] ;;
esac
"""
RUN, DEV = "requirements.lock", "requirements-dev.lock"


@dataclass
class Folder:
    """A project's folder with nothing in it but its locks, and a Python that only says what it was asked to do."""

    path: Path

    def make(self, *what: str, works: bool = True) -> list[str]:
        """Make or refresh the environment; gives what was made and installed."""
        (self.path / "log").write_text("", "utf-8")
        environment = {"PATH": f"{self.path}:/usr/bin:/bin"}
        run = subprocess.run(
            [BASH, str(self.path / ".ci" / "venv"), *what], env=environment, capture_output=True, text=True, check=False
        )
        assert (run.returncode == 0) == works, run.stderr
        return (self.path / "log").read_text("utf-8").split()

    def put(self, name: str, text: str, at: int | None = None) -> None:
        """Put a file there, as of ``at``, or of now."""
        (self.path / name).write_text(text, "utf-8")
        if at is not None:
            os.utime(self.path / name, (at, at))

    def broken(self, *, is_broken: bool) -> None:
        """Whether what is being installed is cut short."""
        (self.path / "broken").unlink(missing_ok=True)
        if is_broken:
            self.put("broken", "")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "here"
    (path / ".ci").mkdir(parents=True)
    (path / ".ci" / "venv").write_bytes((ROOT / ".ci" / "venv").read_bytes())
    (path / "python3.11").write_text(PYTHON, "utf-8")
    (path / "python3.11").chmod(0o755)
    made = Folder(path)
    for name in (RUN, DEV, "pyproject.toml"):
        made.put(name, "one\n", OLD)
    return made


def test_an_environment_is_made_once_and_what_tests_need_is_added_once(folder: Folder) -> None:
    assert folder.make() == ["made", RUN]
    assert folder.make() == []
    assert folder.make("dev") == [DEV]
    assert folder.make("dev") == folder.make() == []


@pytest.mark.parametrize("name", [RUN, "pyproject.toml"])
def test_a_lock_that_says_something_else_counts_however_old_the_file_is(folder: Folder, name: str) -> None:
    folder.make("dev")
    folder.put(name, "two\n", OLD)
    # What tests need may fit to what was there before, and not to what is there now.
    assert folder.make("dev") == [RUN, DEV]
    folder.put(DEV, "two\n", OLD)
    assert (folder.make(), folder.make("dev")) == ([], [DEV])


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_an_environment_that_was_refreshed_by_half_is_never_taken_for_whole(folder: Folder, lock: str) -> None:
    folder.make("dev")
    folder.put(lock, "two\n")
    folder.broken(is_broken=True)
    assert lock in folder.make("dev", works=False)
    folder.broken(is_broken=False)
    folder.put(lock, "one\n", OLD)
    assert lock in folder.make("dev")
    assert folder.make("dev") == []


@pytest.mark.parametrize("whole", [True, False])
def test_an_environment_that_was_moved_is_made_anew(folder: Folder, whole: bool) -> None:
    folder.broken(is_broken=not whole)
    folder.make("dev", works=whole)
    moved = Folder(folder.path.rename(folder.path.parent / "there"))
    moved.broken(is_broken=False)
    assert moved.make("dev") == ["made", RUN, DEV]
