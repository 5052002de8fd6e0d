"""What a person has begun to answer and not sent: sealed in the profile, one file for each (protocol 8.3; row T04).

A draft is durable once it is saved, and nobody but this computer has it. It needs no turn at the profile: whoever types
takes minutes, and other commands need not wait. Sizes are padded, so that a stolen disk tells little of how much was
written; names are digests of ids, so that it tells not to what.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from securecall.errors import InvalidError
from securecall.sentences import sentence
from securecall.wire import U32, Wire, decode, encode
from securecall_client import clock
from securecall_client.errors import FileError, RefusedError
from securecall_client.files import write_atomic
from securecall_client.folder import private_dir
from securecall_client.own import damaged, open_own
from securecall_client.text import size
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.errors import CannotOpenError
from securecall_keys.padding import pad, unpad
from securecall_keys.primitives import seal
from securecall_keys.secret import Secret

MAX_DRAFT_BYTES = 512 * 1024
"""Several times what a record holds, so that what is too much to send can still be kept and cut."""
_PREFIX = 16


@dataclass(frozen=True, slots=True)
class Place:
    """What a draft is for: an exercise of a space, and the organisation if it is on behalf of one."""

    space: bytes
    exercise: bytes
    organisation: bytes = b""

    @property
    def name(self) -> str:
        """The name of its file: the same beginning for all drafts of a space."""
        whole = hashlib.sha256(self.space + self.exercise + self.organisation).hexdigest()
        return f"{_of_space(self.space)}-{whole[: 2 * _PREFIX]}"


class Draft(Wire, frozen=True):
    """What was typed so far: JSON, by question, not judged. ``minute`` is when it was saved last."""

    minute: U32
    text: Annotated[str, msgspec.Meta(max_length=MAX_DRAFT_BYTES)]


class Drafts:
    """The drafts of a profile, in ``folder``."""

    def __init__(self, folder: Path, key: Secret) -> None:
        self._folder, self._key = folder, key

    def save(self, place: Place, text: str) -> None:
        """Keep what was typed in place of what was kept before; durable when this returns.

        Raises: RefusedError if it is too long, FileError.
        """
        if len(text.encode("utf-8", "surrogatepass")) > MAX_DRAFT_BYTES:
            raise RefusedError(
                sentence(
                    "This is longer than the %(size)s that are kept as a draft. Nothing was saved.",
                    size=size(MAX_DRAFT_BYTES),
                ),
                code="too-long",
            )
        draft = Draft(clock.minute(), text)
        private_dir(self._folder)
        write_atomic(self._folder / place.name, seal(self._key, pad(encode(draft)), _context(place.name)))

    def load(self, place: Place) -> Draft | None:
        """What is kept; None for nothing. Raises: ProfileError, FileError."""
        return self._load(place.name)

    def every(self) -> Iterator[Draft]:
        """Everything that is kept. Raises: ProfileError, FileError."""
        for name in sorted(path.name for path in self._folder.glob("*-*")):
            draft = self._load(name)
            if draft is not None:
                yield draft

    def _load(self, name: str) -> Draft | None:
        try:
            box = (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileError("The draft that is kept here cannot be read from the disk.") from error
        try:
            return decode(unpad(open_own(self._key, box, _context(name))), Draft, 2 * MAX_DRAFT_BYTES)
        except (CannotOpenError, InvalidError) as error:
            raise damaged() from error

    def drop(self, place: Place) -> bool:
        """Forget a draft. Returns whether there was one."""
        path = self._folder / place.name
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def drop_all_of(self, space: bytes) -> None:
        """Forget all drafts of a space."""
        for path in self._folder.glob(f"{_of_space(space)}-*"):
            path.unlink(missing_ok=True)

    def saved_since(self, space: bytes, moment: float) -> bool:
        """Whether any draft of a space was saved after ``moment`` (unix seconds): whether its person is writing."""
        try:
            return any(path.stat().st_mtime >= moment for path in self._folder.glob(f"{_of_space(space)}-*"))
        except OSError:
            return False


def _of_space(space: bytes) -> str:
    return space.hex()[: 2 * _PREFIX]


def _context(name: str) -> bytes:
    return context_bytes(StorageContext("draft", name))
