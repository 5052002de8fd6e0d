"""Pins: how far each chain was verified, with its head there (protocol 13; rows S07, S26, O04).

They only ever rise, outlive the replica, and are kept twice, so that neither a repair, an import nor a torn
write can make this device forget what it has seen. Sealed, so that a thief learns nothing from them.
"""

from pathlib import Path
from typing import Annotated

import msgspec

from securecall.entries import Seen
from securecall.errors import InvalidError
from securecall.sentences import sentence
from securecall.wire import U64, Id, Wire, decode, encode
from securecall_client.errors import FileError, FileMissingError, ProfileError
from securecall_client.twice import read_twice, write_twice
from securecall_keys.context import StorageContext, context_bytes
from securecall_keys.errors import CannotOpenError
from securecall_keys.primitives import seal, unseal
from securecall_keys.secret import Secret

PINS_BYTES = 1024 * 1024
PINS_MOST = 4_096
_CONTEXT = context_bytes(StorageContext("pins", ""))


class Pin(Wire, frozen=True):
    """A place of a chain that must be there, and the time (unix ms) that the server signed with it."""

    space: Id
    at: Seen
    time: U64


class _Pins(Wire, frozen=True):
    pins: Annotated[list[Pin], msgspec.Meta(max_length=PINS_MOST)]


class Pins:
    """All pins of a profile, in memory and on disk."""

    def __init__(self, path: Path, key: Secret) -> None:
        self._path, self._key = path, key
        self._pins: dict[bytes, Pin] = {}

    def load(self) -> None:
        """Read them; none is right only for a profile that has none yet. Raises: ProfileError."""
        try:
            data = unseal(self._key, read_twice(self._path), _CONTEXT)
            self._pins = {pin.space: pin for pin in decode(data, _Pins, PINS_BYTES).pins}
        except FileMissingError:
            self._pins = {}
        except (FileError, CannotOpenError, InvalidError) as error:
            raise ProfileError(
                "The pins of this profile are damaged, so a rolled-back server could not be told apart.",
                hint="Restore the profile from a copy, or link this computer anew.",
                code="pins-damaged",
            ) from error

    def get(self, space: bytes) -> Pin | None:
        """The pin of a space."""
        return self._pins.get(space)

    def rise(self, space: bytes, at: Seen, time: int = 0) -> None:
        """Raise a space's pin to ``at``, signed at ``time`` (0 if unknown); what is no higher is left alone."""
        old = self._pins.get(space)
        if old is not None and at.seq <= old.at.seq:
            return
        pins = {**self._pins, space: Pin(space, at, time)}
        if len(pins) > PINS_MOST:
            raise ProfileError(
                sentence("A profile takes part in at most %(pins_most)s spaces.", pins_most=PINS_MOST),
                code="too-many-spaces",
            )
        write_twice(self._path, seal(self._key, encode(_Pins(list(pins.values()))), _CONTEXT))
        self._pins = pins
