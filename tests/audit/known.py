"""Known vulnerabilities of what the lock names, by pip-audit, and what its answer is worth (row O15).

Where its source is not reached, pip-audit passes each package over and still ends well. That is no clean result, and
is not said to be one.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out: packages looked up and not, and each known vulnerability as a line."""

    looked_up: int
    passed_over: tuple[str, ...]
    known: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether the source answered at all."""
        return self.looked_up > 0


def ask(lock: Path) -> Finding:
    """Ask for everything in ``lock``."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--format", "json",
               "--progress-spinner", "off", "--timeout", "20"]  # fmt: skip
    asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return read(asked.stdout)


def read(answer: str) -> Finding:
    """What pip-audit's answer says; none at all if its source was not there."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    passed_over = tuple(package["name"] for package in packages if "skip_reason" in package)
    known = tuple(
        f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package.get("vulns", ())
    )
    return Finding(len(packages) - len(passed_over), passed_over, known)
