"""Whoever installs gets the very files that were looked at: every dependency is pinned, with its hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def wanted() -> list[Requirement]:
    """Return what pyproject.toml asks for, in all extras and for building."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = document["project"]
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    return [Requirement(line) for line in (*project["dependencies"], *extras, *document["build-system"]["requires"])]


def pinned() -> dict[str, Version]:
    """Return the lock's packages with their versions."""
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def test_every_dependency_is_pinned_to_a_version_that_fits() -> None:
    pins = pinned()
    misfits = [
        str(need) for need in wanted() if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))
    ]
    assert misfits == []


def test_o15_every_pin_has_a_hash() -> None:
    requirements = LOCK.replace("\\\n", " ").splitlines()
    assert len(requirements) == len(pinned())
    without = [line for line in requirements if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)]
    assert without == []


def test_no_address_stands_in_the_lock() -> None:
    addresses = re.findall(r"\S*(?:https?:|file:|://|--index-url|--find-links)\S*", LOCK)
    assert addresses == []
