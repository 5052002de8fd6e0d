"""The shape of everything that travels or is bound as a context: nothing optional, nothing unbounded (S28, S42)."""

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec
import pytest
from msgspec import inspect

import securecall
import securecall_keys
from securecall.entries import Change
from securecall.wire import Wire
from securecall_keys.context import Context

for package in (securecall, securecall_keys):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def descendants(kind: type[Wire]) -> Iterator[type[Wire]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


KINDS = sorted(
    {kind for kind in descendants(Wire) if kind.__module__.split(".")[0] in ("securecall", "securecall_keys")},
    key=lambda kind: (kind.__module__, kind.__name__),
)


def faults(kind: inspect.Type, where: str) -> Iterator[str]:
    """What is wrong with a field's type."""
    match kind:
        case inspect.IntType(ge=int(low), le=int(high)) if low >= 0 and high < 1 << 63:
            pass
        case inspect.BytesType(max_length=int()) | inspect.StrType(max_length=int()):
            pass
        case inspect.ListType(max_length=int()):
            yield from faults(kind.item_type, f"{where}[]")
        case inspect.UnionType():
            for part in kind.types:
                yield from faults(part, where)
        case inspect.Metadata():
            yield from faults(kind.type, where)
        case inspect.StructType():
            if not issubclass(kind.cls, Wire):
                yield f"{where}: a struct that is no Wire"
        case inspect.NoneType() | inspect.BoolType() | inspect.LiteralType():
            pass
        case _:
            yield f"{where}: {type(kind).__name__} is unbounded, or may be written in two ways"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_wire_type_has_one_encoding_and_bounds(kind: type[Wire]) -> None:
    shape = inspect.type_info(kind)
    assert isinstance(shape, inspect.StructType)
    assert shape.array_like
    assert shape.forbid_unknown_fields
    assert kind.__struct_config__.frozen
    assert all(field.required for field in shape.fields)
    assert all(field.name == field.encode_name for field in shape.fields)
    assert [fault for field in shape.fields for fault in faults(field.type, field.name)] == []


def test_all_types_were_walked() -> None:
    names = {kind.__name__ for kind in KINDS}
    assert {"Entry", "Record", "Signed", "Statement", "JoinRequest", "GrantContext", "Keystore"} <= names
    assert len(KINDS) >= 50


def test_the_types_that_choose_carry_tags_of_their_own() -> None:
    for union in (Change, Context):
        shape = inspect.type_info(union)
        assert isinstance(shape, inspect.UnionType)
        tags = [part.tag for part in shape.types if isinstance(part, inspect.StructType)]
        assert None not in tags
        assert len(set(tags)) == len(tags) == len(shape.types)


@pytest.mark.parametrize("kind", [int, float, dict[str, int], list[bytes], msgspec.Raw, set[int]])
def test_the_walk_finds_what_it_should(kind: object) -> None:
    assert list(faults(inspect.type_info(kind), "field"))
