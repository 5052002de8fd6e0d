"""What runs before anything is installed: the scripts parse, and name what must come from the system."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / ".ci").iterdir())
BASH = "/bin/bash"


def put_program(folder: Path, name: str, body: str) -> None:
    """Put a small shell program into a folder that stands for the PATH."""
    program = folder / name
    program.write_text(f"#!{BASH}\n{body}\n", "utf-8")
    program.chmod(0o755)


def run_system(path: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Run `.ci/system` with nothing but the given folder on the PATH."""
    environment = {"PATH": str(path), "SECURECALL_INSTALLED": str(path / "installed")}
    command = [BASH, str(ROOT / ".ci" / "system"), *packages]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_parses_and_runs(script: Path) -> None:
    subprocess.run([BASH, "-n", str(script)], check=True)
    assert os.access(script, os.X_OK)


def test_anybody_but_root_is_shown_one_line(tmp_path: Path) -> None:
    put_program(tmp_path, "apt-get", 'echo "$@" >>"${0%/*}/calls"')
    put_program(tmp_path, "id", "echo 1000")
    answer = run_system(tmp_path, "strace")
    assert answer.returncode == 1
    assert "apt-get install --yes --no-install-recommends strace" in answer.stderr
    assert not (tmp_path / "calls").exists()


def test_root_installs_and_the_run_hears_of_it(tmp_path: Path) -> None:
    put_program(tmp_path, "apt-get", 'echo "$1" >>"${0%/*}/calls"')
    put_program(tmp_path, "id", "echo 0")
    answer = run_system(tmp_path, "strace")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "calls").read_text("utf-8").split() == ["update", "install"]
    assert (tmp_path / "installed").read_text("utf-8").split() == ["strace"]


def test_an_installation_that_fails_is_said_so(tmp_path: Path) -> None:
    put_program(tmp_path, "apt-get", "exit 100")
    put_program(tmp_path, "id", "echo 0")
    answer = run_system(tmp_path, "strace")
    assert answer.returncode == 1
    assert "did not work" in answer.stderr
    assert not (tmp_path / "installed").exists()


def run_tools(path: Path) -> subprocess.CompletedProcess[str]:
    """Run `make tools` as root with nothing but the given folder on the PATH, and every program but a browser in it."""
    make = shutil.which("make")
    assert make is not None
    (path / "bash").symlink_to(BASH)
    put_program(path, "id", "echo 0")
    put_program(path, "apt-get", f'case "$*" in *install*chromium) echo "#!{BASH}" >"${{0%/*}}/chromium";; esac')
    for name in ("strace", "spin", "cc", "soffice", "age"):
        put_program(path, name, "exit 1")
    environment = {"PATH": str(path), "SECURECALL_INSTALLED": str(path / "installed")}
    return subprocess.run([make, "tools"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_browser_that_is_missing_is_installed_and_said(tmp_path: Path) -> None:
    answer = run_tools(tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "Installing from the system: chromium\n"
    assert (tmp_path / "installed").read_text("utf-8") == "chromium\n"


def test_a_browser_that_is_there_is_taken(tmp_path: Path) -> None:
    put_program(tmp_path, "chromium", "exit 1")
    answer = run_tools(tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "")
    assert not (tmp_path / "installed").exists()
