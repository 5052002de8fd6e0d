"""A place to run commands in: an empty folder, a passphrase file, no terminal, and acts that are made here."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from securecall_client.cli import ask, main, program
from securecall_client.results.exercises import ExerciseAnswers
from tests.unit.cli.acts import Acts, give_everything, made, open_nothing, write_files

PASSPHRASE = "harbour violin seventeen moss"


class Place:
    """Where commands run. ``home`` is the profile's folder, ``files`` the current one."""

    def __init__(self, root: Path) -> None:
        self.home, self.files = root / "home", root / "files"
        self.passphrase = root / "passphrase"
        self.files.mkdir()
        write_files(self.files)
        self.passphrase.write_text(PASSPHRASE + "\n", "utf-8")
        self.passphrase.chmod(0o600)

    def begin(self) -> None:
        """Let there be a profile."""
        self.home.mkdir()
        (self.home / "keystore").write_bytes(b"sealed")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path)
    monkeypatch.chdir(place.files)
    monkeypatch.setenv("SECURECALL_HOME", str(place.home))
    monkeypatch.setenv("SECURECALL_PASSPHRASE_FILE", str(place.passphrase))
    monkeypatch.delenv("SECURECALL_DEBUG", raising=False)
    monkeypatch.setattr(ask, "someone_is_there", lambda: False)
    monkeypatch.setattr(ask, "types_here", lambda: False)
    # It cannot be undone, and the tests of this process are not what must be kept out of a core dump.
    monkeypatch.setattr(program, "harden_process", lambda: None)
    return place


@pytest.fixture
def acts(place: Place, monkeypatch: pytest.MonkeyPatch) -> Acts:
    acts = Acts(monkeypatch)
    monkeypatch.setattr("securecall_client.opening.open_session", open_nothing(acts))
    give_everything(acts)
    shown = made(ExerciseAnswers)
    assert isinstance(shown, ExerciseAnswers)
    acts.give("acts.exercises.show_exercise", replace(shown, template="who-does-what", title="Amina", state="open"))
    return acts


@pytest.fixture
def run(acts: Acts, place: Place, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; gives the exit code, stdout and stderr.

    Founding, joining and linking find no profile, all else one.
    """

    def run(*words: str) -> tuple[int, str, str]:
        begins = {"found", "join"} & set(words) or "device link" in " ".join(words)
        if not place.home.exists() and not begins:
            place.begin()
        capfd.readouterr()
        code = main(words)
        out, err = capfd.readouterr()
        return code, out, err

    return run
