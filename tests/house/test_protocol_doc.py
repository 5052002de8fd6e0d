"""`docs/protocol.md` says what the code does: its tables and its examples are compared with the code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from msgspec import inspect

from securecall import caps, entries, identity, joins, records, statements, wire
from securecall.errors import Problem
from securecall.labels import Label
from securecall.rights import TABLE, Action
from securecall_client import captions, content
from securecall_client.work import rows
from securecall_keys import context, invitation, keyring
from securecall_server.errors import Code
from securecall_server.problems import TABLE as STATUSES
from tests.house.protocol_examples import EXAMPLES, VALUES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text("utf-8")
ROLES = ("owner", "chair", "member", "guest")
HOMES = (wire, identity, entries, joins, statements, records, keyring, invitation, captions, content, rows)
MESSAGES = {
    kind.__name__: kind
    for home in HOMES
    for kind in vars(home).values()
    if isinstance(kind, type) and issubclass(kind, wire.Wire) and kind.__module__ == home.__name__
}
del MESSAGES["Wire"]
CHANGES = {kind.__name__ for kind in get_args(entries.Change)}
WIDTHS = {(1 << 16) - 1: "u16", (1 << 32) - 1: "u32", (1 << 63) - 1: "u63"}

Row = tuple[str, ...]


def tables() -> Iterator[tuple[Row, list[Row]]]:
    """Head and rows of every table in the document; backticks are taken off cells that are nothing else."""
    for found in re.finditer(r"(?:^\|.*\|\n)+", TEXT, re.MULTILINE):
        head, _, *body = [cells(line) for line in found[0].splitlines()]
        yield head, body


def cells(line: str) -> Row:
    """The cells of a table's line."""
    return tuple(re.sub(r"^`([^`]*)`$", r"\1", cell.strip()) for cell in line.strip("|").split("|"))


def table(first: str) -> dict[str, Row]:
    """All rows of the tables whose first column is headed ``first``, by their first cell."""
    found = [row for head, body in tables() if head[0] == first for row in body]
    assert found, f"no table of {first}"
    assert len({row[0] for row in found}) == len(found), f"something stands twice in the tables of {first}"
    return {row[0]: row[1:] for row in found}


def fields(kind: type[wire.Wire]) -> str:
    """The fields of a message as the document writes them."""
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    return "; ".join(f"`{field.name.rstrip('_')}` {written(field.type)}" for field in shape.fields) or "none"


def written(kind: inspect.Type) -> str:
    """A field's type as the document writes it."""
    match kind:
        case inspect.Metadata():
            return written(kind.type)
        case inspect.IntType():
            return WIDTHS[kind.le or 0] if kind.ge == 0 and kind.le in WIDTHS else f"int {kind.ge} to {kind.le}"
        case inspect.BytesType():
            return f"bytes {kind.max_length}" if kind.min_length else f"bytes ≤ {kind.max_length}"
        case inspect.StrType():
            return f"text ≤ {kind.max_length}" if kind.max_length else "text"
        case inspect.LiteralType():
            return " or ".join(f'"{value}"' for value in kind.values)
        case inspect.ListType() | inspect.VarTupleType():
            most = kind.max_length
            size = f" {kind.min_length} to {most}" if kind.min_length else f" ≤ {most}" if most else ""
            return f"list{size} of {written(kind.item_type)}"
        case inspect.UnionType():
            parts = [written(part) for part in kind.types]
            return "a change" if set(parts) == CHANGES else " or ".join(parts)
        case inspect.StructType():
            return kind.cls.__name__
        case inspect.NoneType():
            return "nil"
        case _:
            raise TypeError(kind)


def tag(kind: type[wire.Wire]) -> str:
    """The tag of a message, as the document writes it."""
    return str(kind.__struct_config__.tag or "–")


def blocks(sort: str) -> dict[str, str]:
    """Fenced blocks of one sort, by name."""
    return dict(re.findall(rf"^```{sort} ([\w-]+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def in_words(targets: str) -> set[str]:
    """The targets that a cell of the table of rights names."""
    return set() if targets == "–" else set(targets.split(", "))


def test_every_message_with_its_tag_and_fields() -> None:
    expected = {name: (tag(kind), fields(kind)) for name, kind in MESSAGES.items()}
    assert {name: row[:2] for name, row in table("message").items()} == expected


def test_every_context_with_its_tag_and_fields() -> None:
    expected = {kind.__name__: (tag(kind), fields(kind)) for kind in get_args(context.Context)}
    assert {name: row[:2] for name, row in table("context").items()} == expected


def test_every_kind_of_record() -> None:
    expected = {name: (str(version), kind.__name__) for (name, version), kind in content.KINDS.items()}
    assert {name: row[:2] for name, row in table("kind").items()} == expected
    assert all(tag(kind) == name for (name, _), kind in content.KINDS.items() if name not in ())


def test_every_label() -> None:
    assert set(table("label")) == {label.value for label in Label}


def test_every_cap() -> None:
    values = {name: value for name, value in vars(caps).items() if name.isupper() and name not in ("KIB", "MIB")}
    assert {name: int(row[0].replace(",", "")) for name, row in table("cap").items()} == values


def test_the_table_of_rights() -> None:
    written_down = {
        action: dict(zip(ROLES, map(in_words, row), strict=True)) for action, row in table("action").items()
    }
    assert written_down == {
        action.value: {role: set(TABLE[action].get(role, ())) for role in ROLES} for action in Action
    }


@pytest.mark.parametrize(("first", "codes"), [("problem", Problem), ("server code", Code)])
def test_every_code_with_its_status(first: str, codes: type[Problem] | type[Code]) -> None:
    assert {code: int(row[0]) for code, row in table(first).items()} == {
        code.value: STATUSES[code][0] for code in codes
    }


def test_every_example_stands_in_the_document() -> None:
    assert set(blocks("hex")) == set(EXAMPLES)
    assert set(blocks("values")) == set(VALUES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_code_makes_and_reads(name: str) -> None:
    lines = blocks("hex")[name].splitlines()
    data = bytes.fromhex("".join(line.partition(";")[0] for line in lines))
    value, read = EXAMPLES[name]
    assert data.hex() == value.hex()
    read(data)


@pytest.mark.parametrize("name", VALUES)
def test_derived_values_are_those_of_the_code(name: str) -> None:
    pairs = [line.split(" = ", 1) for line in blocks("values")[name].splitlines()]
    assert {key.strip(): value for key, value in pairs} == VALUES[name]
