"""What a sealed page shows, and how it is laid out under its seal (protocol 21.2).

All texts come from a fold with the keys of a guest alone, so nothing for allies can slip in; what cannot be seen or
steers the screen stands there as an escape (row M14), and the page shows text and nothing else (row M15).
"""

from typing import Final

import msgspec

from securecall.sentences import plain
from securecall_client.results.templates import QuestionShown

FILE_MOST: Final = 4 * 1024 * 1024
"""Bytes of a document whose file goes into the page."""
ANSWER_MOST: Final = 40_000
"""Bytes of one answer as JSON; in a record it is shorter, so what the page lets pass goes in."""
FILES_MOST: Final = 12 * 1024 * 1024
"""Bytes of all of them, so that the page still fits into a mail."""
VERSION: Final = 1
_LENGTH: Final = 4


class ToldPoint(msgspec.Struct, frozen=True):
    """A point of the agenda; ``starts`` ISO 8601."""

    title: str
    starts: str | None
    minutes: int | None
    speaker: str


class ToldDocument(msgspec.Struct, frozen=True):
    """A document; ``at`` is where its file begins behind the JSON, null where it is not in the page."""

    name: str
    size: int
    at: int | None


class ToldExercise(msgspec.Struct, frozen=True):
    """An open exercise, and what it asks."""

    exercise: str
    title: str
    sealed: bool
    questions: list[QuestionShown]


class ToldPlaces(msgspec.Struct, frozen=True):
    """Places to choose from, as code and name."""

    title: str
    places: list[tuple[str, str]]


class Told(msgspec.Struct, frozen=True):
    """The JSON in a page. Times are ISO 8601; ``most`` is the most bytes of the file that may come back,
    ``room`` of one answer.
    """

    version: int
    title: str
    whom: str
    country: str
    starts: str
    link: str
    made: str
    ends: str
    most: int
    room: int
    agenda: list[ToldPoint]
    minutes: str
    decisions: list[str]
    documents: list[ToldDocument]
    exercises: list[ToldExercise]
    places: list[ToldPlaces]


def lay_out(told: Told, files: list[bytes]) -> bytes:
    """The page's content: length of the JSON in four bytes, the JSON, and the files one after the other."""
    words = msgspec.json.encode(told, enc_hook=plain)
    return b"".join([len(words).to_bytes(_LENGTH, "big"), words, *files])
