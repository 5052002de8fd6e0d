"""`docs/protocol.md` says what the code does, byte for byte."""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from msgspec import inspect
from nacl.signing import SigningKey

from securecall import beats, caps, entries, evidence, identity, joins, records, statements, wire
from securecall.chain import next_head
from securecall.code import roster_code
from securecall.errors import Problem
from securecall.labels import Label, digest
from securecall.rights import TABLE, Action, Role
from securecall_client import captions, content, exercise_kinds, parts, sealed_kinds
from securecall_client.work import answer_before, question, rows, values
from securecall_keys import beats as sealed_beats
from securecall_keys import context, invitation, keyring, linking, sealed_answers, sheet
from securecall_keys.device import DeviceKeys, sign
from securecall_keys.epoch import EpochKeys
from securecall_keys.padding import padme
from securecall_keys.primitives import derive, sealing_public
from securecall_keys.secret import Secret
from securecall_server import limits
from securecall_server.errors import Code
from securecall_server.limits import Budget
from securecall_server.problems import TABLE as STATUSES
from tests.answers import a_row

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text("utf-8")
ROLES: tuple[Role, ...] = ("owner", "chair", "member", "guest")
HOMES = (
    wire,
    identity,
    entries,
    joins,
    statements,
    records,
    beats,
    evidence,
    sealed_beats,
    keyring,
    invitation,
    linking,
    sheet,
    captions,
    content,
    exercise_kinds,
    parts,
    sealed_kinds,
    sealed_answers,
    answer_before,
    rows,
)
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

SECRET = Secret(bytes(range(32)))
SPACE, HEAD, MEMBER = b"\x22" * 32, b"\x33" * 32, b"\x44" * 32
RECORD, BLOB, EXERCISE = b"\x55" * 16, b"\x66" * 16, b"\x77" * 16
MINUTE = 29_000_000

DEVICE = DeviceKeys(SECRET)
SERVER = bytes(SigningKey(SECRET.expose()).verify_key)
EPOCH = EpochKeys.from_seed(SPACE, 1, SECRET)

STATEMENT = sign(SECRET, Label.STATEMENT, statements.Statement(SPACE, 7, HEAD, 1_740_000_000_000, newest=True))
IDENTITY = identity.IdentityEntry(MEMBER, 2, HEAD, DEVICE.id, MINUTE, identity.RemoveDevice(b"\x88" * 32))
LEAVE = entries.EntryBody(SPACE, 9, HEAD, entries.Seen(300, HEAD), MEMBER, DEVICE.id, MINUTE, entries.Leave(), None, [])
HEADER = records.Header(
    SPACE, 1, "allies", RECORD, MEMBER, DEVICE.id, 0, entries.Seen(300, HEAD), [records.BlobRef(BLOB, 1, 1_052)], []
)  # fmt: skip
BEAT = beats.BeatHeader(SPACE, 1, MEMBER, DEVICE.id, entries.Seen(300, HEAD))
BEAT_TEXT = sealed_beats.BeatText(RECORD, [BLOB, EXERCISE], MINUTE, here=True, writing=False)
ROW = a_row("legal aid", "KE", "2026-03", None, "planned", (), ("funds",), ())
ANSWER = exercise_kinds.Answer(EXERCISE, (rows.QuestionAnswer("rows", (ROW,)),))
GRANT = context.GrantContext(SPACE, 1, HEAD, EPOCH.commit(), MEMBER, DEVICE.id, "seed")
INVITATION = invitation.InvitationText("https://calls.example.org", SPACE, entries.Seen(3, HEAD), bytes(range(16)))

