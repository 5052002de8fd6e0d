"""What is found in a file while it is cleaned, gathered by what it tells about people."""

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
        """All of it, in the order in which it was found; what was removed in part and stays in part, stays."""
        merged = {what: (names, stays) for (what, stays), names in sorted(self._names.items(), key=_stays)}
        return tuple(Finding(what, tuple(names), stays) for what, (names, stays) in merged.items())


def _stays(item: tuple[tuple[What, bool], dict[str, None]]) -> bool:
    return item[0][1]
