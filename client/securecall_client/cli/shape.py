"""The shape of a result as one line: `{documents: [{document: string, size: integer}]}`."""

from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

import msgspec

_WORDS = {str: "string", int: "integer", float: "number", bool: "true or false", NoneType: "null"}


def shape(kind: object) -> str:
    """The JSON that a type of `securecall_client.results` or of the map becomes.

    Raises:
        TypeError: There is no word for it.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and kind in _WORDS:
        return _WORDS[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return "{" + ", ".join(f"{field.encode_name}: {shape(field.type)}" for field in fields) + "}"
    if origin is Literal:
        return " or ".join(f'"{word}"' for word in inner)
    if origin in (Union, UnionType):
        return " or ".join(shape(part) for part in inner)
    if origin in (list, tuple):
        return f"[{shape(inner[0])}]"
    if origin is dict:
        return "{...}"
    raise TypeError(f"no word for {kind!r}")
