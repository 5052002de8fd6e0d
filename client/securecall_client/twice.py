"""What must never be lost or fall back, kept in two files, each of which says whether it is whole and how new (O04)."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from securecall.sentences import sentence
from securecall_client.errors import FileError, FileMissingError
from securecall_client.files import write_atomic
from securecall_client.posix import read_file_flags

MAX_TWICE_BYTES: Final = 1024 * 1024
_LABEL: Final = b"securecall/1 generation\x00"
_COUNTER_BYTES: Final = 8
_HEADER_BYTES: Final = len(_LABEL) + hashlib.sha256().digest_size + _COUNTER_BYTES


@dataclass(frozen=True)
class Generation:
    """What one of the two files of `write_twice` holds: the counter rises by one with every write."""

    counter: int
    data: bytes


def write_twice(path: Path, data: bytes) -> None:
    """Keep `data` (at most 1 MiB) in two files, `path` with `.0` and `.1`, so that it outlives either (O04).

    When this returns, both are on disk; if one is then damaged, the other still gives these bytes and not
    older ones. During it, the worse of the two is written first, so that a good one is there at every moment.

    Raises:
        FileError: Both files were damaged: starting anew would forget what they held, so a person must
            decide. Or they could not be written.
    """
    if len(data) > MAX_TWICE_BYTES:
        raise FileError(
            sentence(
                "%(name)s would be %(number)s bytes long; at most %(max_twice_bytes)s are kept.",
                name=path.name,
                number=len(data),
                max_twice_bytes=MAX_TWICE_BYTES,
            )
        )
    generations = [_decode_generation(_read_slot(slot)) for slot in _slots(path)]
    counter = 0 if _nothing_there(path) else _newest(path, generations).counter
    oldest_first = sorted(range(2), key=lambda index: _counter(generations[index]))
    for index in oldest_first:
        write_atomic(_slots(path)[index], _encode_generation(Generation(counter + 1, data)))


def read_twice(path: Path) -> bytes:
    """The newest good bytes that `write_twice` kept.

    Raises:
        FileMissingError: Neither file is there: nothing was ever kept.
        FileError: Files are there, but none is good.
    """
    if _nothing_there(path):
        raise FileMissingError(sentence("There is no %(path)s yet.", path=path))
    return _newest(path, [_decode_generation(_read_slot(slot)) for slot in _slots(path)]).data


def _encode_generation(generation: Generation) -> bytes:
    """Label | SHA-256(label, counter, data) | counter, 8 bytes big-endian | data."""
    counted = generation.counter.to_bytes(_COUNTER_BYTES, "big") + generation.data
    return _LABEL + hashlib.sha256(_LABEL + counted).digest() + counted


def _decode_generation(stored: bytes | None) -> Generation | None:
    """The generation in these bytes; None if there are none or any bit of them is wrong."""
    if stored is None or len(stored) < _HEADER_BYTES:
        return None
    counted = stored[_HEADER_BYTES - _COUNTER_BYTES :]
    generation = Generation(int.from_bytes(counted[:_COUNTER_BYTES], "big"), counted[_COUNTER_BYTES:])
    return generation if _encode_generation(generation) == stored else None


def _newest(path: Path, generations: list[Generation | None]) -> Generation:
    good = sorted((generation for generation in generations if generation is not None), key=_counter)
    contradict = len(good) == 2 and good[0].counter == good[1].counter and good[0] != good[1]
    if not good or contradict:
        raise FileError(
            sentence("%(path)s is damaged, and so is its second copy.", path=path),
            code="both-copies-damaged",
            hint="Put this profile back from a backup, or set it up anew; do not go on with it as it is.",
        )
    return good[-1]


def _counter(generation: Generation | None) -> int:
    return -1 if generation is None else generation.counter


def _slots(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}.0"), path.with_name(f"{path.name}.1")


def _nothing_there(path: Path) -> bool:
    return not any(os.path.lexists(slot) for slot in _slots(path))


def _read_slot(slot: Path) -> bytes | None:
    """The file's bytes; None where they cannot be had, for whatever reason: the other one must do then."""
    try:
        with os.fdopen(os.open(slot, read_file_flags()), "rb") as file:
            return file.read(_HEADER_BYTES + MAX_TWICE_BYTES + 1)
    except OSError:
        return None
