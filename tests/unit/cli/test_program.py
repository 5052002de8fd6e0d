"""The program as a process: quick to start, quiet at a prompt, and the manual that agrees with it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from securecall_client.cli.manual import manual

ROOT = Path(__file__).parents[3]
SLOW = {"aiohttp", "aiosqlite", "cryptography", "nacl", "pycountry", "rich", "sqlite3", "argon2", "jinja2", "msgspec"}
PROGRAM = [sys.executable, "-c", "import sys; from securecall_client.cli import main; sys.exit(main())"]


def test_the_manual_is_what_the_program_says() -> None:
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert page == manual(), "run: python -m securecall_client.cli.manual > docs/cli.md"


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["call", "open", "--help"], ["call", "--json"]])
def test_it_answers_without_loading_what_is_slow(words) -> None:
    code = (
        "import sys\n"
        "from securecall_client.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        f"finally:\n    print(sorted({SLOW!r} & set(sys.modules)))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_t05_it_keeps_its_memory_out_of_core_dumps() -> None:
    code = (
        "import resource\nfrom securecall_client.cli import main\nmain(['--version'])\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "(0, 0)"


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_nouns_and_verbs(shell) -> None:
    environment = {
        **os.environ,
        "_SECURECALL_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "securecall call ",
        "COMP_CWORD": "2",
        "_TYPER_COMPLETE_ARGS": "securecall call ",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    answer = subprocess.run(PROGRAM, env=environment, capture_output=True, text=True, check=False)
    assert all(verb in answer.stdout for verb in ("open", "watch", "rotate"))


@pytest.mark.slow
def test_a_legacy_terminal_gets_numbers_for_letters_it_lacks(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "SECURECALL_HOME": str(tmp_path / "Ö")}
    answer = subprocess.run([*PROGRAM, "whoami"], env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "\\xd6" in answer.stderr


@pytest.fixture
def terminal():
    """The two ends of a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no terminals of this kind")
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def type_in(ours: int, keys: bytes) -> None:
    """Type what is more than a terminal takes at once, beside whoever reads its screen."""
    threading.Thread(target=lambda: [os.write(ours, keys[i : i + 64]) for i in range(0, len(keys), 64)]).start()


ASK_FOR_A_TEXT = "from securecall_client.cli import handover; print('got', len(handover.read('invitation', None)))"


def at(terminal: tuple[int, int], home: Path, keys: bytes, program: str = PROGRAM[2]) -> tuple[int, bytes]:
    """Run `whoami` at a terminal and type ``keys`` when it asks; gives the exit code and what the screen showed."""
    ours, theirs = terminal
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SECURECALL")}
    # The first terminal that a new session opens is the one that prompts are put on.
    # Ctrl-C counts at a terminal even where the tests themselves were started with it turned off, as behind `&`.
    code = (
        "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "os.close(os.open(os.ttyname(0), os.O_RDWR)); " + program
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "whoami", "--home", str(home)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while True:
            data = os.read(ours, 1024)
            asked = b": " not in seen and b": " in seen + data
            seen += data
            if asked:
                type_in(ours, keys)
            if not data:
                break
    except OSError:  # how Linux says that nobody holds the other end any more
        pass
    return process.wait(), seen


@pytest.mark.slow
def test_a_text_longer_than_a_terminals_line_is_read_whole_and_not_shown(terminal, tmp_path: Path) -> None:
    code, seen = at(terminal, tmp_path, b"violin-" * 1000 + b"wrong\x7f\x7f\x7f\x7f\x7f\n", ASK_FOR_A_TEXT)
    assert code == 0, seen
    assert b"got 7000" in seen
    assert b"violin" not in seen


@pytest.mark.slow
def test_a_passphrase_is_not_shown_as_it_is_typed(terminal, tmp_path: Path) -> None:
    (tmp_path / "keystore").write_bytes(b"no keystore")
    code, seen = at(terminal, tmp_path, b"harbour violin\n")
    assert code == 1
    assert b"violin" not in seen
    assert b"Traceback" not in seen


@pytest.mark.slow
def test_ctrl_c_at_the_prompt_is_quiet(terminal, tmp_path: Path) -> None:
    (tmp_path / "keystore").write_bytes(b"no keystore")
    code, seen = at(terminal, tmp_path, b"\x03")
    assert code == 130
    assert b"Traceback" not in seen
