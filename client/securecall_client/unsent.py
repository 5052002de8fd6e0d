"""Words that somebody has typed on a page and not sent: sealed in the profile until they are (protocol 8.3; row T04).

They are kept as drafts of answers are, by the path of the page, in a folder of their own: whoever types a message does
not count as writing an answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from securecall.wire import ZERO
from securecall_client import clock
from securecall_client.drafts import Drafts, Place
from securecall_client.errors import RefusedError
from securecall_client.own import damaged
from securecall_keys.secret import Secret

_PATH: Final = re.compile(r"/(?!/)[0-9A-Za-z/_.:-]{0,500}(?:\?[0-9A-Za-z=&_.:-]{0,200})?")
_SPACE: Final = re.compile(r"/(?:call|pair)/([0-9a-f]{64})(?![0-9a-f])")
_KEPT: Final = msgspec.json.Decoder(tuple[str, dict[str, str]])
"""The path of a page, and what was typed on it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on one page: its ``words`` by the field's id, and when they were kept last (ISO 8601)."""

    path: str
    words: Mapping[str, str]
    at: str


class Unsent:
    """The words of a profile, in ``folder``."""

    def __init__(self, folder: Path, key: Secret) -> None:
        self._drafts = Drafts(folder, key)

    def keep(self, path: str, words: Mapping[str, str]) -> None:
        """Keep these in place of what was kept of that page; durable when this returns. None at all are forgotten.

        Raises: RefusedError (too long, or no path), FileError.
        """
        place, words = _place(path), {field: text for field, text in words.items() if text.strip()}
        if words:
            self._drafts.save(place, msgspec.json.encode((path, words)).decode())
        else:
            self._drafts.drop(place)

    def words(self, path: str) -> Mapping[str, str]:
        """What was typed on that page. Raises: RefusedError, ProfileError, FileError."""
        draft = self._drafts.load(_place(path))
        return {} if draft is None else _read(draft.text)[1]

    def every(self) -> Iterator[Typed]:
        """What was typed on any page. Raises: ProfileError, FileError."""
        for draft in self._drafts.every():
            path, words = _read(draft.text)
            yield Typed(path, words, clock.iso(draft.minute * 60))

    def drop_all_of(self, space: bytes) -> None:
        """Forget what was typed on the pages of a call or pair."""
        self._drafts.drop_all_of(space)


def _place(path: str) -> Place:
    if not _PATH.fullmatch(path):
        raise RefusedError("There is no such page.", code="not-found")
    found = _SPACE.match(path)
    return Place(bytes.fromhex(found[1]) if found else ZERO, path.encode())


def _read(text: str) -> tuple[str, Mapping[str, str]]:
    try:
        return _KEPT.decode(text)
    except msgspec.DecodeError as error:
        raise damaged() from error
