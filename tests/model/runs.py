"""Runs of Spin over `space.pml`: what must hold, and every rule taken out once."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("space.pml")
SMALL = ("ITEMS=4", "PLACES=4")
"""Three things signed after the first entry, four places a branch: every rule that is taken out shows in it."""
LARGE = ("ITEMS=5", "PLACES=4")
LONG = ("ITEMS=10", "PLACES=8", "HONEST")
"""Long enough for every change to lose a race and to be made anew."""


@dataclass(frozen=True, slots=True)
class Run:
    """The model with these definitions; ``broken`` says that the checker must find an error in it."""

    name: str
    defines: tuple[str, ...]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many states were looked at, what was violated (None: nothing), and how long it took in seconds."""

    states: int
    violated: str | None
    seconds: float


def _without(rule: str, switch: str, bounds: tuple[str, ...] = SMALL) -> Run:
    return Run(f"without {rule}", (*bounds, switch), broken=True)


SAMPLE = (
    Run("all rules, few items", SMALL),
    Run("an honest server, to the end", LONG),
    _without("`seen`", "NO_SEEN"),
    _without("rotations that are due", "NO_DUE"),
)
SWEEP = (
    Run("all rules", LARGE),
    *SAMPLE,
    _without("the roster", "NO_ROSTER"),
    _without("`previous`", "NO_CAS"),
    _without("the running epoch of records", "NO_EPOCH"),
    _without("exact grants", "NO_GRANTS"),
    _without("pins", "NO_PINS"),
    _without("a new epoch upon a removal", "NO_NEW_EPOCH"),
    _without("a fresh seed for every attempt", "OLD_SEED"),
    _without("making anew what lost", "NO_REMAKE", LONG),
)


def check(run: Run, folder: Path) -> Outcome:
    """Search every state of a run, in a folder of its own. Raises: CalledProcessError, RuntimeError."""
    folder.mkdir()
    begun = time.perf_counter()
    _call(folder, "spin", "-a", *(f"-D{name}" for name in run.defines), str(MODEL))
    # What goes wrong is found at once: then compiling quickly matters more than running quickly.
    _call(folder, "cc", "-O0" if run.broken else "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c")
    said = _call(folder, "./pan", "-E", "-m10000", "-w24")
    errors, states = re.search(r"errors: (\d+)", said), re.search(r"(\d+) states, stored", said)
    violated = re.search(r"^pan:1: (.*)$", said, re.MULTILINE)
    whole = "Search not completed" not in said and "max search depth too small" not in said
    if errors is None or states is None or (violated is None) != (errors[1] == "0" and whole):
        raise RuntimeError(f"the checker did not come to an end:\n{said}")
    return Outcome(int(states[1]), violated and violated[1], time.perf_counter() - begun)


def _call(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
