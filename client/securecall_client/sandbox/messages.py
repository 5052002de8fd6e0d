"""What the program and its sandbox say to each other, over the pipes of the sandbox's stdin and stdout.

A *frame* is two lengths (4 and 8 bytes, big-endian), a message as JSON of the first length, and bytes of the second.
The first frame to the sandbox is `Take` with the file; each frame after it is a question, and has one frame as answer.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

FILE_MOST: Final = 192 * 1024 * 1024
"""Bytes of a file that is taken apart."""
MADE_MOST: Final = 256 * 1024 * 1024
"""Bytes of what comes back."""
MESSAGE_MOST: Final = 64 * 1024
LENGTHS: Final = 4 + 8
NAMES_MOST: Final = 20
NAME_MOST: Final = 120
"""Names that a finding tells, and characters of each."""
FINDINGS_MOST: Final = 50
WIDTH_MOST: Final = 4_000
HEIGHT_MOST: Final = 8_000
"""Pixels of a picture of a page."""
PAGES_MOST: Final = 5_000

What = Literal[
    "place",
    "author",
    "comments",
    "changes",
    "history",
    "folders",
    "device",
    "time",
    "thumbnail",
    "appended",
    "description",
    "attachments",
    "hidden",
    "signature",
    "actions",
    "elsewhere",
    "template",
    "printer",
    "software",
    "data",
    "properties",
    "traces",
    "details",
]
"""What a file hides, what tells most about people first; `cleaning.words` has the words for each."""
Why = Literal["locked", "damaged", "macros", "embedded", "raw", "moving", "too-large", "kind"]
"""Why a file cannot be cleaned or shown."""
Name = Annotated[str, Meta(max_length=NAME_MOST)]
Number = Annotated[int, Meta(ge=0, le=1_000_000)]


class Finding(msgspec.Struct, frozen=True):
    """Something that a file hides; ``names`` are those of people, devices or files in it; ``stays`` if not removed."""

    what: What
    names: Annotated[tuple[Name, ...], Meta(max_length=NAMES_MOST)] = ()
    stays: bool = False


class Take(msgspec.Struct, frozen=True, tag=True):
    """The file that the questions after it are about, as the frame's bytes."""


class Clean(msgspec.Struct, frozen=True, tag=True):
    """Say what the file hides, and give it without that."""


class Count(msgspec.Struct, frozen=True, tag=True):
    """Say how many pages it has."""


class Draw(msgspec.Struct, frozen=True, tag=True):
    """Give page ``page``, from 0, as a picture (PNG) of ``width`` pixels."""

    page: Number
    width: Annotated[int, Meta(ge=1, le=WIDTH_MOST)]


class Read(msgspec.Struct, frozen=True, tag=True):
    """Give the lines of the first sheet of a workbook."""


class Cleaned(msgspec.Struct, frozen=True, tag=True):
    """What was found; the frame's bytes are the file without what does not stay."""

    findings: Annotated[tuple[Finding, ...], Meta(max_length=FINDINGS_MOST)]


class NoDocument(msgspec.Struct, frozen=True, tag=True):
    """The file is a container, and none of a kind that is known: nobody looked into it."""


class Pages(msgspec.Struct, frozen=True, tag=True):
    """How many pages there are; ``more`` if they are not all that the file has."""

    pages: Number
    more: bool


class Picture(msgspec.Struct, frozen=True, tag=True):
    """The frame's bytes are a picture (PNG)."""


class Lines(msgspec.Struct, frozen=True, tag=True):
    """The frame's bytes are lines of cells as JSON: each cell a text, or a day by its number (`date.toordinal`)."""


class Cannot(msgspec.Struct, frozen=True, tag=True):
    """It cannot be done with this file."""

    why: Why


Question = Clean | Count | Draw | Read
Answer = Cleaned | NoDocument | Pages | Picture | Lines | Cannot

_ANSWER: Final[msgspec.json.Decoder[Answer]] = msgspec.json.Decoder(Answer)
_QUESTION: Final[msgspec.json.Decoder[Question | Take]] = msgspec.json.Decoder(Question | Take)


def frame(message: Take | Question | Answer, data: bytes = b"") -> bytes:
    """The head of a frame: lengths and message; ``data`` is to follow."""
    text = msgspec.json.encode(message)
    return len(text).to_bytes(4) + len(data).to_bytes(8) + text


def lengths(head: bytes, data_most: int) -> tuple[int, int]:
    """The two lengths at the head of a frame. Raises: ValueError if they are beyond the caps."""
    text, data = int.from_bytes(head[:4]), int.from_bytes(head[4:])
    if text > MESSAGE_MOST or data > data_most:
        raise ValueError("a frame beyond the caps")
    return text, data


def read_answer(text: bytes) -> Answer:
    """What the sandbox says, which may have been taken over by the file in it. Raises: msgspec.DecodeError."""
    return _ANSWER.decode(text)


def read_question(text: bytes) -> Question | Take:
    """What the program says. Raises: msgspec.DecodeError."""
    return _QUESTION.decode(text)
