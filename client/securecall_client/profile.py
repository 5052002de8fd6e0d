"""A profile: the folder of one device of one person (rows T01, T02, T09).

It holds the sealed keystore, the replica, the pins, drafts, words that were not sent, and the chunks of files on their
way. Folder 0700, files 0600, enforced at every start; nothing in it can be read without the passphrase but ciphertext
and public ids.
"""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from securecall.sentences import sentence
from securecall_client.errors import ProfileBusyError, ProfileError
from securecall_client.file_lock import lock_file
from securecall_client.files import write_atomic
from securecall_client.folder import private_dir
from securecall_keys.device import DeviceKeys
from securecall_keys.errors import KeystoreError, WrongPassphraseError
from securecall_keys.keystore import DEFAULT_MEMORY, lock_keystore, unlock_keystore
from securecall_keys.secret import Secret


@dataclass(frozen=True, slots=True)
class Lock:
    """What opens a keystore: a passphrase, or a key of 32 bytes. ``memory`` (bytes) counts when one is made.

    ``device`` is what was opened with it before, so that many commands cost one guess (`securecall shell`).
    """

    secret: Secret
    passphrase: bool
    memory: int = DEFAULT_MEMORY
    device: DeviceKeys | None = None

    @classmethod
    def from_passphrase(cls, text: str, memory: int = DEFAULT_MEMORY) -> "Lock":
        """A passphrase, as typed."""
        return cls(Secret(text.encode("utf-8")), passphrase=True, memory=memory)

    @classmethod
    def from_key(cls, key: bytes) -> "Lock":
        """A key of 32 bytes, for tests and unattended use."""
        return cls(Secret(key), passphrase=False)


class Profile:
    """The folder ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keystore = home / "keystore"
        self.replica = home / "replica.sqlite"
        self.pins = home / "pins"
        self.chunks = home / "chunks"
        self.drafts = home / "drafts"
        self.unsent = home / "unsent"

    def exists(self) -> bool:
        """Whether somebody has begun a profile here."""
        return self.keystore.exists()

    def create(self, device: DeviceKeys, lock: Lock) -> None:
        """Begin a profile for ``device``. Raises: ProfileError if there is one already."""
        private_dir(self.home)
        if self.exists():
            raise ProfileError(
                sentence("There is a profile in %(home)s already.", home=self.home),
                hint="Use another folder: --home DIR, or SECURECALL_HOME.",
            )
        try:
            data = lock_keystore(device.secret, lock.secret, passphrase=lock.passphrase, memory=lock.memory)
        except KeystoreError as error:
            raise ProfileError(str(error)) from error
        private_dir(self.chunks)
        write_atomic(self.keystore, data)

    def unlock(self, lock: Lock) -> DeviceKeys:
        """The device's keys. Raises: ProfileError."""
        if not self.exists():
            raise ProfileError(
                sentence("There is no profile in %(home)s.", home=self.home),
                hint="Join with an invitation (securecall join), begin a coalition (securecall found), or name the"
                " folder of your profile: --home DIR.",
                code="no-profile",
            )
        private_dir(self.home)
        private_dir(self.chunks)
        if lock.device is not None:
            return lock.device
        try:
            return DeviceKeys(unlock_keystore(self.keystore.read_bytes(), lock.secret))
        except WrongPassphraseError as error:
            raise ProfileError("The passphrase is wrong.", code="wrong-passphrase") from error
        except (KeystoreError, OSError) as error:
            raise ProfileError(
                sentence("The keystore in %(home)s cannot be used: %(error)s.", home=self.home, error=error)
            ) from error

    def turn(self, command: str, on_wait: Callable[[str], None]) -> "Turn":
        """The right to be the only one at work on the profile; whoever is second waits and is told for whom."""
        return Turn(self.home, command, on_wait)


QUIET = 2.0
"""Seconds for which a command that had its turn before waits for the next without a word."""
_TRY_EVERY = 0.05
"""Seconds between two tries of a task beside others."""


class Turn:
    """The profile's lock. ``command`` (verbs only) is what others are told of whoever holds it."""

    def __init__(self, home: Path, command: str, on_wait: Callable[[str], None]) -> None:
        self._home, self._command, self._on_wait = home, command, on_wait
        self._held = ExitStack()
        self._quiet, self._closed = 0.0, False

    async def take(self) -> None:
        """Wait for one's turn and take it, while other tasks of this program go on.

        Whoever takes turns with others says so only once it takes long. Cancelled if the profile is closed meanwhile.
        """
        begin, quiet = time.monotonic(), self._quiet
        while True:
            try:
                self._lock()
                break
            except ProfileBusyError as error:
                if self._closed:
                    raise asyncio.CancelledError from None
                if time.monotonic() - begin >= quiet:
                    self._on_wait(error.holder)
                    quiet = math.inf
                await asyncio.sleep(_TRY_EVERY)
        self._quiet = QUIET

    def close(self) -> None:
        """Wait for nobody any more."""
        self._closed = True

    def _lock(self) -> None:
        private_dir(self._home)
        self._held.enter_context(lock_file(self._home / "lock", wait=0, command=self._command))

    def give(self) -> None:
        """Let others at it."""
        self._held.close()
