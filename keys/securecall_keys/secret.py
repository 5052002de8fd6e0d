"""Secrets cannot print themselves, be compared in variable time, pickled or copied by accident (row O11)."""

from hmac import compare_digest
from typing import NoReturn


class Secret:
    """Secret bytes. `expose` is the only way to them, so that every use can be found."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def expose(self) -> bytes:
        """The bytes themselves, for a primitive."""
        return self._data

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._data, other._data)

    __hash__ = None  # type: ignore[assignment]  # a secret is no dictionary key

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets are not pickled")
