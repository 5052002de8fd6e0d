"""What holds for every test: how Hypothesis looks for counterexamples, which tests run, and the seed of random ones."""

import os
import random
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: two workers share the machine, and a slow example is not a wrong one.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("quick", settings.get_profile("house"), max_examples=25)
settings.load_profile("house")

QUICK = "not slow"
"""What `make test-fast` asks for: the tests that are quick, of random examples a quarter, and no disk to wait for."""
MEMORY = Path("/dev/shm")  # noqa: S108  pytest makes a folder of its own in it, for its user alone
"""Where Linux keeps files in memory."""
HEAVY = ("live", "contract", "fuzz", "browser")
"""Folders whose tests start processes and browsers, or try thousands of inputs: none is among the quick ones."""
FIGURE = "figure"
"""What `record_property` is given for a line that stands at the end of the run, and in `docs/assurance.md`."""

SEED = 160

# A shell that starts the tests in the background lets them, and every process they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the examples and the disk of the quick tests."""
    if config.option.markexpr == QUICK:
        settings.load_profile("quick")
        if os.access(MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read nothing of what is left out whole: its imports alone take a second."""
    return True if config.option.markexpr == QUICK and collection_path.name in HEAVY else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what takes its time, so that `make test-fast` leaves it out, and leave sweeps to `make soak`."""
    for item in items:
        if item.path.parent.name in HEAVY:
            item.add_marker(pytest.mark.slow)
    if "soak" in config.option.markexpr:
        return
    sweeps = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if item not in sweeps]
    config.hook.pytest_deselected(items=sweeps)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the figures of the tests that have some."""
    passed = terminalreporter.stats.get("passed", [])
    figures = [str(value) for report in passed for name, value in report.user_properties if name == FIGURE]
    if figures:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(figures))


@pytest.fixture
def drawn(request: pytest.FixtureRequest) -> int:
    """The seed of what is drawn in this test: the same in each run of `make test`, another in each sweep; said."""
    swept = request.node.get_closest_marker("soak") is not None
    seed = int(os.environ.get("SECURECALL_TEST_SEED") or (random.randrange(1 << 32) if swept else SEED))
    print(f"Again with: SECURECALL_TEST_SEED={seed}")
    return seed
