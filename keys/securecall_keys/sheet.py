"""A printed recovery sheet: a device's secret as 24 words, and where it belongs (protocol 4.4; row S25).

The secret is 32 random bytes, never stretched from a phrase; the words are BIP-39's English list with its check. The
second line, which is no secret, names server, member and a place of the chain that must be there.
"""

import re
from dataclasses import dataclass
from typing import Annotated

import msgspec
from mnemonic import Mnemonic

from securecall.code import words
from securecall.entries import Seen
from securecall.errors import InvalidError, TextError
from securecall.sentences import sentence
from securecall.texts import TEXT_BYTES, from_text, write_text
from securecall.wire import Id, Wire, decode, encode
from securecall_keys.secret import Secret

WORDS = 24
_NUMBERED = re.compile(r"\b([1-9]|1[0-9]|2[0-4])\.?[ \t]+([a-z]+)\b")
_GROUPS = re.compile(r"(?:[a-z2-7]{8}-\s*)+[a-z2-7]{1,8}")


class SheetPlace(Wire, frozen=True):
    """Where a sheet belongs: the server, whose sheet it is, and a place of the space by which they came in."""

    address: Annotated[str, msgspec.Meta(max_length=256)]
    member: Id
    space: Id
    at: Seen


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a recovery sheet."""

    secret: Secret
    place: SheetPlace

    def words(self) -> list[str]:
        """The secret as 24 words."""
        return Mnemonic("english").to_mnemonic(self.secret.expose()).split(" ")

    def place_text(self) -> str:
        """The place as a text."""
        return write_text(encode(self.place))

    def line(self) -> str:
        """Both in one line: what the QR code holds."""
        return " ".join([*self.words(), self.place_text()])


def read_sheet(text: str) -> Sheet:
    """Read a sheet as it was printed, as its QR code has it, or as somebody typed it off: words, then the text.

    Raises: TextError.
    """
    text = text.lower()
    found = _GROUPS.search(text)
    if found is None:
        raise TextError("The last line of the recovery sheet is missing: the long one, in groups of eight characters")
    try:
        where = decode(from_text(found[0], sentence("last line of a recovery sheet")), SheetPlace, TEXT_BYTES)
    except InvalidError as error:
        raise TextError("This is not a recovery sheet of this program") from error
    return Sheet(_secret(_words(text[: found.start()] + text[found.end() :])), where)


def _words(text: str) -> list[str]:
    """The words: those that are numbered as on the sheet, or else all there are."""
    numbered = {int(number): word for number, word in _NUMBERED.findall(text)}
    if len(numbered) == WORDS:
        return [numbered[number] for number in sorted(numbered)]
    return re.findall(r"[a-z]+", text)


def _secret(typed: list[str]) -> Secret:
    if len(typed) != WORDS:
        raise TextError(
            sentence("A recovery sheet has %(words)s words; these are %(number)s", words=WORDS, number=len(typed))
        )
    for number, word in enumerate(typed, 1):
        if word not in words():
            raise TextError(
                sentence("Word %(number)s of the recovery sheet is none of the list; look at it again", number=number)
            )
    try:
        return Secret(bytes(Mnemonic("english").to_entropy(typed)))
    except ValueError as error:
        raise TextError("The words of the recovery sheet do not fit together: one of them is mistyped") from error
