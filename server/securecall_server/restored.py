"""The mark of a folder that was restored from a backup: what came after the backup is missing until clients have put
it back (row O12).
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