EXAMPLES: Mapping[str, tuple[bytes, Callable[[bytes], object]]] = {
    "statement": (STATEMENT, lambda data: statements.read_statement(data, SERVER)),
    "identity-entry": (
        wire.encode(IDENTITY),
        lambda data: wire.decode(data, identity.IdentityEntry, caps.IDENTITY_BYTES),
    ),
    "entry-body": (wire.encode(LEAVE), lambda data: wire.decode(data, entries.EntryBody, caps.ENTRY_BYTES)),
    "record-header": (wire.encode(HEADER), lambda data: wire.decode(data, records.Header, caps.RECORD_BYTES)),
    "beat-header": (wire.encode(BEAT), lambda data: wire.decode(data, beats.BeatHeader, caps.BEAT_BYTES)),
    "beat-text": (wire.encode(BEAT_TEXT), lambda data: wire.decode(data, sealed_beats.BeatText, caps.BEAT_BYTES)),
    "content-close": (content.write(content.Close(), MINUTE), content.read),
    "content-answer": (content.write(ANSWER, MINUTE), content.read),
    "context-epoch": (
        context.context_bytes(context.EpochContext("records", SPACE, 1)),
        lambda data: wire.decode(data.removeprefix(Label.CONTEXT.prefix()), context.EpochContext, 256),
    ),
    "context-grant": (
        context.context_bytes(GRANT),
        lambda data: wire.decode(data.removeprefix(Label.CONTEXT.prefix()), context.GrantContext, 256),
    ),
}


def _device() -> dict[str, str]:
    signing, sealing = (
        derive(SECRET, context.DeviceContext("signing")),
        derive(SECRET, context.DeviceContext("sealing")),
    )
    login = derive(SECRET, context.DeviceContext("login"))
    return {
        "secret": SECRET.expose().hex(),
        "signing seed": signing.expose().hex(),
        "device id": DEVICE.id.hex(),
        "sealing seed": sealing.expose().hex(),
        "SHA-256 of the sealing key": sha256(sealing_public(sealing)).hexdigest(),
        "login public key": bytes(SigningKey(login.expose()).verify_key).hex(),
        "storage key": DEVICE.storage.expose().hex(),
    }


def _epoch() -> dict[str, str]:
    return {
        "seed": SECRET.expose().hex(),
        "space": SPACE.hex(),
        "epoch": "1",
        "everyone": EPOCH.everyone.expose().hex(),
        "allies": EPOCH.circle("allies").expose().hex(),
        "history": derive(SECRET, context.EpochContext("history", SPACE, 1)).expose().hex(),
        "commit": EPOCH.commit().hex(),
        "records, everyone": EPOCH.record_key("everyone").expose().hex(),
        "records, allies": EPOCH.record_key("allies").expose().hex(),
        "beats": EPOCH.beat_key().expose().hex(),
        "entries, everyone": EPOCH.entry_key("everyone").expose().hex(),
        "entries, allies": EPOCH.entry_key("allies").expose().hex(),
    }


def _head() -> dict[str, str]:
    item = wire.read(STATEMENT, Label.STATEMENT, statements.Statement, caps.STATEMENT_BYTES)
    head = next_head(wire.ZERO, 0, item.digest)
    return {
        "item digest": item.digest.hex(),
        "head at place 0, class 0": head.hex(),
        "head at place 1, class 2, same digest": next_head(head, 2, item.digest).hex(),
    }


def _code() -> dict[str, str]:
    return {
        "head": HEAD.hex(),
        "digest": digest(Label.CODE, HEAD).hex(),
        "indexes": " ".join(str(index) for index in _indexes(HEAD)),
        "code": roster_code(HEAD),
    }


def _indexes(head: bytes) -> list[int]:
    """By another way than the code: the digest as a string of bits."""
    bits = "".join(f"{byte:08b}" for byte in digest(Label.CODE, head))
    return [int(bits[at : at + 11], 2) for at in range(0, 66, 11)]


def _invitation() -> dict[str, str]:
    keys = invitation.InvitationKeys(SPACE, Secret(INVITATION.secret))
    text = invitation.to_text(INVITATION)
    assert invitation.read_invitation(text) == INVITATION
    return {
        "secret": INVITATION.secret.hex(),
        "space": SPACE.hex(),
        "signing key, public": keys.public.hex(),
        "letter key": keys.letter_key.expose().hex(),
        "text": text,
    }


