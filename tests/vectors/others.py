"""Where the test vectors of others stand: beside the repository, never copied into it."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "vectors"


def find(name: str) -> Path:
    """The file or folder ``name`` of the others' vectors; fails, or skips if asked to, where there is none."""
    named = os.environ.get("SECURECALL_VECTORS", "")
    if named == "none":
        pytest.skip("SECURECALL_VECTORS=none: the test vectors of others are left out")
    path = (Path(named) if named else BESIDE) / name
    if not path.exists():
        pytest.fail(
            f"The test vectors of others are not there: {name} is expected in ../shared/vectors beside the repository, "
            "or in the folder that SECURECALL_VECTORS names (SECURECALL_VECTORS=none leaves them out)."
        )
    return path


@cache
def wycheproof(name: str) -> list[dict[str, Any]]:
    """The groups of a file of Project Wycheproof."""
    document = json.loads((find("wycheproof") / f"{name}_test.json").read_text("utf-8"))
    groups: list[dict[str, Any]] = document["testGroups"]
    assert sum(len(group["tests"]) for group in groups) == document["numberOfTests"]
    return groups


def cases(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each test of a file with its group."""
    return [(group, test) for group in wycheproof(name) for test in group["tests"]]
