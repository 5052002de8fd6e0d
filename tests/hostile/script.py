"""The script: which requests are answered dishonestly, and how. Read anew whenever the file changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

Does = Literal[
    "drop", "lose", "reset", "delay", "duplicate", "instead", "elsewhere", "replay",
    "truncate", "corrupt", "status", "page", "redirect", "length", "endless", "compress", "version",
    "cut", "delete", "double", "swap", "stub", "flip", "mint", "restate", "impostor", "ungrant", "regrant", "unjoin",
    "mute", "echo", "spoil", "hint",
]  # fmt: skip
"""What `tests/hostile/README.md` lists."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of lying, and to which requests it applies; what each field means stands in the README."""

    does: Does
    client: str | int = ""
    method: str = ""
    path: str = ".*"
    nth: list[int] = []
    at: int = 0
    seconds: float = 0
    status: int = 500
    code: str = "busy"
    ask: str = ""
    upstream: str = ""
    value: str = ""
    fields: dict[str, int | bool] = {}


class _Rules(msgspec.Struct, forbid_unknown_fields=True):
    rule: list[Rule] = []


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: ``client`` is the device (hex) that makes it, empty while that is not known, ``number`` which one."""

    method: str
    path: str
    query: str = ""
    client: str = ""
    number: int = 0


class Script:
    """The rules of a file, and how often each has matched since it was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = (0, 0)
        self._rules: Sequence[Rule] = []
        self._matched: list[int] = []
        self.read()

    def read(self) -> Sequence[Rule]:
        """The rules as they are now. Raises: msgspec.ValidationError for a script that is none."""
        found = self._path.stat()
        if (found.st_mtime_ns, found.st_ino) != self._stamp:
            self._rules = msgspec.toml.decode(self._path.read_bytes(), type=_Rules).rule
            self._stamp, self._matched = (found.st_mtime_ns, found.st_ino), [0] * len(self._rules)
        return self._rules

    def rules_for(self, asked: Asked) -> list[Rule]:
        """The rules that apply to a request, in their order; it counts for each that it matches."""
        due = []
        for index, rule in enumerate(self.read()):
            if _matches(rule, asked):
                self._matched[index] += 1
                if not rule.nth or self._matched[index] in rule.nth:
                    due.append(rule)
        return due


def _matches(rule: Rule, asked: Asked) -> bool:
    if isinstance(rule.client, int):
        mine = rule.client == asked.number
    else:
        mine = asked.client.startswith(rule.client)
    return mine and rule.method in ("", asked.method) and re.fullmatch(rule.path, asked.path) is not None
