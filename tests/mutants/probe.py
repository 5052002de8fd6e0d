"""What an instrumented module asks while it runs: is this verification switched off? It notes which ones refused."""

from collections.abc import Sequence

off: str | None = None
"""The one switch that is off, if any."""
refused: set[str] = set()
"""The switches that refused something since this was last emptied."""


def is_on(name: str) -> bool:
    """Whether a verification is made."""
    return name != off


def note(name: str) -> None:
    """A verification that is a call has raised."""
    refused.add(name)


def holds(name: str, condition: object) -> bool:
    """Whether a condition for refusing holds; never, where it is switched off."""
    if condition:
        refused.add(name)
    return bool(condition) and name != off


def differ(names: Sequence[str], left: Sequence[object], right: Sequence[object]) -> bool:
    """Whether two tuples differ, but for the part that is switched off."""
    parts = [name for name, one, other in zip(names, left, right, strict=True) if one != other]
    refused.update(parts)
    return any(name != off for name in parts)


def passes(name: str, condition: object) -> bool:
    """Whether a condition for passing holds; always, where it is switched off."""
    if not condition:
        refused.add(name)
    return bool(condition) or name == off
