"""Sentences of ours as they are kept on the disk: with what they were made of, so that they can still be said anew."""

from typing import Final

import msgspec

from securecall.sentences import Sentence

_MADE: Final = b"\0"
"""What a kept sentence begins with, and no text does."""


def to_bytes(text: str) -> bytes:
    """A text to be kept: a sentence with what it is made of, anything else as it is."""
    if not isinstance(text, Sentence) or not text.values:
        return text.encode()
    return _MADE + msgspec.json.encode(_apart(text))


def from_bytes(data: bytes) -> str:
    """A text that was kept. Raises: ValueError."""
    if not data.startswith(_MADE):
        return data.decode()
    try:
        return str(_whole(msgspec.json.decode(data.removeprefix(_MADE), type=_Apart)))
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise ValueError("not a sentence that was kept") from error


class _Apart(msgspec.Struct, frozen=True):
    """A sentence taken apart."""

    template: str
    many: str
    values: dict[str, "_Part | list[_Part]"]


_Part = _Apart | str | int | float


def _apart(value: object) -> "_Part":
    if isinstance(value, Sentence):
        parts = {
            name: [_apart(each) for each in one] if isinstance(one, tuple) else _apart(one)
            for name, one in value.values.items()
        }
        return _Apart(value.template, value.many, parts)
    return value if isinstance(value, int | float) else str.__str__(str(value))


def _whole(part: "_Part") -> str | int | float:
    if not isinstance(part, _Apart):
        return part
    values = {
        name: tuple(map(_whole, one)) if isinstance(one, list) else _whole(one) for name, one in part.values.items()
    }
    return Sentence(part.template, values, part.many)
