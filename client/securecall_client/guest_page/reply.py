"""What comes back of a sealed page: its text on the way, and what it says once it has opened (protocol 21.3).

The text is read leniently, since mails and messengers wrap and quote it; what it holds is opened before anything in it
is looked at, and then judged strictly.
"""

import base64
import binascii
import re
from typing import Annotated, Final

import msgspec

from securecall.sentences import sentence
from securecall_client.errors import RefusedError
from securecall_client.file_names import safe_name
from securecall_client.text import size

FILE_MOST: Final = 4 * 1024 * 1024
"""Bytes of the file that a guest can send along."""
TEXT_MOST: Final = 8 * 1024 * 1024
"""Characters of the sealed text: that file and the answers, padded, in base64, with room for quoting."""
BEGIN: Final = "BEGIN SEALED ANSWER"
END: Final = "END SEALED ANSWER"
ANSWERS_MOST: Final = 32
_JSON_MOST: Final = 1024 * 1024
_LENGTH: Final = 4
_CARRIED: Final = re.compile(r"[\s>\u00a0\u200b\ufeff]")
"""What programs on the way put between the lines."""

Hex16 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class ReplyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that came along, by the name that the guest's computer gave it."""

    name: Annotated[str, msgspec.Meta(max_length=1_024)]
    size: Annotated[int, msgspec.Meta(ge=0, le=FILE_MOST)]


class ReplyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a guest typed in an exercise, by question; judged by the exercise's template elsewhere."""

    exercise: Hex16
    questions: dict[str, object]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON in a reply."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1)]
    answers: Annotated[list[ReplyAnswer], msgspec.Meta(max_length=ANSWERS_MOST)]
    file: ReplyFile | None


class Reply(msgspec.Struct, frozen=True):
    """What a guest sent: answers, and the bytes of a file under a name that is made harmless."""

    answers: tuple[ReplyAnswer, ...]
    file: bytes | None
    name: str


def from_armour(text: str) -> bytes:
    """The sealed bytes in a text, wherever in it they stand. Raises: RefusedError."""
    # No pattern looks for both at once: a text of beginnings alone would be read to its end from each of them.
    found = [between for between, end, _ in (part.partition(END) for part in text.split(BEGIN)[1:]) if end]
    if len(found) != 1:
        what = sentence("more than one sealed answer") if found else sentence("no whole sealed answer")
        raise RefusedError(
            sentence("There is %(what)s in this text. Nothing was entered.", what=what),
            hint=sentence(
                "It begins with %(begin)s and ends with %(end)s; if a part is missing, ask for it again, as a file.",
                begin=BEGIN,
                end=END,
            ),
            code="not-a-reply",
        )
    try:
        return base64.b64decode(_CARRIED.sub("", found[0]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError(
            "The sealed answer was changed or cut on its way. Nothing was entered.",
            hint="Ask for it again, as a file: messengers change long texts.",
            code="not-a-reply",
        ) from error


def read_reply(opened: bytes) -> Reply:
    """What a reply says. Raises: RefusedError, and nothing else."""
    length = int.from_bytes(opened[:_LENGTH], "big")
    words, data = opened[_LENGTH : _LENGTH + length], opened[_LENGTH + length :]
    if len(words) != length or length > _JSON_MOST:
        raise _odd()
    try:
        said = msgspec.json.decode(words, type=Said)
    except Exception as error:  # msgspec, UnicodeDecodeError, RecursionError: all are one refusal
        raise _odd() from error
    if len(data) != (0 if said.file is None else said.file.size):
        raise _odd()
    exercises = [answer.exercise for answer in said.answers]
    if len({*exercises}) != len(exercises):
        raise _odd()
    if not said.answers and said.file is None:
        raise RefusedError("There is neither an answer nor a file in this. Nothing was entered.", code="empty-reply")
    if said.file is None:
        return Reply(tuple(said.answers), None, "")
    return Reply(tuple(said.answers), data, safe_name(said.file.name))


def _odd() -> RefusedError:
    return RefusedError(
        "This opens, but it is not what a page of this SecureCall gives. Nothing was entered.",
        hint=sentence(
            "It holds answers, and at most one file of %(size)s. A newer SecureCall may have made the page.",
            size=size(FILE_MOST),
        ),
        code="odd-reply",
    )
