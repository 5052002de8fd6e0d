"""Somebody at a computer of their own, who runs the command in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "securecall"
PASSPHRASE = "harbour violin seventeen moss"


class Seat:
    """A folder with a profile and the passphrase to it; commands of ``program`` run there."""

    def __init__(self, folder: Path, program: Path = PROGRAM) -> None:
        folder.mkdir()
        self.folder, self.home, self.program = folder, folder / "home", program
        secret = folder / "passphrase"
        secret.write_text(f"{PASSPHRASE}\n", "utf-8")
        secret.chmod(0o600)
        self.environment = {
            **os.environ,
            "SECURECALL_HOME": str(self.home),
            "SECURECALL_PASSPHRASE_FILE": str(secret),
        }

    def run(self, *words: object, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; ``given`` comes on its standard input."""
        line = [str(self.program), *map(str, words)]
        return subprocess.run(
            line,
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def told(self, *words: object, given: str = ""):
        """The document that a command gives."""
        answer = self.run(*words, "--json", given=given)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return json.loads(answer.stdout)

    def found(self, url: str, code: str) -> None:
        """Found a coalition."""
        words = ["found", "C", "--server", url, "--name", "Sec", "--org", "Secretariat", "--from", "-"]
        self.told(*words, "--passphrase-memory", "64", given=code)

    def join(self, name: str, invitation: str) -> None:
        """Ask to be let in."""
        self.told("join", "--name", name, "--from", "-", "--no-wait", "--passphrase-memory", "64", given=invitation)

    def stands(self) -> list[tuple[str, int, str]]:
        """Space, place and head of everything here, as it is shown after a sync."""
        return [(space["space"], space["seq"], space["head"]) for space in self.told("sync")["spaces"]]
