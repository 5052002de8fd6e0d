"""What the demonstration tells: progress while it runs, a short table at its end, and one JSON document."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from securecall_client.cli.table import table
from securecall_client.demo.cast import COMMAND, CROWD
from securecall_client.demo.checks import Check
from securecall_client.demo.person import PASSPHRASE_MIB, Reply
from securecall_client.progress import Say
from securecall_client.text import for_terminal

SLOWEST: Final = 5
NOTE: Final = (
    f"Profiles of the demo cost {PASSPHRASE_MIB} MiB of memory a guess at the passphrase, the floor; a profile of"
    " yours costs 256 MiB unless you choose otherwise, so each command takes a little longer to unlock it."
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it went; one that could not be played has no checks and did not hold."""

    number: int
    title: str
    played: bool
    seconds: float
    checks: list[Check]

    @property
    def held(self) -> bool:
        """Whether it was played, and all its checks held."""
        return self.played and bool(self.checks) and all(check.held for check in self.checks)


@dataclass(frozen=True, slots=True)
class Report:
    """A run. ``failure`` is why the play broke off, ``left`` says where things lie if they were left."""

    steps: Sequence[Step]
    seconds: float
    replies: Sequence[Reply]
    failure: str | None
    left: dict[str, object] | None

    @property
    def held(self) -> bool:
        """Whether every step was played and every check held."""
        return self.failure is None and bool(self.steps) and all(step.held for step in self.steps)

    def document(self) -> dict[str, object]:
        """The document of `--json`."""
        slowest = sorted(self.replies, key=lambda reply: -reply.seconds)[:SLOWEST]
        return {
            "held": self.held,
            "seconds": round(self.seconds, 2),
            "passphrase_mib": PASSPHRASE_MIB,
            "steps": [_step(step) for step in self.steps],
            "commands": len(self.replies),
            "slowest": [{"command": reply.command, "seconds": round(reply.seconds, 2)} for reply in slowest],
            "failure": self.failure,
            "left": self.left,
        }

    def words(self) -> Iterator[str]:
        """The table for people, and what did not hold."""
        rows = [(str(step.number), step.title, _counted(step), f"{step.seconds:.1f} s") for step in self.steps]
        yield table(("Step", "What", "Checks", "Time"), rows)
        yield ""
        checks = [check for step in self.steps for check in step.checks]
        people = f"{len(COMMAND)} people, and {len(CROWD)} more in one process"
        total = f"{len(self.replies)} commands by {people}; {self.seconds:.1f} s by the demo's own clock."
        if self.held:
            yield f"All {len(checks)} checks held: {total}"
        else:
            yield f"{sum(not check.held for check in checks)} of {len(checks)} checks did not hold: {total}"
        yield NOTE
        for check in checks:
            if not check.held:
                yield f"Did not hold: {for_terminal(check.words)}. {for_terminal(check.detail)}"
        if self.failure is not None:
            yield f"The play broke off. {for_terminal(self.failure, newlines=True)}"


class Narrator:
    """Tells what happens, as it happens, on stderr."""

    def __init__(self, say: Say) -> None:
        self._say, self._began = say, time.monotonic()

    def step(self, number: int, title: str) -> None:
        """A step begins."""
        self._say.line(f"[{time.monotonic() - self._began:5.1f} s] {number}. {title}")

    def check(self, check: Check) -> None:
        """A check was made."""
        detail = f": {check.detail}" if check.detail else ""
        self._say.line(f"           {'held' if check.held else 'DID NOT HOLD'}: {check.words}{detail}")


def _step(step: Step) -> dict[str, object]:
    return {
        "step": step.number,
        "title": step.title,
        "held": step.held,
        "played": step.played,
        "seconds": round(step.seconds, 2),
        "checks": [asdict(check) for check in step.checks],
    }


def _counted(step: Step) -> str:
    if not step.played:
        return "not played"
    held = sum(check.held for check in step.checks)
    return f"{held} of {len(step.checks)} held"