def _linking() -> dict[str, str]:
    told = linking.LinkingText("https://calls.example.org", MEMBER, HEAD, bytes(range(16)))
    keys, text = linking.LinkingKeys(told), linking.linking_text(told)
    assert linking.read_linking(text) == told
    sealing = derive(Secret(told.secret), context.LinkingContext("sealing", MEMBER, HEAD))
    return {
        "secret": told.secret.hex(),
        "member": MEMBER.hex(),
        "identity": HEAD.hex(),
        "signing key, public": keys.public.hex(),
        "sealing key": sealing.expose().hex(),
        "text": text,
    }


def _sheet() -> dict[str, str]:
    paper = sheet.Sheet(SECRET, sheet.SheetPlace("https://calls.example.org", MEMBER, SPACE, entries.Seen(3, HEAD)))
    assert sheet.read_sheet(paper.line()) == paper
    return {"secret": SECRET.expose().hex(), "words": " ".join(paper.words()), "text": paper.place_text()}


VALUES: Mapping[str, Mapping[str, str]] = {
    "device": _device(),
    "epoch": _epoch(),
    "head": _head(),
    "roster-code": _code(),
    "invitation": _invitation(),
    "linking": _linking(),
    "sheet": _sheet(),
    "padme": {str(size): str(padme(size)) for size in (1_024, 1_025, 2_000, 10_000, 100_000, 1_000_000, 67_108_864)},
}


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


def written(kind: inspect.Type) -> str:  # noqa: PLR0911  one case a type
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
        case inspect.BoolType():
            return "bool"
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
    assert all(tag(kind) == name for (name, _), kind in content.KINDS.items())


def test_every_label() -> None:
    assert set(table("label")) == {label.value for label in Label}


def test_every_cap() -> None:
    values = {name: value for name, value in vars(caps).items() if name.isupper() and name not in ("KIB", "MIB")}
    assert {name: int(row[0].replace(",", "")) for name, row in table("cap").items()} == values


def test_every_limit_of_the_server() -> None:
    every = {f"limits.{name}" for name, value in vars(limits).items() if name.isupper() and name != "KIB"}
    written_down = table("limit")
    assert every <= set(written_down)
    for name, row in written_down.items():
        module, _, constant = name.partition(".")
        value = getattr(import_module(f"securecall_server.{module}"), constant)
        words = f"{value.burst:,}, then {value.a_second:,} a second" if isinstance(value, Budget) else f"{value:,}"
        assert (name, row[0]) == (name, words)


def test_the_table_of_rights() -> None:
    written_down = {
        action: dict(zip(ROLES, map(in_words, row), strict=True)) for action, row in table("action").items()
    }
    assert written_down == {
        action.value: {role: set(TABLE[action].get(role, frozenset())) for role in ROLES} for action in Action
    }


@pytest.mark.parametrize(("first", "codes"), [("problem", Problem), ("server code", Code)])
def test_every_code_with_its_status(first: str, codes: type[Problem] | type[Code]) -> None:
    assert {code: int(row[0]) for code, row in table(first).items()} == {
        code.value: STATUSES[code][0] for code in codes
    }


def test_the_columns_that_maps_read() -> None:
    written_down = {name: row[0] for name, row in table("column").items()}
    assert written_down == question.MEANINGS
    assert f"at most\n{question.MAX_PROPOSALS} proposals" in TEXT


def test_the_types_of_an_answers_values() -> None:
    assert tuple(table("type")) == values.TYPES


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


def test_every_goal_names_tests_that_are_there() -> None:
    section = TEXT.partition("## 17. Security goals")[2].partition("\n## ")[0]
    goals = set(re.findall(r"^(\d+)\. ", section, re.MULTILINE))
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", section)
    assert set(table("goal")) == goals
    assert [test for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")] == []


def test_no_link_in_the_documents_leads_nowhere() -> None:
    documents = [ROOT / "docs" / "protocol.md", ROOT / "docs" / "threat-model.md"]
    lost = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([\w./-]+)\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert lost == []
