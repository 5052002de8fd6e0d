"""Files that were saved from the pages: what they are and where they went, told until the profile is locked."""

from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from securecall_client.session import Session


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file: what it is in words, its size, and what its reader should know before it is passed on."""

    what: str
    path: Path
    size: int
    warnings: list[str] = field(default_factory=list)


_saved: WeakKeyDictionary[Session, dict[str, list[SavedFile]]] = WeakKeyDictionary()
"""By session, which goes when the profile is locked, and by call."""


def keep(session: Session, call: str, file: SavedFile) -> None:
    """Tell of a file from now on."""
    _saved.setdefault(session, {}).setdefault(call, []).insert(0, file)


def saved(session: Session, call: str) -> list[SavedFile]:
    """The files of a call, the newest first."""
    return _saved.get(session, {}).get(call, [])
