"""At the end of `make fuzz`: how many inputs each decoder took."""

import pytest

from tests.fuzz.engine import SECONDS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line a target: its name, the inputs it was given, and how many of those it read."""
    reports = terminalreporter.stats.get("passed", [])
    tallies = sorted(value for report in reports for name, value in report.user_properties if name == "fuzzed")
    if not SECONDS or not tallies:
        return
    terminalreporter.section("inputs tried")
    for target, tried, taken in tallies:
        terminalreporter.write_line(f"{target:<44} {tried:>10,} tried {taken:>10,} read")
    terminalreporter.write_line(f"{'altogether':<44} {sum(tried for _, tried, _ in tallies):>10,}")
