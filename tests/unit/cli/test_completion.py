"""Completion as bash, zsh and fish ask for it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).parent / "securecall"
SHELLS: Mapping[str, Mapping[str, str]] = {
    "bash": {"COMP_WORDS": "securecall doc ", "COMP_CWORD": "2"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "securecall doc "},
    "fish": {"_TYPER_COMPLETE_ARGS": "securecall doc ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.mark.parametrize("shell", SHELLS)
def test_verbs_are_offered_without_a_profile_or_a_passphrase(shell: str, tmp_path: Path) -> None:
    asked = {"_SECURECALL_COMPLETE": f"complete_{shell}", "SECURECALL_HOME": str(tmp_path / "none")}
    environment = {**os.environ, **SHELLS[shell], **asked}
    done = subprocess.run([PROGRAM], check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"add", "list", "get"} <= {word.partition("\t")[0].strip('"( ').partition('"')[0] for word in _words(done)}


def _words(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines offered; zsh gets them within one call."""
    return done.stdout.removeprefix("_arguments '*: :((").splitlines()
