"""The lock files of Python as data: what is installed, in which version, by which files."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
"""What it takes to build and run."""
DEV_LOCK = ROOT / "requirements-dev.lock"
"""The same, and what checks and tests need."""
_PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package; ``hashes`` are the SHA-256 (hex) of the files that may be installed as it."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(text: str) -> list[Pin]:
    """The pins in the order of the lock. Raises: ValueError for a line that is none."""
    pins = []
    for line in text.replace("\\\n", " ").splitlines():
        found, hashes = _PIN.match(line), _HASH.findall(line)
        if found is None or not hashes:
            raise ValueError(f"not a package with its hashes: {line[:80]}")
        pins.append(Pin(found[1], found[2], tuple(sorted(hashes))))
    return pins
