"""The mark of a folder that was restored from a backup: what came after it is missing until clients have put it back
(row O12). The mark is a file, in which every space that may go on since is a line of its own.
"""

from pathlib import Path

from securecall_server.folders import create, sync_folder

RESTORED = "restored"


def mark_restored(folder: Path) -> None:
    """Leave the mark in ``folder``, durable when this returns. Raises: OSError."""
    with create(folder / RESTORED):
        pass
    sync_folder(folder)


def is_restored(folder: Path) -> bool:
    """Whether ``folder`` bears the mark."""
    return (folder / RESTORED).exists()


def lifted(folder: Path) -> frozenset[bytes]:
    """The spaces that may go on in a folder that bears the mark."""
    try:
        lines = (folder / RESTORED).read_text("ascii").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(bytes.fromhex(line) for line in lines if line)
