"""`docs/protocol.md` as a stranger's program reads it: its tables of messages are the codec, and nothing of ours is.

Values are ints, bytes, text, bools, None, lists, and for a message a dict of its fields with its tag under ``""``.
"""

import re
from pathlib import Path
from typing import Any

Message = dict[str, Any]

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
ROLES = ("owner", "chair", "member", "guest")


class RefusedError(Exception):
    """What is refused; ``code`` is a problem of section 15."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows(first: str) -> list[list[str]]:
    """The rows of all tables whose first column is headed ``first``; backticks are taken off whole cells."""
    found = []
    for table in re.finditer(r"(?:^\|.*\|\n)+", TEXT, re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()]
        if lines[0][0].strip("| ") == first:
            found += [[re.sub(r"^`([^`]*)`$", r"\1", cell.strip("| ")) for cell in line] for line in lines[2:]]
    return found


def _fields(cell: str) -> list[tuple[str, str]]:
    return [] if cell == "none" else re.findall(r"`([\w]+)` ([^;]+)(?:; |$)", cell)


SHAPES = {row[0]: (row[1].strip("–"), _fields(row[2])) for first in ("message", "context") for row in rows(first)}
CHANGES = [row[0] for row in rows("message") if row[1] in {action[0] for action in rows("action")} | {"create"}]
CAPS = {row[0]: int(row[1].replace(",", "")) for row in rows("cap")}
LABELS = {row[0].rpartition(" ")[2]: row[0].encode() + b"\x00" for row in rows("label")}
RIGHTS = {
    row[0]: {role: set(cell.strip("–").split(", ")) for role, cell in zip(ROLES, row[1:], strict=True)}
    for row in rows("action")
}
PROBLEMS = {row[0] for row in rows("problem")}


def write(kind: str, *values: Any) -> bytes:
    """A message of these fields, in its order."""
    tag, fields = SHAPES[kind]
    return pack(_plain(kind, {"": tag} | dict(zip((name for name, _ in fields), values, strict=True))))


def read(kind: str, data: bytes, cap: int) -> Message:
    """Read a message strictly: size, form, and that it is the one encoding (section 1.1)."""
    if len(data) > cap:
        raise RefusedError("too-large")
    try:
        value, end = _unpack(data, 0)
        message: Message = _typed(kind, value)
        if end != len(data) or pack(value) != data:
            raise RefusedError("malformed")
    except (IndexError, ValueError, TypeError, RecursionError) as error:
        raise RefusedError("malformed") from error
    return message


def packed(kind: str, message: Message) -> bytes:
    """A message that was read, encoded again."""
    return pack(_plain(kind, message))


def _plain(kind: str, value: Any) -> Any:
    """A value as MessagePack has it: messages as arrays, the tag first."""
    if isinstance(value, list):
        return [_plain("", one) for one in value]
    if not isinstance(value, dict):
        return value
    own = [value[""]] if value[""] else []
    return own + [_plain(kind, one) for name, one in value.items() if name]


def _typed(kind: str, value: Any) -> Any:  # noqa: PLR0911  one case a line of the table in section 1.1
    """``value`` if it is of the type that the page writes as ``kind``."""
    if kind == "a change":
        return _one_of(CHANGES, value)
    if found := re.fullmatch(r"list(?: ≤ (\d+)| (\d+) to (\d+))? of (.+)", kind):
        least, most = int(found[2] or 0), int(found[1] or found[3] or 1 << 32)
        _need(isinstance(value, list) and least <= len(value) <= most)
        return [_typed(found[4], one) for one in value]
    if kind.endswith(" or nil"):
        return None if value is None else _typed(kind.removesuffix(" or nil"), value)
    if kind.startswith('"'):
        _need(isinstance(value, str) and f'"{value}"' in kind.split(" or "))
        return value
    if " or " in kind:
        return _one_of(kind.split(" or "), value)
    if found := re.fullmatch(r"u(\d+)|int (\d+) to (\d+)", kind):
        least, most = (0, (1 << int(found[1])) - 1) if found[1] else (int(found[2]), int(found[3]))
        _need(type(value) is int and least <= value <= most)
        return value
    if found := re.fullmatch(r"(bytes|text)(?: (≤ )?(\d+))?", kind):
        _need(isinstance(value, bytes if found[1] == "bytes" else str))
        _need(not found[3] or (len(value) <= int(found[3]) if found[2] else len(value) == int(found[3])))
        return value
    if kind == "bool":
        _need(type(value) is bool)
        return value
    return _message(kind, value)


def _message(kind: str, value: Any) -> Message:
    tag, fields = SHAPES[kind]
    _need(isinstance(value, list) and len(value) == len(fields) + bool(tag) and (not tag or value[0] == tag))
    own = zip(fields, value[bool(tag) :], strict=True)
    return {"": tag} | {name: _typed(type_, one) for (name, type_), one in own}


def _one_of(kinds: list[str], value: Any) -> Message:
    _need(isinstance(value, list) and bool(value))
    kind = {SHAPES[kind][0]: kind for kind in kinds}.get(value[0])
    _need(kind is not None)
    return _message(str(kind), value)


def _need(holds: bool) -> None:
    if not holds:
        raise RefusedError("malformed")


def pack(value: Any) -> bytes:
    """The one encoding (the table in section 1.1)."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        if value < 128:
            return bytes([value])
        width = next(width for width in (1, 2, 4, 8) if value < 1 << 8 * width)
        return bytes([0xCC + width.bit_length() - 1]) + value.to_bytes(width, "big")
    if isinstance(value, bytes):
        return _sized(len(value), (0xC4, 0xC5, 0xC6)) + value
    if isinstance(value, str):
        data = value.encode()
        return (bytes([0xA0 + len(data)]) if len(data) < 32 else _sized(len(data), (0xD9, 0xDA, 0xDB))) + data
    head = bytes([0x90 + len(value)]) if len(value) < 16 else _sized(len(value), (0, 0xDC, 0xDD), least=2)
    return head + b"".join(map(pack, value))


def _sized(size: int, kinds: tuple[int, int, int], least: int = 1) -> bytes:
    width = next(width for width in (1, 2, 4) if width >= least and size < 1 << 8 * width)
    return bytes([kinds[width.bit_length() - 1]]) + size.to_bytes(width, "big")


def _unpack(data: bytes, at: int) -> tuple[Any, int]:
    """The value that begins at ``at``, in whatever width; and where it ends. What is not in the table is refused."""
    kind = data[at]
    at += 1
    if kind < 0x80:
        return kind, at
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], at
    widths = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD9: 1, 0xDA: 2, 0xDB: 4}
    width = (widths | {0xDC: 2, 0xDD: 4}).get(kind, 0)
    size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if 0xCC <= kind <= 0xCF:
        return size, at
    if 0xC4 <= kind <= 0xC6:
        return _cut(data, at, size), at + size
    if 0xA0 <= kind <= 0xBF or 0xD9 <= kind <= 0xDB:
        size = size if width else kind - 0xA0
        return _cut(data, at, size).decode(), at + size
    _need(0x90 <= kind <= 0x9F or kind in (0xDC, 0xDD))
    values = []
    for _ in range(size if width else kind - 0x90):
        value, at = _unpack(data, at)
        values.append(value)
    return values, at


def _cut(data: bytes, at: int, size: int) -> bytes:
    _need(at + size <= len(data))
    return data[at : at + size]
