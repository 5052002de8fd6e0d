"""Sentences that know what they were made of, so that whoever shows one can say it in another language.

All text of ours is written in English, here and in every package above, and reads as English wherever it is a `str`. A
`Sentence` keeps its template and the values in it; `securecall_client.web.language` says it anew from those. A value
that is a sentence of ours is said anew in its turn; any other text in one is somebody's own words, and stays.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Self


class Sentence(str):
    """Text of ours. ``template`` has ``%(name)s`` for each of ``values``, and is plain text where there are none.

    ``many`` is the template where the value `num` is not 1, if there is such a one.
    """

    __slots__ = ("many", "template", "values")

    template: str
    many: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object] | None = None, many: str = "") -> Self:
        """A text that is one already stays as it is."""
        if isinstance(template, cls) and not values:
            return template
        values = values or {}
        chosen = many if many and values["num"] != 1 else template
        made = super().__new__(
            cls, chosen % {name: _english(value) for name, value in values.items()} if values else chosen
        )
        made.template, made.values, made.many = str.__str__(template), dict(values), many
        return made

    def __str__(self) -> str:
        """Itself: `str(error)` is still the sentence that the error was made with."""
        return self


class Term(str):
    """A time, month or place in words, with its ``code`` in ISO 8601 or 3166, from which other languages write it."""

    __slots__ = ("code", "kind")

    code: str
    kind: Literal["time", "month", "place"]

    def __new__(cls, words: str, kind: Literal["time", "month", "place"], code: str) -> Self:
        """The English ``words`` for it."""
        made = super().__new__(cls, words)
        made.kind, made.code = kind, code
        return made

    def __str__(self) -> str:
        """Itself."""
        return self


def sentence(template: str, **values: object) -> Sentence:
    """A sentence with ``%(name)s`` filled in. A failure that stands in it is what it says; a list has commas."""
    # What a failure was raised through, and so what stood there, is not kept with it.
    return Sentence(template, {name: _kept(value) for name, value in values.items()})


def counted(one: str, many: str, number: int) -> Sentence:
    """A sentence about a number of things, ``%(num)s`` in it."""
    return Sentence(one, {"num": number}, many)


def several(number: int, one: str, many: str | None = None) -> Sentence:
    """`1 document`, `3 documents`."""
    return counted(f"%(num)s {one}", f"%(num)s {many or one + 's'}", number)


def together(*parts: str | None, between: str = " ") -> Sentence:
    """Sentences of ours one after the other; what is empty or None is left out."""
    said = {f"part{number}": Sentence(part) for number, part in enumerate(filter(None, parts))}
    return Sentence(between.join(f"%({name})s" for name in said), said)


class SentenceError(Exception):
    """An error whose message is a sentence of ours."""

    def __init__(self, message: str = "") -> None:
        super().__init__(Sentence(message))


def plain(value: object) -> str:
    """The English text alone, for msgspec, which encodes a `str` and nothing that is made of one. Raises: TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no text")
    return str.__str__(value)


def _kept(value: object) -> object:
    if isinstance(value, BaseException):
        return str(value)
    return tuple(map(_kept, value)) if isinstance(value, Iterable) and not isinstance(value, str | bytes) else value


def _english(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
