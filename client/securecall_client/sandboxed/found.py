"""What is found in a file while it is cleaned, gathered by what it tells about people."""

from typing import get_args

from securecall_client.sandbox.messages import NAME_MOST, NAMES_MOST, Finding, What


class Found:
    """What was found so far."""

    def __init__(self) -> None:
        self._names: dict[tuple[What, bool], dict[str, None]] = {}

    def add(self, what: What, *names: str, stays: bool = False) -> None:
        """Note something; of names each counts once, and the first `NAMES_MOST` are told."""
        known = self._names.setdefault((what, stays), {})
        for name in names:
            tidy = " ".join(name.split())[:NAME_MOST].encode(errors="replace").decode()
            if tidy and len(known) < NAMES_MOST:
                known[tidy] = None

    def findings(self) -> tuple[Finding, ...]:
        """All of it, what tells most about people first."""
        return tuple(
            Finding(what, tuple(self._names[what, stays]), stays)
            for what in get_args(What)
            for stays in (False, True)
            if (what, stays) in self._names
        )
