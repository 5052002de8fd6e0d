"""What holds for every test: how Hypothesis looks for counterexamples, and which tests are not quick."""

import pytest
from hypothesis import settings

# No deadline: two workers share the machine, and a slow example is not a wrong one.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

HEAVY = ("live", "contract")
"""Folders whose tests start real processes and databases: none of them is among the quick ones."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes its time, so that `make test-fast` leaves it out."""
    for item in items:
        if item.path.parent.name in HEAVY:
            item.add_marker(pytest.mark.slow)
