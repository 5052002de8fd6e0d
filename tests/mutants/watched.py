"""What was seen of each test file, kept between sweeps: a file is watched anew once it, the product or what tests share
is another.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pytest

from tests.mutants.places import ROOT

Found = list[tuple[str, float, bool, list[str]]]
"""Of each test its seconds, whether it is red, and the verifications that refused something in it."""


class Watched:
    """A folder that holds what was seen, a file for each test file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, items: Sequence[pytest.Item]) -> Found | None:
        """What was seen of the tests of one file, if it still holds."""
        path = self._path(items)
        found: Found | None = json.loads(path.read_text("utf-8")) if path.exists() else None
        return found

    def keep(self, items: Sequence[pytest.Item], found: Found) -> None:
        """Keep what was seen of them, unless one was red: that is looked at again."""
        if any(red for _, _, red, _ in found):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(items).write_text(json.dumps(found), "utf-8")

    def _path(self, items: Sequence[pytest.Item]) -> Path:
        said = "\n".join([self._common, items[0].path.read_text("utf-8"), *(item.nodeid for item in items)])
        return self._folder / f"{sha256(said.encode()).hexdigest()}.json"

    @cached_property
    def _common(self) -> str:
        """A digest of all code but the test files."""
        folders = ("securecall", "keys", "client", "server", "tests")
        paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
        said = sha256()
        for path in paths:
            if not path.name.startswith("test_"):
                said.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
        return said.hexdigest()
