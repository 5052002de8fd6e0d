"""A server that was put back from a backup: read-only, space by space, until an owner of each has lifted it (row O12).

A backup lacks what came after it, and clients hold what the server has signed since. So that no second history begins
at the place where the backup ends, the folder is marked: nothing is taken then but what clients put back
(`securecall_server.healing`), and no statement claims to be about the newest place. The mark is a file, in which each
space that was lifted since is a line of its own; whoever restores writes it anew, empty.
"""

import os
from pathlib import Path

from securecall_server.folders import sync_folder

RESTORED = "restored"


def mark_restored(folder: Path) -> None:
    """Mark the server in ``folder`` as put back from a backup; what was lifted before is not any more."""
    handle = os.open(folder / RESTORED, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    os.fsync(handle)
    os.close(handle)
    sync_folder(folder)


def is_restored(folder: Path) -> bool:
    """Whether the server in ``folder`` was put back from a backup."""
    return (folder / RESTORED).exists()


def lift(folder: Path, space: bytes) -> None:
    """Let a space of a marked server go on; durable when this returns, and the same again changes nothing."""
    if not is_restored(folder) or space in lifted(folder):
        return
    handle = os.open(folder / RESTORED, os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        # A line torn by a power cut before this one stays a line of its own, and is no space.
        os.write(handle, f"\n{space.hex()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def lifted(folder: Path) -> frozenset[bytes]:
    """The spaces that were lifted since; of a server that was not put back, none."""
    try:
        lines = (folder / RESTORED).read_bytes().split(b"\n")
    except FileNotFoundError:
        return frozenset()
    return frozenset(bytes.fromhex(line.decode()) for line in lines if _is_space(line))


def _is_space(line: bytes) -> bool:
    return len(line) == 64 and set(line) <= set(b"0123456789abcdef")


class Mark:
    """The mark of a running server; ``folder`` is None for one that has no folder, and so none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def stands(self) -> bool:
        """Whether the server was put back from a backup."""
        return self._folder is not None and is_restored(self._folder)

    def holds(self, space: bytes) -> bool:
        """Whether a space is read-only because of it."""
        return self._folder is not None and self.stands() and space not in lifted(self._folder)

    def lift(self, space: bytes) -> None:
        """Let a space go on."""
        if self._folder is not None:
            lift(self._folder, space)
