"""What was typed into a form, read into memory alone: no part of it is put on a disk (row T04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from aiohttp import BodyPartReader, web
from multidict import MultiDict

from securecall.rights import CIRCLES, Circle
from securecall_client.errors import TextError

FORM_BYTES: Final = 2 * 1024 * 1024
"""What a form may hold; files come another way."""
FIELDS_MOST: Final = 65_536
"""Fields of a form: more than the cells of the longest answer."""

C = TypeVar("C", bound=str)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A small file that was chosen in a form."""

    name: str
    data: bytes


async def read_form(request: web.Request) -> "Form":
    """What a browser sends of a form. Raises: HTTPBadRequest, HTTPRequestEntityTooLarge.

    aiohttp itself would keep the larger files of a form in the clear in a folder for temporary files.
    """
    if request.content_type != "multipart/form-data":
        return Form(await request.post())
    fields, left = MultiDict[str | Chosen](), request.client_max_size
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None or len(fields) >= FIELDS_MOST:
            raise web.HTTPBadRequest
        data = bytearray()
        while chunk := await part.read_chunk():
            data += chunk
            if len(data) > left:
                raise web.HTTPRequestEntityTooLarge(request.client_max_size)
        left -= len(data)
        fields.add(part.name, _text(data) if part.filename is None else Chosen(part.filename, bytes(data)))
    return Form(fields)


def _text(data: bytearray) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise web.HTTPBadRequest from error


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, as typed."""

    _fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """A field without the spaces around it, empty where there is none."""
        value = self._fields.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def choice(self, name: str, among: Sequence[C]) -> C | None:
        """Which of these a field holds, None for none of them."""
        return next((one for one in among if one == self.text(name)), None)

    @property
    def circle(self) -> Circle | None:
        """The circle that was chosen, None where the form leaves it to what it is about."""
        return self.choice("circle", CIRCLES)

    def secret(self, name: str) -> str:
        """A field exactly as it was typed: a passphrase may begin or end with a space."""
        value = self._fields.get(name, "")
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All fields of one name that hold something: of boxes that are ticked, or lines of a table."""
        return [value.strip() for value in self.raw_texts(name) if value.strip()]

    def raw_texts(self, name: str) -> list[str]:
        """All fields of one name as they are, in their order, those that are empty too."""
        every = getattr(self._fields, "getall", lambda name, _: [self._fields[name]] if name in self._fields else [])
        return [value for value in every(name, []) if isinstance(value, str)]

    def text_or_file(self, name: str, file: str) -> str:
        """A field, or where it is empty the text of the file that was chosen instead. Raises: TextError."""
        typed, chosen = self.text(name), self.file(file)
        if typed or chosen is None:
            return typed
        try:
            return chosen.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TextError("The file that was chosen is not text (UTF-8).") from error

    def file(self, name: str) -> Chosen | None:
        """The file that was chosen, if one was."""
        chosen = self._fields.get(name)
        return chosen if isinstance(chosen, Chosen) and chosen.name else None

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self._fields

    def names(self) -> list[str]:
        """The names of the fields, in their order, each once."""
        return list(dict.fromkeys(self._fields))
